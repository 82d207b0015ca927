import { expect, test } from 'vitest'
import { readEnvelope, toEnvelopes } from './envelope.ts'
import { Peers } from './peers.ts'

const TOPIC = 'a'

/** The texts of one message, as envelopes. */
function sent(first: number, text: string, sender = 'one') {
  return toEnvelopes(sender, first, { topic: TOPIC, message: Buffer.from(text) }).map((each) => {
    const envelope = readEnvelope(each)
    if (!envelope) throw new Error(`no envelope: ${each}`)
    return envelope
  })
}

test('each text fits into a notification, and together they are the message', () => {
  const text = 'ü'.repeat(20_000)
  const texts = toEnvelopes('0d1f2c3b-aaaa-bbbb-cccc-0123456789ab', 9_000_000, {
    topic: 'CH0123456789abcdef0123456789abcdef.messages',
    message: Buffer.from(text),
  })
  const peers = new Peers()
  const heard = sent(1, text).map((envelope) => peers.hear(envelope, 0))

  expect(Math.max(...texts.map((each) => Buffer.byteLength(each)))).toBeLessThan(8_000)
  expect(heard.slice(0, -1).every(({ letter }) => letter === undefined)).toBe(true)
  expect(heard.at(-1)?.letter).toEqual({ topic: TOPIC, message: Buffer.from(text) })
})

test('slices of two senders do not mix', () => {
  const peers = new Peers()
  const [one, two] = [sent(1, 'x'.repeat(10_000), 'one'), sent(1, 'y'.repeat(10_000), 'two')]
  const letters = one.flatMap((envelope, i) => [envelope, two[i]]).map((e) => e && peers.hear(e, 0).letter)

  expect(letters.filter((letter) => letter).map((letter) => `${letter?.message}`.at(0))).toEqual(['x', 'y'])
})

test('a missing number is noticed once, and what lacks a slice is not told', () => {
  const peers = new Peers()
  const [, ...rest] = sent(2, 'x'.repeat(20_000))
  const heard = [...sent(1, 'first'), ...rest, ...sent(6, 'last')].map((envelope) => peers.hear(envelope, 0))

  expect(heard.map(({ isNew, hasMissed, letter }) => [isNew, hasMissed, letter?.message.toString()])).toEqual(
    [
      [true, false, 'first'],
      [false, true, undefined],
      [false, false, undefined],
      [false, false, undefined],
      [false, false, 'last'],
    ],
  )
})

test('a sender whose beginning was not heard was not known, and no part of a message is told', () => {
  const peers = new Peers()
  const [, second] = sent(7, 'x'.repeat(10_000))

  expect(second && peers.hear(second, 0)).toEqual({
    ...{ isNew: true, hasMissed: false, wasKnown: false },
    letter: undefined,
  })
})

test('who says nothing for long does not count, until he is heard again', () => {
  const peers = new Peers()
  for (const [at, sender] of ['one', 'two'].entries()) {
    for (const envelope of sent(1, 'hello', sender)) peers.hear(envelope, at)
  }
  expect([peers.count, peers.findSilent(1), peers.count, peers.findSilent(1)]).toEqual([2, true, 1, false])
  const [next] = sent(2, 'again', 'one')

  expect(next && peers.hear(next, 2)).toMatchObject({ isNew: true, wasKnown: true, hasMissed: false })
  expect(peers.count).toBe(2)
  peers.forget('one')
  peers.forget('one')
  expect(peers.count).toBe(1)
})

test('of a silent one it is noticed that something was not heard', () => {
  const peers = new Peers()
  for (const envelope of sent(1, 'a')) peers.hear(envelope, 0)
  peers.findSilent(1)
  const [third] = sent(3, 'c')

  expect(third && peers.hear(third, 2)).toMatchObject({ isNew: true, hasMissed: true })
})

test.each(['', 'x', 'one 1 0 1', 'one one 0 1 x'])('%o is no envelope', (text) => {
  expect(readEnvelope(text)).toBeUndefined()
})
