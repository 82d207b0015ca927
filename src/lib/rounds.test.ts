import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRounds, type Rounds } from './rounds.ts'

const EVERY_MS = 60_000

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

/** Rounds that are counted and, given `ends`, end one after the other when it says so. */
function givenRounds(ends: () => Promise<void> = async () => {}) {
  const seen = { rounds: 0, errors: [] as unknown[] }
  const rounds: Rounds = createRounds({
    everyMs: EVERY_MS,
    onError: (error) => seen.errors.push(error),
    async round() {
      seen.rounds++
      await ends()
    },
  })
  return { rounds, seen }
}

test('one round at the start, and one every so often until it is stopped', async () => {
  const { rounds, seen } = givenRounds()
  rounds.start()
  expect(seen.rounds).toBe(1)
  for (let passed = 1; passed <= 3; passed++) {
    await rounds.idle()
    vi.advanceTimersByTime(EVERY_MS)
    expect(seen.rounds).toBe(1 + passed)
  }
  await rounds.stop()
  vi.advanceTimersByTime(10 * EVERY_MS)
  rounds.run()
  await rounds.idle()
  expect(seen.rounds).toBe(4)
})

test('however often it is asked for during a round, one more follows', async () => {
  const first = Promise.withResolvers<void>()
  const { rounds, seen } = givenRounds(() => first.promise)
  for (let i = 0; i < 5; i++) rounds.run()
  expect(seen.rounds).toBe(1)
  first.resolve()
  await rounds.idle()
  expect(seen.rounds).toBe(2)
})

test('whoever asks at the moment in which a round ends gets another', async () => {
  for (let turns = 0; turns < 10; turns++) {
    const { rounds, seen } = givenRounds()
    rounds.run()
    for (let turn = 0; turn < turns; turn++) await null
    rounds.run()
    await rounds.idle()
    expect(seen.rounds, `after ${turns} turns`).toBe(2)
  }
})

test('a round that fails is told, and holds up no other', async () => {
  const failure = new Error('this round')
  const { rounds, seen } = givenRounds(async () => {
    if (seen.rounds % 2 === 1) throw failure
  })
  rounds.run()
  rounds.run()
  await rounds.idle()
  expect(seen).toEqual({ rounds: 2, errors: [failure] })
  rounds.start()
  await rounds.idle()
  vi.advanceTimersByTime(EVERY_MS)
  await rounds.idle()
  expect(seen).toEqual({ rounds: 4, errors: [failure, failure] })
  await rounds.stop()
})

test('the end waits for the round that runs, which learns of it, and for no other', async () => {
  const events: string[] = []
  const step = Promise.withResolvers<void>()
  const rounds = createRounds({
    everyMs: EVERY_MS,
    onError: () => {},
    async round(isStopped) {
      await step.promise
      events.push(`round: ${isStopped()}`)
    },
  })
  rounds.start()
  rounds.run()
  const stopped = rounds.stop().then(() => events.push('stopped'))
  step.resolve()
  await stopped
  expect(events).toEqual(['round: true', 'stopped'])
})
