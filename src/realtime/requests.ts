// The requests of one connection: some run at the same time, the others wait; changes of one thing keep their order.
import { fairTurn, isLongTurn } from '../lib/event-loop.ts'

export type Requests = {
  /** False when too many wait already, or too much. */
  add(request: Queued): boolean
  /** Starts what waits, once the socket takes more. */
  resume(): void
  /** Resolves once nothing runs or waits. */
  idle(): Promise<void>
  /** Forgets what waits. */
  stop(): void
}

/**
 * Requests with the same `lane` run one after the other; null runs whenever there is room. `run` never rejects, and
 * may call `release` when the next one in the lane can start before it has ended. `bytes` is what it keeps in memory.
 */
export type Queued = { lane: string | null; bytes: number; run(release: () => void): Promise<void> }
export type RequestLimits = { count: number; bytes: number }

/** More at once would not be faster, and would keep others from their turn. */
const CONCURRENCY = 32

export function createRequests(limits: RequestLimits, isCongested: () => boolean): Requests {
  let waiting: Queued[] = []
  let next = 0
  let running = 0
  let bytes = 0
  const inLane = createLanes()
  let onIdle: (() => void)[] = []
  const rest = createRest(pump)

  function pump(): void {
    while (mayStart()) {
      const request = waiting[next++]
      if (!request) break
      running++
      void inLane(request).then(() => finish(request))
    }
    if (next > 0 && next === waiting.length) {
      waiting = []
      next = 0
    }
    if (running === 0 && waiting.length === 0) for (const resolve of onIdle.splice(0)) resolve()
  }

  function mayStart(): boolean {
    if (running >= CONCURRENCY || next >= waiting.length || isCongested()) return false
    if (!isLongTurn()) return true
    rest()
    return false
  }

  function finish(request: Queued): void {
    running--
    bytes -= request.bytes
    pump()
  }

  return {
    add(request) {
      if (waiting.length - next + running >= limits.count) return false
      if (bytes > 0 && bytes + request.bytes > limits.bytes) return false
      bytes += request.bytes
      waiting.push(request)
      pump()
      return true
    },
    resume: pump,
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve)
        pump()
      }),
    stop() {
      waiting = []
      next = 0
      onIdle = []
    },
  }
}

/** Calls `go` once others have had their turn: answers that are ready at once would follow each other without end. */
function createRest(go: () => void): () => void {
  let isResting = false
  return () => {
    if (isResting) return
    isResting = true
    void fairTurn().then(() => {
      isResting = false
      go()
    })
  }
}

/** Runs one after the other what has the same lane. */
function createLanes(): (request: Queued) => Promise<void> {
  const lanes = new Map<string, Promise<void>>()
  return async ({ lane, run }) => {
    if (lane === null) return run(() => {})
    const before = lanes.get(lane)
    const released = Promise.withResolvers<void>()
    lanes.set(lane, released.promise)
    if (before) await before
    await run(released.resolve)
    released.resolve()
    if (lanes.get(lane) === released.promise) lanes.delete(lane)
  }
}
