// WebSocket frames as bytes (RFC 6455 §5.2), so that one encoding of an event serves every socket. Frames of a
// server have no mask.

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
export const FINAL = 0x80
/** In the second byte: the length is in the next two or eight bytes. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127
export const MAX_CONTROL_LENGTH = 125
const MAX_LENGTH_16 = 0xffff

/** A binary message of one frame: texts in UTF-8 and bytes, one after the other. */
export function toWebSocketFrame(parts: readonly (string | Buffer)[]): Buffer {
  let length = 0
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length
  const frame = Buffer.allocUnsafe(headerSizeOf(length) + length)
  let at = writeHead(frame, length)
  for (const part of parts) at += typeof part === 'string' ? frame.write(part, at) : part.copy(frame, at)
  return frame
}

function headerSizeOf(length: number): number {
  if (length < LENGTH_16) return 2
  return length <= MAX_LENGTH_16 ? 4 : 10
}

/** The size of the head. */
function writeHead(frame: Buffer, length: number): number {
  frame[0] = FINAL | OPCODE.binary
  if (length < LENGTH_16) return frame.writeUInt8(length, 1)
  if (length <= MAX_LENGTH_16) {
    frame[1] = LENGTH_16
    return frame.writeUInt16BE(length, 2)
  }
  frame[1] = LENGTH_64
  return frame.writeBigUInt64BE(BigInt(length), 2)
}

export const PING_FRAME: Buffer = Buffer.from([FINAL | OPCODE.ping, 0])

/** The payload of a ping is at most MAX_CONTROL_LENGTH bytes. */
export function pongFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([FINAL | OPCODE.pong, payload.length]), payload])
}

/** Codes: 1000 normal, 1002 protocol error, 1009 message too big. */
export function closeFrame(code: number): Buffer {
  const frame = Buffer.from([FINAL | OPCODE.close, 2, 0, 0])
  frame.writeUInt16BE(code, 2)
  return frame
}
