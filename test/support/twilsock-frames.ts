// Frames of the realtime protocol (§2.2), written as the SDKs write them and read without any leniency.

export type Header = { method: string; id: string; [member: string]: unknown }
export type Frame = { header: Header; payload: unknown; bytes: number }

/** A payload given as an object is sent as JSON, a text or bytes as they are. */
export function encodeFrame(header: object, payload?: unknown): Buffer {
  const body = encodePayload(payload)
  const head = Buffer.from(JSON.stringify({ ...header, payload_size: body.length }))
  return Buffer.concat([Buffer.from(`TWILSOCK V3.0 ${head.length}\r\n`), head, Buffer.from('\r\n'), body])
}

function encodePayload(payload: unknown): Buffer {
  if (payload === undefined) return Buffer.alloc(0)
  if (Buffer.isBuffer(payload)) return payload
  return Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
}

/** Throws on every departure from the layout: sizes, line ends, JSON. */
export function decodeFrame(bytes: Buffer): Frame {
  const firstEnd = bytes.indexOf('\r\n')
  const first = bytes.subarray(0, Math.max(0, firstEnd)).toString('latin1')
  const [, size] = /^TWILSOCK V3\.0 ([1-9]\d*)$/.exec(first) ?? fail('the first line', first)
  const headerEnd = firstEnd + 2 + Number(size)
  if (bytes.subarray(headerEnd, headerEnd + 2).toString('latin1') !== '\r\n')
    fail('the end of the header', first)
  const header = JSON.parse(bytes.subarray(firstEnd + 2, headerEnd).toString('utf8')) as Header
  const payload = bytes.subarray(headerEnd + 2)
  const length = Number(header.payload_size ?? 0)
  const rest = payload.subarray(length).toString('latin1')
  if (payload.length < length || (rest !== '' && rest !== '\r\n'))
    fail('payload_size', JSON.stringify(header))
  return { header, payload: decodePayload(header, payload.subarray(0, length)), bytes: bytes.length }
}

function decodePayload(header: Header, payload: Buffer): unknown {
  if (payload.length === 0) return undefined
  const type = String(header.payload_type ?? 'application/json')
  const text = payload.toString('utf8')
  return type.startsWith('application/json') ? JSON.parse(text) : text
}

function fail(what: string, seen: string): never {
  throw new Error(`A frame is wrong in ${what}: ${seen}`)
}
