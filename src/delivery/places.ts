// How many lanes a worker serves at once, in all and of each target. A place can be promised to a lane by a transaction
// that puts the first job into it, and is redeemed once that is committed.

export const MAX_LANES = 1_024
/** Where places run short, each target gets fewer, so that a target without any finds one. */
const SHORTAGE = [
  { from: MAX_LANES / 2, lanes: 4 },
  { from: (MAX_LANES * 3) / 4, lanes: 1 },
]

type Promised = { target: string; until: number }

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

  /** A place for this lane, if there is one. When the transaction comes to nothing it is free again after `until`. */
  promise(lane: string, target: string, now: number, until: number): boolean {
    this.#dropOverdue(now)
    if (this.#promised.has(lane)) return true
    if (this.isFull(target)) return false
    this.take(target)
    this.#promised.set(lane, { target, until })
    return true
  }

  /** True when the lane had a promise: its place is now taken. */
  redeem(lane: string): boolean {
    return this.#promised.delete(lane)
  }

  #dropOverdue(now: number): void {
    for (const [lane, { target, until }] of this.#promised) {
      if (until > now) return
      this.#promised.delete(lane)
      this.leave(target)
    }
  }
}
