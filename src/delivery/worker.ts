// Takes due lanes with a lease and does their jobs one after the other; lanes go side by side.
import type { Database, Tx } from '../store/database.ts'
import {
  findNextDue,
  joinLane,
  type Lane as LaneRow,
  leaseDueLanes,
  leaseLane,
  leaseLaneOf,
} from '../store/lanes.ts'
import { Breaker } from './breaker.ts'
import type { JobKind } from './job-kind.ts'
import { LEASE_MS, Lease } from './lease.ts'
import { MAX_LANES, Places } from './places.ts'

type WorkerOptions<Job> = {
  db: Database
  kind: JobKind<Job>
  now(): number
  onError(error: unknown): void
}

/** How often to look for what other processes have left, or brought. */
const POLL_MS = 1_000

/** A lane that is served here. */
type Lane = Pick<LaneRow, 'lane' | 'target'>

export class LaneWorker<Job extends Lane & { seq: number }> {
  readonly #options: WorkerOptions<Job>
  readonly #lease: Lease
  readonly #breaker = new Breaker()
  readonly #places: Places
  readonly #running = new Set<Promise<void>>()
  readonly #served = new Map<string, { lookAgain: boolean }>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false
  /** Lanes may be due that found no place. */
  #someHaveToWait = false
  #stopped = false

  constructor(options: WorkerOptions<Job>) {
    this.#options = options
    const { db, kind, now } = options
    this.#lease = new Lease({ db, queue: kind.queue, now })
    this.#places = new Places(kind.lanesPerTarget)
  }

  /**
   * The place of a new job in its lane. A lane in which nothing waits is leased by the same transaction where there is
   * room, so that `begin` can start at once.
   */
  async join(tx: Tx, { lane, target }: Lane, at: number): Promise<number> {
    const { kind, now } = this.#options
    const joined = await joinLane(tx, kind.queue, lane, target, at)
    const time = now()
    const until = time + LEASE_MS
    const seq = joined.lastSeq
    if (joined.leasedUntil > time) return seq
    const mayBegin = joined.pending === 1 && !this.#stopped && !this.#breaker.isOpen(target)
    if (mayBegin && this.#places.promise(lane, { target, seq, until }, time)) {
      await leaseLane(tx, kind.queue, joined, this.#lease.id, until)
    } else {
      // The transaction may have started over, with a promise from before.
      this.#places.withdraw(lane)
      this.#someHaveToWait = true
    }
    return seq
  }

  /** Does jobs that have joined, once that is committed. */
  begin(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (this.#places.redeem(job.lane, job.seq, this.#options.now())) this.#start(job, { first: job })
      // What had to wait when it came may find room by now.
      else if (this.#someHaveToWait && this.#mayStart(job.target)) this.wake()
    }
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

  #mayStart(target: string): boolean {
    return !this.#stopped && !this.#places.isFull(target) && !this.#breaker.isOpen(target)
  }

  async #look(): Promise<void> {
    let failed = false
    try {
      while (this.#lookAgain && !this.#stopped) {
        this.#lookAgain = false
        await this.#startLanes()
        await this.#startProbes()
      }
    } catch (error) {
      failed = true
      this.#options.onError(error)
    }
    this.#looking = undefined
    if (this.#stopped) return
    const wait = failed ? POLL_MS : await this.#untilDue()
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), wait)
  }

  /** Milliseconds until the next lane or probe is due, but not many. */
  async #untilDue(): Promise<number> {
    const { db, kind, now } = this.#options
    const due = await findNextDue(db, kind.queue, this.#busyTargets()).catch(() => null)
    const times = [due, this.#breaker.nextProbe()].filter((time) => time !== null)
    return Math.min(POLL_MS, Math.max(10, Math.min(...times) - now()))
  }

  async #startLanes(): Promise<void> {
    const { db, kind, now } = this.#options
    this.#someHaveToWait = false
    this.#places.dropOverdue(now())
    for (let lanes: LaneRow[] | undefined; !this.#stopped && lanes?.length !== 0; ) {
      const limit = Math.min(this.#places.free, MAX_LANES)
      const busy = this.#busyTargets()
      this.#someHaveToWait ||= busy.length > 0 || limit === 0
      if (limit === 0) return
      const time = now()
      lanes = await db.transaction((tx) =>
        leaseDueLanes(tx, kind.queue, time, time + LEASE_MS, this.#lease.id, busy, limit),
      )
      for (const lane of lanes) {
        if (this.#mayStart(lane.target)) this.#take(lane)
        else await this.#release(lane, time)
      }
    }
  }

  async #startProbes(): Promise<void> {
    const { db, kind, now } = this.#options
    for (const target of this.#breaker.dueProbes(now())) {
      const time = now()
      const lane = await db.transaction((tx) =>
        leaseLaneOf(tx, kind.queue, target, time, time + LEASE_MS, this.#lease.id),
      )
      if (!lane) this.#breaker.forget(target)
      else {
        this.#breaker.startProbe(target)
        this.#take(lane, { isProbe: true })
      }
    }
  }

  #busyTargets(): string[] {
    return [...new Set([...this.#places.full(), ...this.#breaker.heldBack()])]
  }

  #take(lane: Lane, how: { isProbe?: true } = {}): void {
    this.#places.take(lane.target)
    this.#start(lane, how)
  }

  /** The lane has a place. Where it is still served, from before a lease ran out, somebody looks into it after that. */
  #start(lane: Lane, how: { isProbe?: true; first?: Job }): void {
    const served = this.#served.get(lane.lane)
    if (served) {
      served.lookAgain = true
      this.#places.leave(lane.target)
      if (how.isProbe) this.#breaker.abandonProbe(lane.target, this.#options.now())
      return
    }
    this.#served.set(lane.lane, { lookAgain: false })
    const run = this.#runLane(lane, how)
      .catch(this.#options.onError)
      .finally(() => {
        this.#running.delete(run)
        this.#end(lane)
      })
    this.#running.add(run)
  }

  #end(lane: Lane): void {
    const again = this.#served.get(lane.lane)?.lookAgain
    this.#served.delete(lane.lane)
    if (again) this.#start(lane, {})
    else this.#places.leave(lane.target)
    if (this.#someHaveToWait) this.wake()
  }

  /** One job after the other, until the lane is empty, has to wait, or its target is held back. */
  async #runLane(lane: Lane, { isProbe, first }: { isProbe?: true; first?: Job }): Promise<void> {
    const { db, kind, now } = this.#options
    let probe = isProbe === true
    let job = first
    try {
      while (!this.#stopped && (probe || !this.#breaker.isOpen(lane.target))) {
        job ??= await kind.findNext(db, lane.lane)
        if (!job) return await this.#releaseEmpty(lane)
        const goesOn = await this.#attempt(lane, job, probe)
        probe = false
        if (!goesOn) return
        job = undefined
      }
      await this.#release(lane, now())
    } finally {
      if (probe) this.#breaker.abandonProbe(lane.target, now())
    }
  }

  /** True while the lane is kept, as there is more in it. */
  async #attempt({ lane, target }: Lane, job: Job, isProbe: boolean): Promise<boolean> {
    const { kind, now } = this.#options
    const { verdict, targetFailure, save } = await kind.attempt(job, isProbe)
    const goesOn = await this.#lease.settle(lane, verdict, save)
    if (targetFailure) this.#breaker.failed(target, now(), isProbe, targetFailure.pauseMs)
    else this.#breaker.succeeded(target, isProbe)
    // Others may go again after a probe, and what is tried later must not miss its time.
    if (isProbe || verdict.kind === 'retry' || verdict.kind === 'wait') this.wake()
    return goesOn
  }

  async #releaseEmpty({ lane }: Lane): Promise<void> {
    await this.#lease.releaseEmpty(lane)
    this.wake()
  }

  async #release({ lane }: Lane, nextAt: number): Promise<void> {
    await this.#lease.release(lane, nextAt)
    this.#someHaveToWait = true
  }
}
