import { expect, test } from 'vitest'
import { errors } from '../../chat/errors.ts'
import { boolean, clearableText, type Field, instant, integer, oneOf, sid, text } from './fields.ts'

const read = <T>(field: Field<T>, ...values: string[]): T => field.read(values, 'Name')
const refusal = (code: number) => expect.objectContaining({ status: 400, code })
const SID = `CH${'0123456789abcdef'.repeat(2)}`

test('a required field must be there, and not empty', () => {
  expect(read(text, 'a')).toBe('a')
  expect(() => read(text)).toThrow('Missing required parameter Name in the post body')
  expect(() => read(text, '')).toThrow('Missing required parameter Name in the post body')
  expect(() => read(text)).toThrow(refusal(20001))
})

test('an optional field may be missing or empty', () => {
  expect(read(text.optional)).toBeUndefined()
  expect(read(text.optional, '')).toBe('')
  expect(read(text.optional, 'a')).toBe('a')
})

test('a single value is not several', () => {
  for (const field of [text, text.optional, text.nullable, clearableText]) {
    expect(() => read<unknown>(field, 'a', 'b')).toThrow(refusal(20001))
  }
})

test('a nullable field is made null by the word and by nothing', () => {
  const field = integer().nullable
  expect(read(field)).toBeUndefined()
  expect(read(field, '')).toBeNull()
  expect(read(field, 'null')).toBeNull()
  expect(read(field, '0')).toBe(0)
  expect(() => read(field, 'nil')).toThrow(refusal(20001))
})

test('a text that can be cleared is made null by nothing only', () => {
  expect(read(clearableText)).toBeUndefined()
  expect(read(clearableText, '')).toBeNull()
  expect(read(clearableText, 'null')).toBe('null')
  expect(read(clearableText, ' ')).toBe(' ')
})

test('a list takes every value in order', () => {
  expect(read(integer().list)).toEqual([])
  expect(read(integer().list, '2', '1', '2')).toEqual([2, 1, 2])
  expect(() => read(integer().list, '1', 'x')).toThrow(refusal(20001))
})

test('an optional list is undefined when missing, and emptied by one empty value', () => {
  expect(read(text.optionalList)).toBeUndefined()
  expect(read(text.optionalList, '')).toEqual([])
  expect(read(text.optionalList, 'a', 'b')).toEqual(['a', 'b'])
})

test('a required list must have a value', () => {
  expect(read(text.requiredList, 'a')).toEqual(['a'])
  expect(() => read(text.requiredList)).toThrow('Missing required parameter Name in the post body')
})

test('booleans are true or false in any case', () => {
  for (const value of ['true', 'True', 'TRUE']) expect(read(boolean, value)).toBe(true)
  for (const value of ['false', 'False', 'FALSE']) expect(read(boolean, value)).toBe(false)
  for (const value of ['1', '0', 'yes', 'on', ' true', 'null']) {
    expect(() => read(boolean, value), value).toThrow(refusal(20001))
  }
})

test('integers are decimal digits within what a number holds exactly', () => {
  const field = integer(errors.invalidReadIndex)
  expect(['0', '7', '-3', '007', '9007199254740991'].map((value) => read(field, value))).toEqual([
    0, 7, -3, 7, 9_007_199_254_740_991,
  ])
  expect(Object.is(read(field, '-0'), 0)).toBe(true)
  for (const value of [
    '1.5',
    '1e3',
    '+1',
    '0x10',
    ' 1',
    '1 ',
    '--1',
    'NaN',
    '1,000',
    '٣',
    '9007199254740992',
  ]) {
    expect(() => read(field, value), value).toThrow(refusal(50406))
    expect(() => read(integer(), value), value).toThrow(refusal(20001))
  }
})

test('a choice is one of those listed, exactly', () => {
  const field = oneOf(['public', 'private'])
  expect(read(field, 'private')).toBe('private')
  for (const value of ['Private', ' private', 'secret', 'toString']) {
    expect(() => read(field, value), value).toThrow(refusal(20001))
  }
  expect(() => read(oneOf(['GET'], errors.invalidWebhookMethod), 'get')).toThrow(refusal(50055))
})

test('an instant has a time and a zone, or the error of its field', () => {
  const field = instant(errors.invalidDateCreated)
  expect(read(field, '2015-12-16T22:18:37.5+02:00')).toBe(Date.UTC(2015, 11, 16, 20, 18, 37, 500))
  for (const value of ['2015-12-16', '2015-02-30T00:00:00Z', 'soon']) {
    expect(() => read(field, value), value).toThrow(refusal(50308))
  }
})

test('a sid has its prefix and is stored in lower case, or the error of its field', () => {
  expect(read(sid('CH'), `CH${SID.slice(2).toUpperCase()}`)).toBe(SID)
  expect(() => read(sid('IM'), SID)).toThrow(refusal(20001))
  expect(() => read(sid('RL', errors.roleNotFound), SID)).toThrow(refusal(50100))
})

test('fields describe themselves', () => {
  expect([text.required, text.requiredList.required]).toEqual([true, true])
  for (const field of [text.optional, text.list, text.optionalList, text.nullable, clearableText]) {
    expect(field.required).toBe(false)
  }
  expect(integer().schema).toEqual({ type: 'integer' })
  expect(boolean.schema).toEqual({ type: 'boolean' })
  expect(integer().nullable.schema).toEqual({ type: 'integer', nullable: true })
  expect(oneOf(['a', 'b']).list.schema).toEqual({
    type: 'array',
    items: { type: 'string', enum: ['a', 'b'] },
  })
  expect(instant(errors.invalidDateCreated).schema).toEqual({ type: 'string', format: 'date-time' })
})
