// Reads the WebSocket messages out of the bytes of a connection that passes by (RFC 6455, without compression).

const MASK_BYTES = 4

/** Returns a sink for the bytes of one direction; each whole binary message is handed to `onMessage`. */
export function readWebSocket(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0)
  let isOpen = false
  let parts: Buffer[] = []
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    if (!isOpen) {
      const end = pending.indexOf('\r\n\r\n')
      if (end < 0) return
      pending = pending.subarray(end + 4)
      isOpen = true
    }
    for (let part = readPart(pending); part; part = readPart(pending)) {
      pending = pending.subarray(part.size)
      if (part.opcode > 2) continue
      parts.push(part.data)
      if (!part.isLast) continue
      onMessage(Buffer.concat(parts))
      parts = []
    }
  }
}

type Part = { size: number; opcode: number; isLast: boolean; data: Buffer }

/** Undefined: the part is not whole yet. */
function readPart(bytes: Buffer): Part | undefined {
  const [first = 0, second = 0] = bytes
  if (bytes.length < 2) return undefined
  if (first & 0x70) throw new Error('The connection is compressed: a tap cannot read it')
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const isMasked = (second & 0x80) !== 0
  const start = 2 + lengthBytes + (isMasked ? MASK_BYTES : 0)
  if (bytes.length < start) return undefined
  const length =
    lengthBytes === 0 ? short : Number(BigInt(`0x${bytes.subarray(2, 2 + lengthBytes).toString('hex')}`))
  if (bytes.length < start + length) return undefined
  const data = Buffer.from(bytes.subarray(start, start + length))
  if (isMasked) {
    const mask = bytes.subarray(start - MASK_BYTES, start)
    for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) ^ (mask[i % MASK_BYTES] ?? 0)
  }
  return { size: start + length, opcode: first & 0x0f, isLast: (first & 0x80) !== 0, data }
}
