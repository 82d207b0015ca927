// What waits to be written to one socket: frames leave together, in one write for each turn of the event loop, and
// news on a busy socket in one write for each tick. What that gives: docs/performance.md.
import type { Duplex } from 'node:stream'
import type { Pace } from './pace.ts'

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

/** `limit` is the number of bytes that may wait for a client that reads slowly, before what is sent next. */
export type CreateOutbox = (socket: Duplex, limit: number) => Outbox

/** What the sockets of one server share. */
type Shared = { pace: Pace; turn: Turn; join: Join }
type Turn = { flushAtEnd(outbox: Outbox): void }
type Join = (frames: readonly Buffer[], bytes: number) => Buffer

/** With so much to write, waiting for more saves nothing. */
const WRITE_BYTES = 262_144

export function createOutboxes(pace: Pace): CreateOutbox {
  const shared: Shared = { pace, turn: createTurn(), join: createJoin() }
  return (socket, limit) => createOutbox(shared, socket, limit)
}

function createOutbox({ pace, turn, join }: Shared, socket: Duplex, limit: number): Outbox {
  let frames: Buffer[] = []
  let bytes = 0
  /** Bytes of answers since the queue was empty for the last time. */
  let answered = 0
  let lastWrite = 0

  function isFull(): boolean {
    return bytes + socket.writableLength >= limit + answered
  }

  function push(frame: Buffer): void {
    frames.push(frame)
    bytes += frame.length
    if (bytes >= WRITE_BYTES) outbox.flush()
  }

  const outbox: Outbox = {
    send(frame) {
      // What waits for its tick is not the client's fault: only what the system does not take is.
      if (isFull()) outbox.flush()
      if (isFull()) return false
      push(frame)
      if (frames.length !== 1) return true
      if (pace.inTick || pace.isBusy(lastWrite)) pace.writeAtTick(outbox)
      else turn.flushAtEnd(outbox)
      return true
    },
    answer(frame) {
      if (bytes + socket.writableLength === 0) answered = 0
      answered += frame.length
      push(frame)
      turn.flushAtEnd(outbox)
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
      pace.forget(outbox)
      if (socket.writable) socket.write(joined)
    },
  }
  return outbox
}

/** Writes to sockets at the end of this turn of the event loop. */
function createTurn(): Turn {
  const soon = new Set<Outbox>()
  function flushAll(): void {
    const outboxes = [...soon]
    soon.clear()
    for (const outbox of outboxes) outbox.flush()
  }
  return {
    flushAtEnd(outbox) {
      if (soon.size === 0) setImmediate(flushAll)
      soon.add(outbox)
    },
  }
}

/** Remembers what was joined last: in a busy room the next socket gets the very same frames. */
function createJoin(): Join {
  let lastFrames: readonly Buffer[] = []
  let lastJoined: Buffer = Buffer.alloc(0)
  return (frames, bytes) => {
    const isSame = frames.length === lastFrames.length && frames.every((frame, i) => frame === lastFrames[i])
    if (!isSame) {
      lastFrames = frames
      lastJoined = Buffer.concat(frames, bytes)
    }
    return lastJoined
  }
}
