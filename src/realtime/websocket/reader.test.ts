import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from './reader.ts'

const LIMIT = 100_000

/** A frame as a client sends it; `first` is its first byte. */
function frame(first: number, payload: Buffer, mask = [1, 2, 3, 4]): Buffer {
  const { length } = payload
  const head =
    length < 126
      ? [first, 0x80 | length]
      : length < 65_536
        ? [first, 0xfe, length >> 8, length & 255]
        : [first, 0xff, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255]
  return Buffer.concat([
    Buffer.from([...head, ...mask]),
    Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))),
  ])
}

function read(chunks: readonly Buffer[]): string[] {
  const log: string[] = []
  const reader = new FrameReader(LIMIT, {
    onMessage: (message) => log.push(`message ${message.toString('latin1')}`),
    onPing: (payload) => log.push(`ping ${payload}`),
    onClose: () => log.push('close'),
    onFailure: (code) => log.push(`failure ${code}`),
  })
  for (const chunk of chunks) reader.push(Buffer.from(chunk))
  return log
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end))
}

const text = (value: string) => Buffer.from(value, 'latin1')

test('messages come whole and in order, however the bytes are cut', () => {
  const size = fc.oneof(fc.nat(200), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000))
  const mask = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  fc.assert(
    fc.property(fc.array(fc.tuple(size, mask), { maxLength: 5 }), fc.array(fc.nat()), (messages, places) => {
      const payloads = messages.map(([length], i) => Buffer.alloc(length, `message ${i} `))
      const bytes = Buffer.concat(payloads.map((payload, i) => frame(0x82, payload, messages[i]?.[1])))
      expect(read(cut(bytes, places))).toEqual(
        payloads.map((payload) => `message ${payload.toString('latin1')}`),
      )
    }),
    { numRuns: 200 },
  )
})

test('fragments are joined, and control frames may come between them', () => {
  const bytes = [
    frame(0x02, text('a')),
    frame(0x89, text('p')),
    frame(0x00, text('b')),
    frame(0x8a, text('')),
    frame(0x80, text('c')),
    frame(0x81, text('text')),
    frame(0x88, text('')),
    frame(0x82, text('after the end')),
  ]
  expect(read([Buffer.concat(bytes)])).toEqual(['ping p', 'message abc', 'message text', 'close'])
})

test.each([
  ['a reserved bit', frame(0xc2, text('a')), 1002],
  ['an unknown opcode', frame(0x83, text('a')), 1002],
  ['no mask', Buffer.from([0x82, 1, 65]), 1002],
  ['a control frame in parts', frame(0x09, text('a')), 1002],
  ['a control frame that is too long', frame(0x89, Buffer.alloc(126)), 1002],
  ['a continuation of nothing', frame(0x80, text('a')), 1002],
  ['a message within a message', Buffer.concat([frame(0x02, text('a')), frame(0x82, text('b'))]), 1002],
  ['a message over the limit', frame(0x82, Buffer.alloc(LIMIT + 1)), 1009],
  [
    'a length that no buffer has',
    Buffer.from([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
    1009,
  ],
  [
    'fragments over the limit',
    Buffer.concat([frame(0x02, Buffer.alloc(60_000)), frame(0x00, Buffer.alloc(60_000))]),
    1009,
  ],
  [
    'endless empty fragments',
    Buffer.concat(
      Array(LIMIT)
        .fill(frame(0x02, text('')), 0, 1)
        .fill(frame(0x00, text('')), 1),
    ),
    1009,
  ],
])('refused: %s', (_what, bytes, code) => {
  expect(read([bytes, frame(0x82, text('more'))])).toEqual([`failure ${code}`])
})

test('any bytes are read or refused, and never an error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (chunks) => {
      read(chunks.map((chunk) => Buffer.from(chunk)))
    }),
    { numRuns: 2_000 },
  )
})
