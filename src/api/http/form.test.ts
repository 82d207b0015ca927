import fc from 'fast-check'
import { expect, test } from 'vitest'
import { integer, text } from './fields.ts'
import { parseFormBody, parsePairs, readFields } from './form.ts'

const BAD_REQUEST = expect.objectContaining({ status: 400, code: 20001 })
const parse = (encoded: string) => Object.fromEntries(parsePairs(encoded))

test.each([
  ['', {}],
  ['&&', {}],
  ['a=1', { a: ['1'] }],
  ['a=1&b=2', { a: ['1'], b: ['2'] }],
  ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
  ['a=', { a: [''] }],
  ['a', { a: [''] }],
  ['=1', { '': ['1'] }],
  ['a=b=c', { a: ['b=c'] }],
  ['a=one+two%20three%2Bfour', { a: ['one two three+four'] }],
  ['Limits.ChannelMembers=5', { 'Limits.ChannelMembers': ['5'] }],
  ['a%5Bb%5D=1', { 'a[b]': ['1'] }],
  ['a=%26%3D%25', { a: ['&=%'] }],
  ['a=%E2%82%AC%f0%9f%98%80', { a: ['€😀'] }],
  ['a=€', { a: ['€'] }],
  ['a=%0D%0A', { a: ['\r\n'] }],
  ['A=1&a=2', { A: ['1'], a: ['2'] }],
  ['a=%2541', { a: ['%41'] }],
])('%j is read', (encoded, values) => {
  expect(parse(encoded)).toEqual(values)
})

test('a name of the language is a name like any other', () => {
  expect(parsePairs('__proto__=1&constructor=2').get('__proto__')).toEqual(['1'])
  expect(readFields({ toString: text.optional }, parsePairs('a=1'))).toEqual({ toString: undefined })
})

test.each(['a=%', 'a=%4', 'a=%zz', '%=1', 'a=%ff', 'a=%C3%28', 'a=%ED%A0%80', 'a=%00', '%00=1', 'a=\0'])(
  '%j is refused',
  (encoded) => {
    expect(() => parsePairs(encoded)).toThrow(BAD_REQUEST)
  },
)

test('a body is bytes of UTF-8', () => {
  expect(parseFormBody(Buffer.from(''))).toEqual(new Map())
  expect(parseFormBody(Buffer.from('Body=h%C3%A9'))).toEqual(new Map([['Body', ['hé']]]))
  expect(parseFormBody(Buffer.from('Body=hé'))).toEqual(new Map([['Body', ['hé']]]))
  expect(() => parseFormBody(Buffer.from([0x61, 0x3d, 0xff]))).toThrow(BAD_REQUEST)
})

test('what the platform encodes is read back, whatever the text', () => {
  const word = fc.string({ unit: 'grapheme' }).map((it) => it.replaceAll('\0', '').toWellFormed())
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { minLength: 1 }), (pairs) => {
      const encoded = new URLSearchParams(pairs)
      const expected = new Map(pairs.map(([name]) => [name, encoded.getAll(name)]))

      expect(parsePairs(encoded.toString())).toEqual(expected)
      expect(parseFormBody(Buffer.from(encoded.toString()))).toEqual(expected)
    }),
  )
})

test('only declared fields are read, each by its own rule', () => {
  const fields = { Identity: text, Limit: integer().optional }

  expect(readFields(fields, parsePairs('Identity=alice&Limit=5&Other=1'))).toEqual({
    Identity: 'alice',
    Limit: 5,
  })
  expect(readFields(fields, parsePairs('Identity=alice'))).toEqual({ Identity: 'alice', Limit: undefined })
  expect(() => readFields(fields, parsePairs('identity=alice'))).toThrow(
    'Missing required parameter Identity in the post body',
  )
})
