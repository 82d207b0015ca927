// What the jobs of a queue are, for a worker that knows nothing of them.
import type { Queryable, Tx } from '../store/database.ts'
import type { Queue } from '../store/lanes.ts'
import type { Verdict } from './verdict.ts'

type Attempt = {
  verdict: Verdict
  /** The target itself is in trouble, whatever this job was about; with how long it wants to be left alone, if it said so. */
  targetFailure: { pauseMs: number | null } | null
  /** Writes what came of it. */
  save(tx: Tx): void
}

export type JobKind<Job> = {
  queue: Queue
  /** How many lanes of one target go at once while there is plenty of room. */
  lanesPerTarget: number
  /** The job whose turn it is. */
  findNext(db: Queryable, lane: string): Promise<Job | undefined>
  /** Takes less time than LEASE_MS. */
  attempt(job: Job, isProbe: boolean): Promise<Attempt>
}
