import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageToken, readPageToken } from './page-tokens.ts'

test('a token holds everything about a page, and no sign that a client would cut off', () => {
  const key = fc.oneof(
    fc.nat(),
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  )
  const side = fc.constantFrom('after' as const, 'from' as const, 'before' as const, 'upTo' as const)
  const order = fc.constantFrom('asc' as const, 'desc' as const)
  fc.assert(
    fc.property(order, fc.integer({ min: 1, max: 100 }), side, key, (order_, size, side_, key_) => {
      const token = pageToken({ order: order_, size }, { side: side_, key: key_ }) ?? ''
      expect(token).toMatch(/^[\w-]+$/)
      expect(readPageToken(token, 100)).toEqual({ order: order_, size, from: { side: side_, key: key_ } })
    }),
  )
})

test('a page that has none has no token', () => {
  expect(pageToken({ order: 'asc', size: 1 }, null)).toBeNull()
})

test('sizes are cut', () => {
  const token = pageToken({ order: 'asc', size: 500 }, { side: 'after', key: 1 }) ?? ''
  expect(readPageToken(token, 100).size).toBe(100)
})

test('any other text is refused', () => {
  const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  for (const token of [
    'x',
    forged([]),
    forged({ o: 'up', n: 1, s: 'after', k: 1 }),
    forged({ o: 'asc', n: 0, s: 'after', k: 1 }),
    forged({ o: 'asc', n: 1, s: 'toString', k: 1 }),
    forged({ o: 'asc', n: 1, s: 'after', k: {} }),
    forged({ o: 'asc', n: 1, s: 'after', k: '\0' }),
  ]) {
    expect(() => readPageToken(token, 100)).toThrow('Invalid PageToken')
  }
})
