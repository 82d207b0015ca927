// Transactions that wait for the writer, and when there are enough of them for a batch.
import type { Job } from './sqlite-jobs.ts'

/**
 * So many wait for nothing, not even the end of a turn of the event loop: in a long one, the thread would have nothing to do
 * (50 senders by REST send 1.2 times as many messages).
 */
export const ENOUGH = 16

export class Waiting {
  #jobs: Job[] = []
  #onArrival: () => void = () => {}

  get count(): number {
    return this.#jobs.length
  }

  add(job: Job): void {
    this.#jobs.push(job)
    this.#onArrival()
  }

  /** The oldest ones, at most so many. */
  take(most = this.#jobs.length): Job[] {
    return this.#jobs.splice(0, most)
  }

  /** Resolves at the end of this turn of the event loop, so that all of its requests share a batch, or when there are enough of them. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#onArrival = () => {
        if (this.count >= ENOUGH) resolve()
      }
      this.#onArrival()
      setImmediate(resolve)
    })
  }

  /** Resolves at the end of the turn in which the next one comes. */
  arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#onArrival = () => {
        this.#onArrival = () => {}
        setImmediate(resolve)
      }
    })
  }
}
