// Takes due lanes with a lease and does their jobs one after the other; lanes go side by side.
import { randomUUID } from 'node:crypto'
import type { Database, Queryable, Tx } from '../store/database.ts'
import {
  discardEmptyLane,
  findNextDue,
  type Lane,
  leaseDueLanes,
  leaseLaneOf,
  leaveLane,
  type Queue,
  releaseLane,
  renewLease,
} from '../store/lanes.ts'
import { Breaker } from './breaker.ts'

export type Verdict =
  | { kind: 'delivered' }
  /** Again later, as the kind of job allows. */
  | { kind: 'retry'; afterMs: number }
  | { kind: 'failed' }
  /** Again later, whatever the kind of job allows: the target is held back, and this was a probe. */
  | { kind: 'wait' }
  /** Another worker has taken the lane over: this result is not kept. */
  | { kind: 'lost' }

export type Attempt = {
  verdict: Verdict
  /** The target itself is in trouble, whatever this job was about; with how long it wants to be left alone, if it said so. */
  targetFailure: { pauseMs: number | null } | null
  /** Writes what came of it. */
  save(tx: Tx): Promise<void>
}

/** What the jobs of a queue are, for a worker that knows nothing of them. */
export type JobKind<Job> = {
  queue: Queue
  /** How many lanes of one target go at once while there is plenty of room. */
  lanesPerTarget: number
  /** The job whose turn it is. */
  findNext(db: Queryable, lane: string): Promise<Job | undefined>
  /** Takes less time than LEASE_MS. */
  attempt(job: Job, isProbe: boolean): Promise<Attempt>
}

export type WorkerOptions<Job> = {
  db: Database
  kind: JobKind<Job>
  now(): number
  onError(error: unknown): void
}

/** Longer than an attempt can take; after a crash another process takes over when it ends. */
const LEASE_MS = 10_000
const MAX_LANES = 1_024
/** Where places run short, each target gets fewer, so that a target without any finds one. */
const SHORTAGE = [
  { from: MAX_LANES / 2, lanes: 4 },
  { from: (MAX_LANES * 3) / 4, lanes: 1 },
]
/** How often to look for what other processes have left, or brought. */
const POLL_MS = 1_000

export class LaneWorker<Job> {
  readonly #options: WorkerOptions<Job>
  readonly #lease = randomUUID()
  readonly #breaker = new Breaker()
  readonly #lanesOf = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false
  #stopped = false

  constructor(options: WorkerOptions<Job>) {
    this.#options = options
  }

  /** Looks for due jobs now. */
  wake(): void {
    if (this.#stopped) return
    this.#lookAgain = true
    this.#looking ??= this.#look()
  }

  /** Resolves once the running attempts are over and their results are kept. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#looking
    await Promise.all(this.#running)
  }

  async #look(): Promise<void> {
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false
        await this.#startLanes()
        await this.#startProbes()
      }
    } catch (error) {
      this.#options.onError(error)
    }
    this.#looking = undefined
    await this.#sleep()
  }

  /** Until the next lane or probe is due, but not for long. */
  async #sleep(): Promise<void> {
    if (this.#stopped) return
    const { db, kind, now } = this.#options
    const due = await findNextDue(db, kind.queue, this.#busyTargets()).catch(() => null)
    const times = [due, this.#breaker.nextProbe()].filter((time) => time !== null)
    const wait = Math.min(POLL_MS, Math.max(10, Math.min(...times) - now()))
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), wait)
  }

  async #startLanes(): Promise<void> {
    const { db, kind, now } = this.#options
    while (!this.#stopped && this.#running.size < MAX_LANES) {
      const time = now()
      const limit = MAX_LANES - this.#running.size
      const lanes = await db.transaction((tx) =>
        leaseDueLanes(tx, kind.queue, time, time + LEASE_MS, this.#lease, this.#busyTargets(), limit),
      )
      for (const lane of lanes) {
        if (this.#isBusy(lane.target)) await this.#release(lane, time)
        else this.#start(lane, false)
      }
      if (lanes.length === 0) return
    }
  }

  async #startProbes(): Promise<void> {
    const { db, kind, now } = this.#options
    for (const target of this.#breaker.startProbes(now())) {
      const time = now()
      const lane = await db.transaction((tx) =>
        leaseLaneOf(tx, kind.queue, target, time, time + LEASE_MS, this.#lease),
      )
      if (lane) this.#start(lane, true)
      else this.#breaker.forget(target)
    }
  }

  #busyTargets(): string[] {
    const full = [...this.#lanesOf.keys()].filter((target) => this.#isBusy(target))
    return [...new Set([...full, ...this.#breaker.heldBack()])]
  }

  #isBusy(target: string): boolean {
    const { lanesPerTarget } = this.#options.kind
    const share = SHORTAGE.findLast(({ from }) => this.#running.size >= from)?.lanes ?? lanesPerTarget
    return (this.#lanesOf.get(target) ?? 0) >= share
  }

  #start(lane: Lane, isProbe: boolean): void {
    this.#lanesOf.set(lane.target, (this.#lanesOf.get(lane.target) ?? 0) + 1)
    const run = this.#runLane(lane, isProbe)
      .catch(this.#options.onError)
      .finally(() => {
        this.#running.delete(run)
        const left = (this.#lanesOf.get(lane.target) ?? 1) - 1
        if (left > 0) this.#lanesOf.set(lane.target, left)
        else this.#lanesOf.delete(lane.target)
        this.wake()
      })
    this.#running.add(run)
  }

  /** One job after the other, until the lane is empty, has to wait, or its target is held back. */
  async #runLane(lane: Lane, isProbe: boolean): Promise<void> {
    const { now } = this.#options
    let probe = isProbe
    while (!this.#stopped && (probe || !this.#breaker.isOpen(lane.target))) {
      const job = await this.#next(lane)
      if (!job) return
      const verdict = await this.#attempt(lane, job, probe)
      probe = false
      if (verdict === 'laneIsEmpty') return
      if (verdict.kind === 'retry') return this.#release(lane, now() + verdict.afterMs)
      if (verdict.kind === 'wait') return this.#release(lane, now())
      if (verdict.kind === 'lost') return
    }
    await this.#release(lane, now())
  }

  async #next(lane: Lane): Promise<Job | undefined> {
    const { db, kind } = this.#options
    const job = await kind.findNext(db, lane.lane)
    if (!job) await db.transaction((tx) => discardEmptyLane(tx, kind.queue, lane.lane, this.#lease))
    return job
  }

  async #attempt({ lane, target }: Lane, job: Job, isProbe: boolean): Promise<Verdict | 'laneIsEmpty'> {
    const { db, kind, now } = this.#options
    const { verdict, targetFailure, save } = await kind.attempt(job, isProbe)
    const outcome = await db.transaction(async (tx) => {
      // Whoever holds the lease alone may write; the lane's row stays locked until that is done.
      if (!(await renewLease(tx, kind.queue, lane, this.#lease, now() + LEASE_MS))) {
        return { kind: 'lost' } as const
      }
      await save(tx)
      const isOver = verdict.kind === 'delivered' || verdict.kind === 'failed'
      return isOver && (await leaveLane(tx, kind.queue, lane)) ? 'laneIsEmpty' : verdict
    })
    if (targetFailure) this.#breaker.failed(target, now(), isProbe, targetFailure.pauseMs)
    else this.#breaker.succeeded(target, isProbe)
    return outcome
  }

  async #release(lane: Lane, nextAt: number): Promise<void> {
    const { db, kind } = this.#options
    await db.transaction((tx) => releaseLane(tx, kind.queue, lane.lane, this.#lease, nextAt))
  }
}
