// Ended jobs and idle lanes are kept for a while and then deleted, in small steps.
import type { Database } from '../store/database.ts'
import { pruneEnded, pruneIdleLanes, type Queue } from '../store/lanes.ts'

type PrunerOptions = {
  db: Database
  queue: Queue
  now(): number
  retentionMs: number
  onError(error: unknown): void
}

const EVERY_MS = 3_600_000
const ROWS_PER_STEP = 500
/** A lane that was idle for so long is not likely to be used soon. */
const IDLE_LANE_MS = 3_600_000

/** Prunes now and every hour, until the returned function is called; it resolves once a running step is over. */
export function startPruner({ db, queue, now, retentionMs, onError }: PrunerOptions): () => Promise<void> {
  // A short retention is looked after more often.
  const every = Math.max(1_000, Math.min(EVERY_MS, retentionMs / 2))
  let running: Promise<void> | undefined
  let stopped = false

  async function prune(): Promise<void> {
    const before = now() - retentionMs
    let pruned: number
    do {
      pruned = await db.transaction((tx) => pruneEnded(tx, queue, before, ROWS_PER_STEP))
    } while (pruned === ROWS_PER_STEP && !stopped)
    await pruneLanes(now() - Math.min(retentionMs, IDLE_LANE_MS))
  }

  async function pruneLanes(before: number): Promise<void> {
    for (let last: string | null = ''; last !== null && !stopped; ) {
      const after: string = last
      last = await db.transaction((tx) => pruneIdleLanes(tx, queue, before, after, ROWS_PER_STEP))
    }
  }

  function start(): void {
    running ??= prune()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }

  const timer = setInterval(start, every)
  start()
  return async () => {
    stopped = true
    clearInterval(timer)
    await running
  }
}
