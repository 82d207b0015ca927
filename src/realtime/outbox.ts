// What waits to be written to one socket: the frames of one turn of the event loop leave in one write.
import type { Duplex } from 'node:stream'

export type Outbox = {
  /** Queues a whole WebSocket frame with news. False when the queue is full: then the connection must end. */
  send(frame: Buffer): boolean
  /** Queues what the client has asked for itself. It does not count as what a slow reader leaves: requests stop before that. */
  answer(frame: Buffer): void
  /** True while the socket takes no more: answers to requests wait meanwhile, events go on into the queue. */
  readonly congested: boolean
  /** Writes what is queued. */
  flush(): void
}

/** With so much to write, waiting for more saves nothing. */
const WRITE_BYTES = 262_144

/** Sockets with something to write. */
const dirty = new Set<Outbox>()
let scheduled = false

/** `limit` is the number of bytes that may wait for a client that reads slowly. */
export function createOutbox(socket: Duplex, limit: number): Outbox {
  let frames: Buffer[] = []
  let bytes = 0
  /** Bytes of answers since the queue was empty for the last time. */
  let answered = 0

  function push(frame: Buffer): void {
    frames.push(frame)
    bytes += frame.length
    if (bytes >= WRITE_BYTES) outbox.flush()
    else if (frames.length === 1) schedule(outbox)
  }

  const outbox: Outbox = {
    send(frame) {
      if (bytes + socket.writableLength + frame.length > limit + answered) return false
      push(frame)
      return true
    },
    answer(frame) {
      if (bytes + socket.writableLength === 0) answered = 0
      answered += frame.length
      push(frame)
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
