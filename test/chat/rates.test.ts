// The limit on actions: 30 a second on average over a sliding window of five seconds (rest-v2.md §6.3).
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/chat/rates.ts'

const START = 1_700_000_000_000
const PER_WINDOW = 150
const WINDOW = 5_000

test('a window takes 150 actions at once, and refuses the next', () => {
  const { limiter, count } = givenLimiter()

  expect(count('a', 1_000)).toBe(PER_WINDOW)

  expect(() => limiter.spend('a')).toThrow(expect.objectContaining({ status: 429, code: 20429 }))
})

test('a full window stays full for as long as its actions are in it', () => {
  const { clock, count } = givenLimiter()
  count('a', PER_WINDOW)

  for (const elapsed of [1, 999, 1_000, 2_500, 4_000, 4_999]) {
    clock.now = START + elapsed
    expect(count('a', 10), `after ${elapsed} ms`).toBe(0)
  }
})

test('a window is empty again once its actions have left it', () => {
  const { clock, count } = givenLimiter()
  count('a', PER_WINDOW)

  clock.now = START + WINDOW + 1_000

  expect(count('a', 1_000)).toBe(PER_WINDOW)
})

test('the window slides: what was done later leaves it later', () => {
  const { clock, count } = givenLimiter()
  count('a', 100)
  clock.now = START + 3_000
  expect(count('a', 1_000)).toBe(50)

  clock.now = START + 6_000
  expect(count('a', 1_000)).toBe(100)
  clock.now = START + 9_000
  expect(count('a', 1_000)).toBe(50)
})

test('what was refused does not count', () => {
  const { clock, count } = givenLimiter()
  count('a', PER_WINDOW)
  for (clock.now = START; clock.now < START + WINDOW; clock.now += 100) count('a', 10)

  clock.now = START + WINDOW + 1_000

  expect(count('a', 1_000)).toBe(PER_WINDOW)
})

test('30 actions in every second are within the limit for as long as one likes', () => {
  const { clock, count } = givenLimiter()

  for (let second = 0; second < 60; second++) {
    clock.now = START + second * 1_000
    expect(count('a', 30), `in second ${second}`).toBe(30)
  }
})

test('whoever never stops trying gets 30 a second on average', () => {
  const { clock, count } = givenLimiter()
  let done = 0

  for (; clock.now < START + 60_000; clock.now += 10) done += count('a', 5)

  expect(done).toBeGreaterThan(58 * 30)
  expect(done).toBeLessThanOrEqual(60 * 30 + PER_WINDOW)
})

test('each key has a window of its own', () => {
  const { count } = givenLimiter()

  expect(count('a', 1_000)).toBe(PER_WINDOW)
  expect(count('b', 1_000)).toBe(PER_WINDOW)
  expect(count('a', 1_000)).toBe(0)
})

test('the memory of keys that are no longer used is freed', () => {
  const { clock, limiter, count } = givenLimiter()
  const before = usedMemory()
  for (let i = 0; i < 100_000; i++) limiter.spend(`key-${i}`)
  const full = usedMemory() - before

  clock.now = START + 60_000
  expect(count('another', 1)).toBe(1)

  expect(usedMemory() - before).toBeLessThan(full / 4)
})

/** A limiter with a clock of its own; `count` tries so many actions and tells how many were let through. */
function givenLimiter() {
  const clock = { now: START }
  const limiter = createRateLimiter(() => clock.now)
  const count = (key: string, tries: number): number => {
    let done = 0
    for (let i = 0; i < tries; i++) {
      try {
        limiter.spend(key)
        done++
      } catch {
        // Refused: that is what is counted.
      }
    }
    return done
  }
  return { clock, limiter, count }
}

/** Bytes in use after everything unreachable has been freed. */
function usedMemory(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
