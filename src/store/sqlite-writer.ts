// The one writer. Transactions that wait run one after the other as a batch. One that only counts and writes, as messages
// do, runs in memory, and leaves for a thread that writes batches and shares commits among them; the next ones run
// meanwhile. One that asks the database itself runs on the connection, whose commit has a fsync of its own (decision 2).
import { DatabaseUnavailable } from './database.ts'
import type { Sql } from './sql.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { answerAll, attemptAll, attemptEach, type Job, type Outcome } from './sqlite-jobs.ts'
import { Underway } from './sqlite-underway.ts'
import { ENOUGH, Waiting } from './sqlite-waiting.ts'

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
  /**
   * Writes statements after those of the calls before; they are on disk before reads see them. With `isFirst` nothing is on its
   * way. After a call that has failed, all others fail until the next first one. Null where the connection has to write.
   */
  write: ((statements: readonly Sql[], isFirst: boolean) => Promise<Fate>) | null
  /** Also for a transaction that comes alone, which is there sooner without. */
  writesAlone: boolean
}
/** `outdated`: nothing was written, as others had changed the database before, or what came before has failed. */
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
  readonly #waiting = new Waiting()
  #draining: Promise<void> | undefined
  /** What was given to the thread. */
  readonly #atThread = new Underway()
  /** The commit of the connection, of which there is only one at a time. */
  readonly #committing = new Underway()
  /** Jobs of batches that could not be written as they were: the next one starts over with them. */
  #again: Job[] | undefined
  /** Once the disk has failed, what is in memory may never come there: nothing more is taken. */
  #failure: DatabaseUnavailable | undefined
  #sinceTidy = 0

  constructor(connection: SqliteConnection, disk: Disk) {
    this.#connection = connection
    this.#disk = disk
  }

  add(job: Job): void {
    this.#waiting.add(job)
    this.#draining ??= this.#drain()
  }

  /** Resolves once nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.#draining || !this.#isQuiet()) {
      await this.#draining
      await this.#quiet()
    }
  }

  async #drain(): Promise<void> {
    while (this.#waiting.count > 0 || this.#again) {
      await this.#gathered()
      await this.#runBatch()
    }
    this.#draining = undefined
  }

  async #runBatch(): Promise<void> {
    const batch: Batch = { jobs: [], outcomes: [], isFirst: this.#isQuiet() }
    try {
      this.#requireDisk()
      await this.#prepare()
      await this.#runWaiting(batch)
      while (this.#mustWait() && batch.jobs.length < MAX_BATCH) {
        await Promise.race([this.#quiet(), this.#waiting.arrival()])
        await this.#runWaiting(batch)
      }
      await this.#writeRest(batch)
      if (this.#mustWait()) await this.#quiet()
      this.#requireDisk()
      if (this.#again) await this.#separate(batch)
      this.#finish(batch)
    } catch (error) {
      this.#connection.undo()
      await this.#quiet()
      if (!this.#failure) this.#disk.release()
      const jobs = [...(this.#again ?? []), ...batch.jobs]
      this.#again = undefined
      // Where not even the first could run, none of those who wait can.
      for (const job of jobs.length > 0 ? jobs : this.#waiting.take()) job.reject(error)
    }
  }

  async #prepare(): Promise<void> {
    if (this.#sinceTidy >= TIDY_AFTER) {
      await this.#quiet()
      this.#sinceTidy = 0
      await this.#disk.tidy()
    }
    if (this.#disk.write === null) this.#connection.begin()
    else if (this.#atThread.isEmpty) this.#connection.lookOutside()
  }

  /** Resolves when a batch may begin: while the thread is busy, when it would be as large as what is there already. */
  async #gathered(): Promise<void> {
    await this.#waiting.turn()
    while (this.#waiting.count < Math.min(ENOUGH, this.#atThread.count) && !this.#again) {
      await Promise.race([this.#atThread.end(), this.#waiting.arrival()])
    }
  }

  #isQuiet(): boolean {
    return this.#atThread.isEmpty && this.#committing.isEmpty
  }

  async #quiet(): Promise<void> {
    await this.#atThread.end()
    await this.#committing.end()
  }

  /** The connection commits when nothing else is on its way; what is for the thread leaves when no such commit is. */
  #mustWait(): boolean {
    return this.#connection.inTransaction ? !this.#isQuiet() : !this.#committing.isEmpty
  }

  #requireDisk(): void {
    if (this.#failure) throw this.#failure
  }

  async #runWaiting(batch: Batch): Promise<void> {
    const jobs = this.#waiting.take(MAX_BATCH - batch.jobs.length)
    batch.jobs.push(...jobs)
    try {
      batch.outcomes.push(...(await attemptAll(this.#connection, jobs, () => this.#begin())))
    } catch (error) {
      await this.#separate(batch, error)
    }
  }

  /** For the first job of a batch that asks the database itself. */
  async #begin(): Promise<void> {
    await this.#atThread.end()
    this.#requireDisk()
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
    await this.#atThread.end()
    this.#requireDisk()
    batch.jobs.unshift(...(this.#again ?? []))
    this.#again = undefined
    this.#connection.begin()
    const [first, ...others] = batch.jobs
    batch.outcomes =
      first && others.length === 0 && error !== START_OVER
        ? [{ job: first, error }]
        : await attemptEach(this.#connection, batch.jobs)
  }

  /** Commits, or leaves it to the thread, and answers once that is on disk. */
  #finish(batch: Batch): void {
    if (this.#connection.inTransaction || !this.#disk.write) {
      this.#disk.hold()
      this.#sinceTidy += this.#connection.commit()
      this.#answer(batch, this.#committing.leave(batch.jobs.length), this.#synced())
      return
    }
    const statements = this.#connection.takePending()
    this.#sinceTidy += statements.length
    const isFirst = this.#atThread.isEmpty
    this.#answer(batch, this.#atThread.leave(batch.jobs.length), this.#disk.write(statements, isFirst))
  }

  async #synced(): Promise<Fate> {
    await this.#disk.sync()
    return 'written'
  }

  /** Never rejects. */
  async #answer({ jobs, outcomes }: Batch, arrived: () => void, way: Promise<Fate>): Promise<void> {
    const fate = await way.catch((lost: unknown): Fate => ({ lost }))
    arrived()
    if (this.#atThread.isEmpty) this.#connection.written()
    if (fate !== 'written') this.#connection.undo()
    if (typeof fate === 'object' && 'lost' in fate) {
      this.#failure = new DatabaseUnavailable('A commit has not reached the disk: mend it and restart', {
        cause: fate.lost,
      })
      for (const job of jobs) job.reject(this.#failure)
      return
    }
    this.#disk.release()
    // The next batch leaves first: its way is the longer one.
    if (fate === 'written') setImmediate(answerAll, outcomes)
    else this.#startOver(jobs, fate)
  }

  /** What has been reckoned since rests on what was not written. */
  #startOver(jobs: Job[], fate: 'outdated' | { refused: unknown }): void {
    const refused = fate === 'outdated' ? undefined : fate.refused
    const isHopeless = refused instanceof DatabaseUnavailable
    this.#again = [...(this.#again ?? []), ...(isHopeless ? [] : jobs)]
    if (isHopeless) for (const job of jobs) job.reject(refused)
    this.#draining ??= this.#drain()
  }
}
