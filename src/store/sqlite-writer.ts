// The one writer. What waits shares a commit and its fsync; while that is on its way to the disk, the next transactions
// run. Those that only count and write, as messages do, run in memory, and a thread writes them (decision 2).
import { setImmediate as nextTurn } from 'node:timers/promises'
import { DatabaseUnavailable } from './database.ts'
import type { Sql } from './sql.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { answerAll, attemptAll, attemptEach, type Job, type Outcome } from './sqlite-jobs.ts'

/** What comes before a commit, and after. */
export type Disk = {
  /** Called before each commit of the connection: reads must not see it yet. */
  hold(): void
  /** Resolves once all that is committed is on disk. */
  sync(): Promise<void>
  /** Called then, or when there was no commit: reads may see all there is. */
  release(): void
  /** Called now and then while nothing is on its way: brings the log into the database. */
  tidy(): Promise<void>
  /** Writes statements in a transaction of their own, which is on disk before reads see it; null where the connection has to. */
  write: ((statements: readonly Sql[]) => Promise<Fate>) | null
  /** Also for a transaction that comes alone, which is there sooner without. */
  writesAlone: boolean
}
/** `outdated`: nothing was written, as others had changed the database before. */
export type Fate = 'written' | 'outdated' | { refused: unknown } | { lost: unknown }
/** `isFirst`: nothing was on its way to the disk when it began. */
type Batch = { jobs: Job[]; outcomes: Outcome[]; isFirst: boolean }

/** More transactions than this wait for the next commit, so that reads get their turn on the event loop. */
const MAX_BATCH = 128
/** Rows changed. The log grows to some ten megabytes. */
const TIDY_AFTER = 4_000
/** What a batch has reckoned with is not so. */
const START_OVER = new Error('The transactions have to start over')

export class SqliteWriter {
  readonly #connection: SqliteConnection
  readonly #disk: Disk
  #waiting: Job[] = []
  #draining: Promise<void> | undefined
  #onArrival: () => void = () => {}
  /** The last commit, its way to the disk and its answers; never rejects. */
  #onItsWay: Promise<void> = Promise.resolve()
  #isSyncing = false
  #isThreadBusy = false
  /** Jobs of a batch that could not be written as it was: the next one starts over with them. */
  #again: Job[] | undefined
  /** Once the disk has failed, what is in memory may never come there: nothing more is taken. */
  #failure: DatabaseUnavailable | undefined
  #sinceTidy = 0

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
    while (this.#draining || this.#isSyncing) {
      await this.#draining
      await this.#onItsWay
    }
  }

  /** The first batch starts after this turn of the event loop, so all of its requests share it. */
  async #drain(): Promise<void> {
    await nextTurn()
    while (this.#waiting.length > 0 || this.#again) {
      await this.#runBatch()
      if (this.#waiting.length > 0) await nextTurn()
    }
    this.#draining = undefined
  }

  async #runBatch(): Promise<void> {
    const batch: Batch = { jobs: [], outcomes: [], isFirst: !this.#isSyncing }
    try {
      if (this.#failure) throw this.#failure
      await this.#prepare()
      await this.#runWaiting(batch)
      while (this.#isSyncing && batch.jobs.length < MAX_BATCH) {
        await Promise.race([this.#onItsWay, this.#arrival()])
        await this.#runWaiting(batch)
      }
      await this.#writeRest(batch)
      await this.#onItsWay
      if (this.#failure) throw this.#failure
      if (this.#again) await this.#separate(batch)
      this.#finish(batch)
    } catch (error) {
      this.#connection.undo()
      await this.#onItsWay
      if (!this.#failure) this.#disk.release()
      const jobs = [...(this.#again ?? []), ...batch.jobs]
      this.#again = undefined
      // Where not even the first could run, none of those who wait can.
      for (const job of jobs.length > 0 ? jobs : this.#waiting.splice(0)) job.reject(error)
    }
  }

  async #prepare(): Promise<void> {
    if (this.#sinceTidy >= TIDY_AFTER) {
      await this.#onItsWay
      this.#sinceTidy = 0
      await this.#disk.tidy()
    }
    if (this.#disk.write === null) this.#connection.begin()
    else if (!this.#isThreadBusy) this.#connection.lookOutside()
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
      batch.outcomes.push(...(await attemptAll(this.#connection, jobs, () => this.#begin())))
    } catch (error) {
      await this.#separate(batch, error)
    }
  }

  /** For the first job of a batch that asks the database itself. */
  async #begin(): Promise<void> {
    if (this.#isThreadBusy) await this.#onItsWay
    if (this.#failure) throw this.#failure
    if (this.#connection.inTransaction) return
    if (this.#again || this.#connection.begin()) throw START_OVER
  }

  async #writeRest(batch: Batch): Promise<void> {
    try {
      if (!this.#connection.inTransaction) {
        const isAlone = batch.isFirst && batch.jobs.length === 1
        if (!isAlone || this.#disk.writesAlone) return
        await this.#begin()
      }
      this.#connection.flush()
    } catch (error) {
      await this.#separate(batch, error)
    }
  }

  /** All start over, each so that its failure undoes nothing of the others; `error` is what one of them has thrown. */
  async #separate(batch: Batch, error: unknown = START_OVER): Promise<void> {
    this.#connection.undo()
    if (error instanceof DatabaseUnavailable) throw error
    if (this.#isThreadBusy) await this.#onItsWay
    if (this.#failure) throw this.#failure
    batch.jobs.unshift(...(this.#again ?? []))
    this.#again = undefined
    this.#connection.begin()
    const [first, ...others] = batch.jobs
    batch.outcomes =
      first && others.length === 0 && error !== START_OVER
        ? [{ job: first, error }]
        : await attemptEach(this.#connection, batch.jobs)
  }

  /** Commits, and answers once that is on disk. */
  #finish(batch: Batch): void {
    if (this.#connection.inTransaction || !this.#disk.write) {
      this.#disk.hold()
      this.#sinceTidy += this.#connection.commit()
      this.#onItsWay = this.#answer(batch, this.#synced())
      return
    }
    const statements = this.#connection.takePending()
    this.#sinceTidy += statements.length
    this.#isThreadBusy = true
    this.#onItsWay = this.#answer(
      batch,
      statements.length === 0 ? Promise.resolve('written') : this.#disk.write(statements),
    )
  }

  async #synced(): Promise<Fate> {
    await this.#disk.sync()
    return 'written'
  }

  async #answer({ jobs, outcomes }: Batch, way: Promise<Fate>): Promise<void> {
    this.#isSyncing = true
    const fate = await way.catch((lost: unknown): Fate => ({ lost }))
    this.#connection.written()
    if (fate !== 'written') this.#connection.undo()
    if (typeof fate === 'object' && 'lost' in fate) {
      this.#failure = new DatabaseUnavailable('A commit has not reached the disk: mend it and restart', {
        cause: fate.lost,
      })
      for (const job of jobs) job.reject(this.#failure)
    } else {
      this.#disk.release()
      // The next batch leaves first: its way is the longer one.
      if (fate === 'written') setImmediate(answerAll, outcomes)
      else this.#startOver(jobs, fate)
    }
    this.#isThreadBusy = false
    this.#isSyncing = false
  }

  /** What has been reckoned since rests on what was not written. */
  #startOver(jobs: Job[], fate: 'outdated' | { refused: unknown }): void {
    const refused = fate === 'outdated' ? undefined : fate.refused
    const isHopeless = refused instanceof DatabaseUnavailable
    this.#again = isHopeless ? [] : jobs
    if (isHopeless) for (const job of jobs) job.reject(refused)
    this.#draining ??= this.#drain()
  }
}
