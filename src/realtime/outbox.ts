// What waits to be written to one socket: the frames of one turn of the event loop leave in one write.
import type { Duplex } from 'node:stream'

export type Outbox = {
  /** Queues a whole WebSocket frame. False when the queue is full: then the connection must end. */
  send(frame: Buffer): boolean
  /** True while the socket takes no more: answers to requests wait meanwhile, events go on into the queue. */
  readonly congested: boolean
  /** Writes what is queued. */
  flush(): void
}

/** Sockets with something to write. */
const dirty = new Set<Outbox>()
let scheduled = false

/** `limit` is the number of bytes that may wait for a client that reads slowly. */
export function createOutbox(socket: Duplex, limit: number): Outbox {
  let frames: Buffer[] = []
  let bytes = 0

  const outbox: Outbox = {
    send(frame) {
      if (bytes + socket.writableLength + frame.length > limit) return false
      frames.push(frame)
      bytes += frame.length
      if (frames.length === 1) schedule(outbox)
      return true
    },
    get congested() {
      return socket.writableNeedDrain
    },
    flush() {
      const [first] = frames
      if (first === undefined) return
      const joined = frames.length === 1 ? first : Buffer.concat(frames, bytes)
      frames = []
      bytes = 0
      if (socket.writable) socket.write(joined)
    },
  }
  return outbox
}

function schedule(outbox: Outbox): void {
  dirty.add(outbox)
  if (scheduled) return
  scheduled = true
  setImmediate(flushAll)
}

function flushAll(): void {
  scheduled = false
  const outboxes = [...dirty]
  dirty.clear()
  for (const outbox of outboxes) outbox.flush()
}
