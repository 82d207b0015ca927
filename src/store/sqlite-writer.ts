// The one writer. What waits runs in one transaction and shares its commit and its fsync; while that is on its way to
// the disk, the next transaction runs, and commits once the one before is there.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DatabaseUnavailable } from './database.ts'
import { sql } from './sql.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { answerAll, attemptAll, attemptEach, type Job, type Outcome } from './sqlite-jobs.ts'

/** What comes after a commit, and before. */
export type Disk = {
  /** Called before each commit: reads must not see it yet. */
  hold(): void
  /** Resolves once all that is committed is on disk. */
  sync(): Promise<void>
  /** Called then: reads may see it. */
  release(): void
  /** Called now and then while nothing is on its way: brings the log into the database. */
  tidy(): void
}
type Batch = { jobs: Job[]; outcomes: Outcome[] }

/** More transactions than this wait for the next commit, so that reads get their turn on the event loop. */
const MAX_BATCH = 128
/** Rows changed. The log grows to some ten megabytes. */
const TIDY_AFTER = 4_000

export class SqliteWriter {
  readonly #connection: SqliteConnection
  readonly #disk: Disk
  #waiting: Job[] = []
  #draining: Promise<void> | undefined
  #onArrival: () => void = () => {}
  /** The last commit, its way to the disk and its answers; never rejects. */
  #onItsWay: Promise<void> = Promise.resolve()
  #isSyncing = false
  /** Once the disk has failed, what is in memory may never come there: nothing more is taken. */
  #failure: DatabaseUnavailable | undefined
  #tidyAt = TIDY_AFTER

  constructor(connection: SqliteConnection, disk: Disk) {
    this.#connection = connection
    this.#disk = disk
  }

  add(job: Job): void {
    this.#waiting.push(job)
    this.#onArrival()
    this.#draining ??= this.#drain()
  }

  /** Resolves once nothing waits or runs. */
  async idle(): Promise<void> {
    await this.#draining
    await this.#onItsWay
  }

  /** The first batch starts after this turn of the event loop, so all of its requests share it. */
  async #drain(): Promise<void> {
    await nextTurn()
    while (this.#waiting.length > 0) {
      await this.#runBatch()
      if (this.#waiting.length > 0) await nextTurn()
    }
    this.#draining = undefined
  }

  async #runBatch(): Promise<void> {
    const batch: Batch = { jobs: [], outcomes: [] }
    try {
      if (this.#failure) throw this.#failure
      await this.#tidyIfDue()
      this.#connection.run(sql`begin immediate`)
      this.#connection.lookOutside()
      await this.#runWaiting(batch)
      while (this.#isSyncing && batch.jobs.length < MAX_BATCH) {
        await Promise.race([this.#onItsWay, this.#arrival()])
        await this.#runWaiting(batch)
      }
      await this.#writeRest(batch)
      await this.#onItsWay
      if (this.#failure) throw this.#failure
      this.#disk.hold()
      this.#connection.run(sql`commit`)
      this.#onItsWay = this.#finish(batch.outcomes)
    } catch (error) {
      this.#connection.undo()
      await this.#onItsWay
      // Where not even the first could run, none of those who wait can.
      for (const job of batch.jobs.length > 0 ? batch.jobs : this.#waiting.splice(0)) job.reject(error)
    }
  }

  /** Resolves at the end of the turn in which the next job comes. */
  #arrival(): Promise<void> {
    return new Promise((resolve) => {
      this.#onArrival = () => {
        this.#onArrival = () => {}
        setImmediate(resolve)
      }
    })
  }

  async #runWaiting(batch: Batch): Promise<void> {
    const jobs = this.#waiting.splice(0, MAX_BATCH - batch.jobs.length)
    batch.jobs.push(...jobs)
    try {
      batch.outcomes.push(...(await attemptAll(this.#connection, jobs)))
    } catch (error) {
      await this.#separate(batch, error)
    }
  }

  async #writeRest(batch: Batch): Promise<void> {
    try {
      this.#connection.flush()
    } catch (error) {
      await this.#separate(batch, error)
    }
  }

  /** One of the jobs has failed: all start over, each so that its failure undoes nothing of the others. */
  async #separate(batch: Batch, error: unknown): Promise<void> {
    this.#connection.undo()
    this.#connection.run(sql`begin immediate`)
    const [first, ...others] = batch.jobs
    batch.outcomes =
      first && others.length === 0 ? [{ job: first, error }] : await attemptEach(this.#connection, batch.jobs)
  }

  async #finish(outcomes: readonly Outcome[]): Promise<void> {
    this.#isSyncing = true
    try {
      await this.#disk.sync()
      this.#disk.release()
      answerAll(outcomes)
    } catch (cause) {
      this.#failure = new DatabaseUnavailable('A commit has not reached the disk: mend it and restart', {
        cause,
      })
      for (const { job } of outcomes) job.reject(this.#failure)
    } finally {
      this.#isSyncing = false
    }
  }

  async #tidyIfDue(): Promise<void> {
    if (this.#connection.totalChanges < this.#tidyAt) return
    await this.#onItsWay
    this.#tidyAt = this.#connection.totalChanges + TIDY_AFTER
    this.#disk.tidy()
  }
}
