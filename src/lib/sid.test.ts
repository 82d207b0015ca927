import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isSid, newSid, randomSid, readSid } from './sid.ts'

const COUNT = 100_000
const MIXED = `CH${'0aF'.repeat(10)}9B`

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

test('a new sid is the prefix and 32 lower-case hex digits', () => {
  expect(newSid('CH')).toMatch(/^CH[0-9a-f]{32}$/)
  expect(randomSid('AC')).toMatch(/^AC[0-9a-f]{32}$/)
})

test('sids sort by the order in which they were made, and none comes twice', () => {
  const made = Array.from({ length: COUNT }, (_, i) => {
    if (i % 1_000 === 0) vi.advanceTimersByTime(1)
    return newSid('IM')
  })

  expectSorted(made)
})

test('sids sort by creation also when the clock steps back, and once it has caught up', () => {
  const start = Date.now() + 3_600_000
  const made = [start, start + 5, start - 60_000, start - 60_000, start + 4, start + 5, start + 6].map(
    (time) => {
      vi.setSystemTime(time)
      return newSid('IM')
    },
  )

  expectSorted(made)
})

test('more sids than the counter holds can be made in one millisecond', () => {
  vi.setSystemTime(Date.now() + 7_200_000)
  let last = newSid('IM')
  let rising = true

  for (let i = 0; i <= 0x100000; i++) {
    const next = newSid('IM')
    rising &&= next > last
    last = next
  }

  expect(rising).toBe(true)
  expect(last).toMatch(/^IM[0-9a-f]{32}$/)
})

test('sids without order do not repeat, and do not sort by creation', () => {
  const made = Array.from({ length: COUNT }, () => randomSid('AC'))

  expect(new Set(made).size).toBe(COUNT)
  expect(made).not.toEqual([...made].sort())
})

test('a sid from outside may have hex digits of either case, and is stored in lower case', () => {
  expect(isSid('CH', MIXED)).toBe(true)
  expect(readSid('CH', MIXED)).toBe(`CH${MIXED.slice(2).toLowerCase()}`)
})

test.each([
  ['another prefix', MIXED.replace('CH', 'IM')],
  ['the prefix in lower case', MIXED.replace('CH', 'ch')],
  ['a digit that is not hex', MIXED.replace('9', 'g')],
  ['too few digits', MIXED.slice(0, -1)],
  ['too many digits', `${MIXED}0`],
  ['a line end', `${MIXED.slice(0, -1)}\n`],
  ['no digits', 'CH'],
  ['nothing', ''],
])('%s makes it no sid', (_, text) => {
  expect(isSid('CH', text)).toBe(false)
  expect(readSid('CH', text)).toBeUndefined()
})

function expectSorted(made: readonly string[]): void {
  expect(new Set(made).size).toBe(made.length)
  expect(made).toEqual([...made].sort())
}
