import { expect, test } from 'vitest'
import { quantile } from './activity.ts'

const INFINITY = Number.POSITIVE_INFINITY

test('a quantile lies within its bucket, as far as its share of it', () => {
  const counts = [
    [0.01, 10],
    [0.1, 20],
    [INFINITY, 20],
  ] as const
  expect(quantile(counts, 0.5)).toBeCloseTo(10)
  expect(quantile(counts, 0.75)).toBeCloseTo(55)
  expect(quantile(counts, 1)).toBeCloseTo(100)
})

test('what is beyond the last limit counts as the last limit', () => {
  expect(
    quantile(
      [
        [0.01, 0],
        [INFINITY, 5],
      ],
      0.95,
    ),
  ).toBeCloseTo(10)
})

test('without requests there is none', () => {
  expect(quantile([], 0.5)).toBeNull()
  expect(
    quantile(
      [
        [0.01, 0],
        [INFINITY, 0],
      ],
      0.5,
    ),
  ).toBeNull()
})
