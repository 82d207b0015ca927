import { expect, test } from 'vitest'
import { PING_FRAME, toWebSocketFrame } from './frames.ts'

// Final binary frames without a mask, with each of the three forms of a length (RFC 6455 §5.2).
test.each([
  [0, '8200'],
  [1, '8201'],
  [125, '827d'],
  [126, '827e007e'],
  [65_535, '827effff'],
  [65_536, '827f0000000000010000'],
])('a message of %i bytes begins with %s', (size, head) => {
  const payload = Buffer.alloc(size, 7)
  expect(toWebSocketFrame([payload]).equals(Buffer.concat([Buffer.from(head, 'hex'), payload]))).toBe(true)
})

test('texts count in bytes', () => {
  expect(toWebSocketFrame(['grün', Buffer.from('!')]).toString('latin1', 2)).toBe(
    Buffer.from('grün!').toString('latin1'),
  )
  expect(toWebSocketFrame(['grün', Buffer.from('!')])[1]).toBe(6)
})

test('a ping is an empty control frame', () => {
  expect(PING_FRAME.toString('hex')).toBe('8900')
})
