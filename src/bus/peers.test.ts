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

test('a sender whose beginning was not heard is new and has missed nothing', () => {
  const peers = new Peers()
  const [, second] = sent(7, 'x'.repeat(10_000))

  expect(second && peers.hear(second, 0)).toEqual({ isNew: true, hasMissed: false, letter: undefined })
})

test('who says nothing for long is forgotten', () => {
  const peers = new Peers()
  for (const [at, sender] of ['one', 'two'].entries()) {
    for (const envelope of sent(1, 'hello', sender)) peers.hear(envelope, at)
  }

  expect([peers.forgetSilent(1), peers.count, peers.forgetSilent(1)]).toEqual([true, 1, false])
})

test('who comes back after a silence has said something unheard, and was told nothing', () => {
  const peers = new Peers()
  const [first, second, third] = sent(1, 'a').concat(sent(2, 'b'), sent(3, 'c'))
  if (!first || !second || !third) throw new Error('no envelopes')
  peers.hear(first, 0)
  peers.forgetSilent(1)

  expect(peers.hear(second, 2)).toMatchObject({ isNew: true, hasMissed: true })
  expect(peers.hear(third, 2)).toMatchObject({ isNew: false, hasMissed: false })
})

test.each(['', 'x', 'one 1 0 1', 'one one 0 1 x'])('%o is no envelope', (text) => {
  expect(readEnvelope(text)).toBeUndefined()
})
