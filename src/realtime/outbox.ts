// What waits to be written to one socket: frames leave together, in one write for each turn of the event loop, and
// news on a busy socket in one write for each tick. What that gives: docs/performance.md.
import type { Duplex } from 'node:stream'
import { forget, inTick, isBusy, writeAtTick } from './pace.ts'

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

/** Sockets to write to at the end of this turn. */
const soon = new Set<Outbox>()

/** `limit` is the number of bytes that may wait for a client that reads slowly. */
export function createOutbox(socket: Duplex, limit: number): Outbox {
  let frames: Buffer[] = []
  let bytes = 0
  /** Bytes of answers since the queue was empty for the last time. */
  let answered = 0
  let lastWrite = 0

  function push(frame: Buffer): void {
    frames.push(frame)
    bytes += frame.length
    if (bytes >= WRITE_BYTES) outbox.flush()
  }

  const outbox: Outbox = {
    send(frame) {
      if (bytes + socket.writableLength + frame.length > limit + answered) return false
      push(frame)
      if (frames.length !== 1) return true
      if (inTick() || isBusy(lastWrite)) writeAtTick(outbox)
      else flushSoon(outbox)
      return true
    },
    answer(frame) {
      if (bytes + socket.writableLength === 0) answered = 0
      answered += frame.length
      push(frame)
      flushSoon(outbox)
    },
    get congested() {
      return socket.writableNeedDrain
    },
    flush() {
      const [first] = frames
      if (first === undefined) return
      const joined = frames.length === 1 ? first : join(frames, bytes)
      frames = []
      bytes = 0
      lastWrite = performance.now()
      forget(outbox)
      if (socket.writable) socket.write(joined)
    },
  }
  return outbox
}

/** What was joined last: in a busy room the next socket gets the very same frames. */
let lastFrames: readonly Buffer[] = []
let lastJoined: Buffer = Buffer.alloc(0)

function join(frames: readonly Buffer[], bytes: number): Buffer {
  const isSame = frames.length === lastFrames.length && frames.every((frame, i) => frame === lastFrames[i])
  if (!isSame) {
    lastFrames = frames
    lastJoined = Buffer.concat(frames, bytes)
  }
  return lastJoined
}

function flushSoon(outbox: Outbox): void {
  if (soon.size === 0) setImmediate(flushAll)
  soon.add(outbox)
}

function flushAll(): void {
  const outboxes = [...soon]
  soon.clear()
  for (const outbox of outboxes) outbox.flush()
}
