// What a worker writes about the lanes that it has leased. Whoever holds the lease alone may write; the lane's row stays
// locked until that is done.
import { randomUUID } from 'node:crypto'
import type { Database, Tx } from '../store/database.ts'
import {
  type Lane,
  leaveLane,
  lockLeased,
  type Queue,
  releaseEmptyLane,
  releaseLane,
} from '../store/lanes.ts'
import type { Verdict } from './verdict.ts'

/** Longer than a commit and an attempt usually take together; after a crash another process takes over when it ends. */
export const LEASE_MS = 10_000

type LeaseOptions = { db: Database; queue: Queue; now(): number }

export class Lease {
  /** Under which the lanes are leased. */
  readonly id = randomUUID()
  readonly #options: LeaseOptions

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** Keeps what came of a job, unless the lease is lost. True when the lane is kept, as there is more in it. */
  settle(lane: string, verdict: Verdict, save: (tx: Tx) => void): Promise<boolean> {
    const { queue, now } = this.#options
    return this.#write(lane, async (tx, leased) => {
      save(tx)
      const time = now()
      if (verdict.kind === 'delivered' || verdict.kind === 'failed') {
        return !(await leaveLane(tx, queue, leased, time, time + LEASE_MS))
      }
      await releaseLane(tx, queue, leased, verdict.kind === 'retry' ? time + verdict.afterMs : time)
      return false
    })
  }

  /** Gives a lane back in which no job was found. */
  async releaseEmpty(lane: string): Promise<void> {
    const { queue, now } = this.#options
    await this.#write(lane, (tx, leased) => releaseEmptyLane(tx, queue, leased, now()))
  }

  /** Gives a lane back, due again at `nextAt`. */
  async release(lane: string, nextAt: number): Promise<void> {
    const { queue } = this.#options
    await this.#write(lane, (tx, leased) => releaseLane(tx, queue, leased, nextAt))
  }

  /** What `write` returns, made true or false; false when the lease is lost. */
  #write(lane: string, write: (tx: Tx, leased: Lane) => Promise<unknown>): Promise<boolean> {
    const { db, queue } = this.#options
    return db.transaction(async (tx) => {
      const leased = await lockLeased(tx, queue, lane, this.id)
      return leased !== undefined && (await write(tx, leased)) === true
    })
  }
}
