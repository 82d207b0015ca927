// How many lanes a worker serves at once, in all and of each target. A place can be promised to a lane by a transaction
// that puts the first job into it, and is redeemed once that is committed.

export const MAX_LANES = 1_024
/** Where places run short, each target gets fewer, so that a target without any finds one. */
const SHORTAGE = [
  { from: MAX_LANES / 2, lanes: 4 },
  { from: (MAX_LANES * 3) / 4, lanes: 1 },
]

/** For the job with the place `seq` in the lane. */
type Promised = { target: string; seq: number; until: number }

export class Places {
  readonly #perTarget: number
  readonly #taken = new Map<string, number>()
  /** By lane, the oldest first. */
  readonly #promised = new Map<string, Promised>()
  #total = 0

  /** `perTarget` while there is plenty of room. */
  constructor(perTarget: number) {
    this.#perTarget = perTarget
  }

  get free(): number {
    return MAX_LANES - this.#total
  }

  /** Targets that get no more. */
  full(): string[] {
    return [...this.#taken.keys()].filter((target) => this.isFull(target))
  }

  isFull(target: string): boolean {
    const share = SHORTAGE.findLast(({ from }) => this.#total >= from)?.lanes ?? this.#perTarget
    return this.#total >= MAX_LANES || (this.#taken.get(target) ?? 0) >= share
  }

  take(target: string): void {
    this.#taken.set(target, (this.#taken.get(target) ?? 0) + 1)
    this.#total++
  }

  leave(target: string): void {
    const left = (this.#taken.get(target) ?? 1) - 1
    if (left > 0) this.#taken.set(target, left)
    else this.#taken.delete(target)
    this.#total--
  }

  /**
   * A place for this lane, if there is one; a transaction that starts over has it already. When nothing comes of it, it
   * is free again after `until`.
   */
  promise(lane: string, job: Promised, now: number): boolean {
    this.dropOverdue(now)
    this.withdraw(lane)
    if (this.isFull(job.target)) return false
    this.take(job.target)
    this.#promised.set(lane, job)
    return true
  }

  /** Takes back what was promised to the lane, if anything was. */
  withdraw(lane: string): void {
    const known = this.#promised.get(lane)
    if (!known) return
    this.#promised.delete(lane)
    this.leave(known.target)
  }

  /** True when the lane has a promise for this job that is still good: its place is now taken. */
  redeem(lane: string, seq: number, now: number): boolean {
    this.dropOverdue(now)
    return this.#promised.get(lane)?.seq === seq && this.#promised.delete(lane)
  }

  dropOverdue(now: number): void {
    for (const [lane, { until }] of this.#promised) {
      if (until > now) return
      this.withdraw(lane)
    }
  }
}
