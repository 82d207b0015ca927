import { expect, test } from 'vitest'
import { readRetryAfter } from './result.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')

test('Retry-After is seconds or a date, and no more than a day', () => {
  expect(readRetryAfter('0', NOW)).toBe(0)
  expect(readRetryAfter(' 120 ', NOW)).toBe(120_000)
  expect(readRetryAfter('999999999', NOW)).toBe(86_400_000)
  expect(readRetryAfter('Tue, 01 Jan 2030 00:01:00 GMT', NOW)).toBe(60_000)
  expect(readRetryAfter('Mon, 31 Dec 2029 00:00:00 GMT', NOW)).toBe(0)
})

test('anything else is none', () => {
  for (const header of [undefined, '', 'soon', '-5', '1.5', '1e3', '9'.repeat(40), []]) {
    expect(readRetryAfter(header, NOW), String(header)).toBe(null)
  }
})
