import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeFrame, type Header, isAcknowledgement, parseFrame } from './frame.ts'

const frame = (text: string): Buffer => Buffer.from(text)
const bytesOf = (header: Header, payload?: string | Buffer): Buffer =>
  Buffer.concat(encodeFrame(header, payload).map((part) => Buffer.from(part as string)))

test('any header and payload come back as they were, and sizes are bytes', () => {
  const header = fc.dictionary(
    fc.string().filter((name) => name !== 'payload_size' && name !== '__proto__'),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(header, fc.string({ unit: 'grapheme' }), (members, payload) => {
      const bytes = bytesOf(members, payload)
      expect(bytesOf(members, Buffer.from(payload)).equals(bytes)).toBe(true)
      const parsed = parseFrame(bytes)
      expect(parsed?.payload).toBe(payload)
      const size = Buffer.byteLength(payload)
      expect(parsed?.header).toEqual(JSON.parse(JSON.stringify({ ...members, payload_size: size })))
    }),
  )
})

test.each([
  ['a blank before the first line end', 'TWILSOCK V3.0 17 \r\n{"method":"init"}\r\n'],
  ['nothing after the header', 'TWILSOCK V3.0 17\r\n{"method":"init"}'],
  ['bytes after the payload', 'TWILSOCK V3.0 17\r\n{"method":"init"}\r\nmore of it'],
])('taken with %s', (_what, text) => {
  expect(parseFrame(frame(text))?.header).toEqual({ method: 'init' })
})

test.each([
  ['nothing', ''],
  ['another magic', 'TWILSOCK V2.0 2\r\n{}\r\n'],
  ['no length', 'TWILSOCK V3.0 \r\n{}\r\n'],
  ['a length beyond the end', 'TWILSOCK V3.0 900\r\n{}\r\n'],
  ['a length that no frame has', 'TWILSOCK V3.0 99999999999999999999\r\n{}\r\n'],
  ['a negative length', 'TWILSOCK V3.0 -2\r\n{}\r\n'],
  ['no line end', 'TWILSOCK V3.0 2{}\r\n'],
  ['a header that is no JSON', 'TWILSOCK V3.0 2\r\n{]\r\n'],
  ['a header that is no object', 'TWILSOCK V3.0 2\r\n[]\r\n'],
  ['a payload that is cut off', 'TWILSOCK V3.0 18\r\n{"payload_size":9}\r\nabc'],
  ['a payload size that is none', 'TWILSOCK V3.0 21\r\n{"payload_size":-100}\r\nabc'],
])('no frame: %s', (_what, text) => {
  expect(parseFrame(frame(text))).toBeUndefined()
})

test('any bytes are a frame or none, and never an error', () => {
  const anything = fc.uint8Array({ maxLength: 300 })
  const nearly = fc
    .tuple(fc.nat(60), fc.string({ maxLength: 60 }), fc.string({ maxLength: 40 }))
    .map(([length, header, payload]) => Buffer.from(`TWILSOCK V3.0 ${length}\r\n${header}\r\n${payload}`))
  fc.assert(
    fc.property(fc.oneof(anything, nearly), (bytes) => {
      const message = Buffer.from(bytes)
      const parsed = parseFrame(message)
      if (parsed) expect(parsed.payload.length).toBeLessThanOrEqual(message.length)
      isAcknowledgement(message)
    }),
    { numRuns: 2_000 },
  )
})

test('acknowledgements are known by their header, not by what a text holds', () => {
  const reply = {
    id: 'TM1',
    method: 'reply',
    payload_type: 'application/json',
    status: { code: 200, status: 'OK' },
  }
  expect(isAcknowledgement(bytesOf(reply))).toBe(true)
  const path = '/"method":"reply"'
  const request = { id: 'TM2', method: 'message', http_request: { path, method: 'GET' } }
  expect(isAcknowledgement(bytesOf(request, '{"method":"reply"}'))).toBe(false)
})
