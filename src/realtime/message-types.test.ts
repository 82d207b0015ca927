import { expect, test } from 'vitest'
import { setMessageTypes, TYPING } from './message-types.ts'

function given() {
  const messageTypes = new Map<string, readonly string[]>()
  const register = (id: string, ...types: unknown[]) =>
    setMessageTypes({ messageTypes }, id, [{ message_types: types }])
  return { messageTypes, register, kept: () => [...messageTypes] }
}

test('of all types only the one that is asked for is kept', () => {
  const { register, kept } = given()
  register('a', 'x'.repeat(1_000), TYPING, 7, null)
  register('b', 'x'.repeat(1_000))
  expect(kept()).toEqual([
    ['a', [TYPING]],
    ['b', []],
  ])
})

test('a client may register again under the same id, but not under many', () => {
  const { register, kept } = given()
  register('a', TYPING)
  register('a')
  expect(kept()).toEqual([['a', []]])
  for (let i = 0; i < 100; i++) register(`c${i}`, TYPING)
  expect(kept().length).toBeLessThanOrEqual(20)
})

test('a long id registers nothing', () => {
  const { register, kept } = given()
  register('x'.repeat(101), TYPING)
  expect(kept()).toEqual([])
})

test.each([undefined, null, 'text', [null], [[]], [{ message_types: TYPING }], [{ message_types: 7 }]])(
  'registrations %j do no harm',
  (registrations) => {
    const { messageTypes } = given()
    setMessageTypes({ messageTypes }, 'a', registrations)
    expect(messageTypes.has('a')).toBe(true)
  },
)
