// WebSocket frames as bytes (RFC 6455 §5.2), so that one encoding of an event serves every socket.

const BINARY = 0x82
const PING = 0x89
const LENGTH_16 = 126
const LENGTH_64 = 127
const MAX_LENGTH_16 = 0xffff

/** An unmasked binary message of one frame, as servers send it. */
export function toWebSocketFrame(payload: Buffer): Buffer {
  const { length } = payload
  const headerSize = length < LENGTH_16 ? 2 : length <= MAX_LENGTH_16 ? 4 : 10
  const frame = Buffer.allocUnsafe(headerSize + length)
  frame[0] = BINARY
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

export const PING_FRAME: Buffer = Buffer.from([PING, 0])
