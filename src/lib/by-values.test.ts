import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByValues, type Key } from './by-values.ts'

const value = fc.oneof(fc.constantFrom<Key>('a', 'b', '1', 1, null, ''), fc.string())

test.each([0, 1, 2, 3])('what was set for %i values is found under them, and under no others', (length) => {
  const values = fc.array(value, { minLength: length, maxLength: length })
  fc.assert(
    fc.property(fc.array(values, { maxLength: 20 }), values, (lists, other) => {
      const kept = new ByValues<{ list: Key[] }>()
      const model = new Map<string, { list: Key[] }>()
      for (const list of lists) {
        const entry = { list }
        kept.set(list, entry)
        model.set(JSON.stringify(list), entry)
      }
      for (const list of [...lists, other]) expect(kept.get(list)).toBe(model.get(JSON.stringify(list)))
    }),
  )
})

test('what is there is not made again', () => {
  const kept = new ByValues<{ made: number }>()
  let made = 0
  const ensure = (...values: Key[]) => kept.ensure(values, () => ({ made: ++made }))
  expect([ensure('a', 1), ensure('a', 2), ensure('a', 1)].map((entry) => entry.made)).toEqual([1, 2, 1])
})

test('it does not grow without end', () => {
  const kept = new ByValues<object>()
  for (let i = 0; i < 25_000; i++) kept.set([i, 'x'], {})
  const found = Array.from({ length: 25_000 }, (_, i) => kept.get([i, 'x'])).filter(Boolean)
  expect(found.length).toBeLessThanOrEqual(10_000)
  expect(kept.get([24_999, 'x'])).toBeDefined()
})
