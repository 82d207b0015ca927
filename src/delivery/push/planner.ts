// Works off push events whenever there are some; also those that another process has left.
import type { Database } from '../../store/database.ts'
import { hasPushEvent } from '../../store/push-events.ts'
import type { PushDialects } from './compose.ts'
import { planStep } from './plan.ts'

type PlannerOptions = {
  db: Database
  dialects: PushDialects
  /** Called when pushes have been queued. */
  onQueued(): void
  onError(error: unknown): void
}

const POLL_MS = 1_000

export class PushPlanner {
  readonly #options: PlannerOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(options: PlannerOptions) {
    this.#options = options
  }

  wake(): void {
    if (this.#stopped) return
    this.#again = true
    this.#running ??= this.#run()
  }

  /** Resolves once the running step is over. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    const { db, dialects, onQueued, onError } = this.#options
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false
        while (!this.#stopped && (await hasPushEvent(db))) {
          await db.transaction((tx) => planStep(tx, dialects))
          onQueued()
        }
      }
    } catch (error) {
      onError(error)
    }
    this.#running = undefined
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), POLL_MS)
  }
}
