// WebSocket frames as bytes (RFC 6455 §5.2), so that one encoding of an event serves every socket. Frames of a
// server have no mask.

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
export const FINAL = 0x80
/** In the second byte: the length is in the next two or eight bytes. */
export const LENGTH_16 = 126
export const LENGTH_64 = 127
export const MAX_CONTROL_LENGTH = 125
const MAX_LENGTH_16 = 0xffff

/** A binary message of one frame. */
export function toWebSocketFrame(payload: Buffer): Buffer {
  const { length } = payload
  const headerSize = length < LENGTH_16 ? 2 : length <= MAX_LENGTH_16 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerSize + length)
  frame[0] = FINAL | OPCODE.binary
  if (headerSize === 2) frame[1] = length
  else if (headerSize === 4) {
    frame[1] = LENGTH_16
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = LENGTH_64
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  payload.copy(frame, headerSize)
  return frame
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
