import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backToJson, parseObject, toJson } from './json.ts'

test('the JSON is that of JSON.stringify, as text or as bytes', () => {
  const lists = fc.array(fc.jsonValue(), { minLength: 0, maxLength: 80 })
  const values = fc.oneof(lists, fc.jsonValue(), fc.constant(undefined))
  const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__')
  fc.assert(
    fc.property(fc.dictionary(names, values), (body) => {
      expect(toJson(body).toString()).toBe(JSON.stringify(body))
    }),
  )
})

test('a list of any length fits, and short ones stay text', () => {
  const items = Array.from({ length: 300 }, (_, i) => ({ i, text: 'ü🙂"\\'.repeat(1_000) }))
  const body = { meta: { page: 0 }, items }
  expect(toJson(body).toString()).toBe(JSON.stringify(body))
  expect(typeof toJson({ items: items.slice(0, 3) })).toBe('string')
})

test('an answer keeps its bytes when the next one is made', () => {
  const [first, second] = [1, 2].map((i) => ({ items: Array(50).fill(`item ${i}`) }))
  const kept = toJson(first ?? {})
  toJson(second ?? {})
  expect(kept.toString()).toBe(JSON.stringify(first))
})

test('only what JSON calls an object is one', () => {
  expect(parseObject('{"a":[1]}')).toEqual({ a: [1] })
  for (const text of ['[]', '[{}]', 'null', '7', '"{}"', 'true', '', '{']) {
    expect(parseObject(text), text).toBeUndefined()
  }
})

test('what came as JSON goes back to JSON, unless it nests too deeply for some engine', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
  expect(backToJson(JSON.parse('{"a":[1,null,"x"]}'))).toBe('{"a":[1,null,"x"]}')
  expect(backToJson(JSON.parse(nested(1_000)))).toBe(nested(1_000))
  for (const levels of [1_001, 5_000, 1_000_000]) {
    expect(backToJson(JSON.parse(`{"a":1,"b":${nested(levels - 1)}}`))).toBeUndefined()
  }
})
