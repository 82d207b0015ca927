// Takes due lanes with a lease and sends their deliveries one after the other; lanes go side by side.
import { randomUUID } from 'node:crypto'
import type { Database } from '../store/database.ts'
import { type Delivery, findNextInLane, updateDelivery } from '../store/deliveries.ts'
import {
  type DeliveryLane,
  discardEmptyLane,
  findNextDue,
  leaseDueLanes,
  leaseLaneOf,
  leaveLane,
  releaseLane,
  renewLease,
} from '../store/delivery-lanes.ts'
import { attempt, isTargetFailure, judge, type Verdict, withResult } from './attempt.ts'
import { Breaker } from './breaker.ts'
import type { WebhookCaller } from './http-caller.ts'

export type WorkerOptions = {
  db: Database
  caller: WebhookCaller
  now(): number
  /** Told of each attempt. */
  observe(delivery: Delivery, verdict: Verdict): void
  onError(error: unknown): void
}

/** Longer than an attempt can take; after a crash another process takes over when it ends. */
const LEASE_MS = 10_000
const MAX_LANES = 1_024
/** How many lanes of one target go at once: fewer where places run short, so that a target without any finds one. */
const LANES_PER_TARGET = [
  { upTo: MAX_LANES / 2, lanes: 16 },
  { upTo: (MAX_LANES * 3) / 4, lanes: 4 },
  { upTo: MAX_LANES, lanes: 1 },
]
/** How often to look for what other processes have left, or brought. */
const POLL_MS = 1_000

export class DeliveryWorker {
  readonly #options: WorkerOptions
  readonly #lease = randomUUID()
  readonly #breaker = new Breaker()
  readonly #lanesOf = new Map<string, number>()
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false
  #stopped = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Looks for due deliveries now. */
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
    const { db, now } = this.#options
    const due = await findNextDue(db, this.#busyTargets()).catch(() => null)
    const times = [due, this.#breaker.nextProbe()].filter((time) => time !== null)
    const wait = Math.min(POLL_MS, Math.max(10, Math.min(...times) - now()))
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), wait)
  }

  async #startLanes(): Promise<void> {
    const { db, now } = this.#options
    while (!this.#stopped && this.#running.size < MAX_LANES) {
      const time = now()
      const limit = MAX_LANES - this.#running.size
      const lanes = await db.transaction((tx) =>
        leaseDueLanes(tx, time, time + LEASE_MS, this.#lease, this.#busyTargets(), limit),
      )
      for (const lane of lanes) {
        if (this.#isBusy(lane.target)) await this.#release(lane, time)
        else this.#start(lane, false)
      }
      if (lanes.length === 0) return
    }
  }

  async #startProbes(): Promise<void> {
    const { db, now } = this.#options
    for (const target of this.#breaker.startProbes(now())) {
      const time = now()
      const lane = await db.transaction((tx) => leaseLaneOf(tx, target, time, time + LEASE_MS, this.#lease))
      if (lane) this.#start(lane, true)
      else this.#breaker.forget(target)
    }
  }

  #busyTargets(): string[] {
    const full = [...this.#lanesOf.keys()].filter((target) => this.#isBusy(target))
    return [...new Set([...full, ...this.#breaker.heldBack()])]
  }

  #isBusy(target: string): boolean {
    const share = LANES_PER_TARGET.find(({ upTo }) => this.#running.size < upTo)?.lanes ?? 0
    return (this.#lanesOf.get(target) ?? 0) >= share
  }

  #start(lane: DeliveryLane, isProbe: boolean): void {
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

  /** One delivery after the other, until the lane is empty, has to wait, or its target is held back. */
  async #runLane(lane: DeliveryLane, isProbe: boolean): Promise<void> {
    const { now } = this.#options
    let probe = isProbe
    while (!this.#stopped && (probe || !this.#breaker.isOpen(lane.target))) {
      const delivery = await this.#next(lane)
      if (!delivery) return
      const verdict = await this.#attempt(delivery, probe)
      probe = false
      if (verdict.kind === 'retry') return this.#release(lane, now() + verdict.afterMs)
      if (verdict.kind === 'wait') return this.#release(lane, now())
      if (verdict.kind === 'lost') return
    }
    await this.#release(lane, now())
  }

  async #next(lane: DeliveryLane): Promise<Delivery | undefined> {
    const { db } = this.#options
    const delivery = await findNextInLane(db, lane.lane)
    if (!delivery) await db.transaction((tx) => discardEmptyLane(tx, lane.lane, this.#lease))
    return delivery
  }

  async #attempt(delivery: Delivery, isProbe: boolean): Promise<Verdict> {
    const { db, caller, now, observe } = this.#options
    const result = await attempt(caller, delivery)
    const verdict = judge(delivery, result, isProbe)
    const kept = await db.transaction(async (tx) => {
      // Whoever holds the lease alone may write; the lane's row stays locked until that is done.
      if (!(await renewLease(tx, delivery.lane, this.#lease, now() + LEASE_MS))) return false
      await updateDelivery(tx, withResult(delivery, result, verdict, now()))
      if (verdict.kind === 'delivered' || verdict.kind === 'failed') await leaveLane(tx, delivery.lane)
      return true
    })
    if (isTargetFailure(result)) this.#breaker.failed(delivery.target, now(), isProbe)
    else this.#breaker.succeeded(delivery.target)
    observe(delivery, verdict)
    return kept ? verdict : { kind: 'lost' }
  }

  async #release(lane: DeliveryLane, nextAt: number): Promise<void> {
    await this.#options.db.transaction((tx) => releaseLane(tx, lane.lane, this.#lease, nextAt))
  }
}
