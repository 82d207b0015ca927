// Events of one object that overtook others: with several processes each tells what it has changed, and the bus keeps the
// order of each process only. They wait a moment for those before them.
import type { SyncJson } from './sync/event-batch.ts'

/** The bus takes milliseconds, more on a busy machine; what it loses is noticed within two seconds. */
const PATIENCE_MS = 3_000
const MAX_HELD = 1_000

export class LateEvents {
  readonly #held = new Map<number, SyncJson>()
  readonly #timer: NodeJS.Timeout

  /** `onTimeout` is called when those before them do not come. */
  constructor(onTimeout: () => void) {
    this.#timer = setTimeout(onTimeout, PATIENCE_MS)
  }

  get isFull(): boolean {
    return this.#held.size > MAX_HELD
  }

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  hold(event: SyncJson): void {
    this.#held.set(event.id, event)
  }

  /** Gives back the event with this number, if it is here. */
  take(id: number): SyncJson | undefined {
    const event = this.#held.get(id)
    this.#held.delete(id)
    return event
  }

  /** Gives back all, in order. */
  end(): SyncJson[] {
    clearTimeout(this.#timer)
    return [...this.#held.values()].sort((a, b) => a.id - b.id)
  }
}
