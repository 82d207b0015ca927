// The embedded engine: one writer with group commit, one reader, WAL, an fsync before every answer.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database, Queryable, Tx } from './database.ts'
import { nothing, type Sql, sql } from './sql.ts'
import { SqliteConnection } from './sqlite-connection.ts'

/** More transactions than this wait for the next commit, so that reads get their turn on the event loop. */
const MAX_BATCH = 128

type Job = { work(tx: Tx): Promise<unknown>; resolve(value: unknown): void; reject(error: unknown): void }
type Outcome = { job: Job; value: unknown } | { job: Job; error: unknown }

/** Opens the database file at `path`, or a database that lives and dies with the process for `:memory:`. */
export function openSqlite(path: string): Database {
  return new SqliteDatabase(path)
}

class SqliteDatabase implements Database {
  readonly engine = 'sqlite'
  readonly keepsOrder = true
  readonly #writer: SqliteConnection
  readonly #reader: SqliteConnection
  #waiting: Job[] = []
  #draining: Promise<void> | undefined
  #closed = false

  constructor(path: string) {
    const inMemory = path === ':memory:'
    if (!inMemory) mkdirSync(dirname(path), { recursive: true })
    this.#writer = new SqliteConnection(path)
    this.#writer.script('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536')
    // A memory database cannot be opened twice: there, reads wait until the writer's batch is over.
    this.#reader = inMemory ? this.#writer : new SqliteConnection(path)
    if (!inMemory) this.#reader.script('pragma query_only = on; pragma cache_size = -65536')
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return (await this.many<Row>(query))[0]
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    while (this.#reader === this.#writer && this.#writer.inTransaction) await this.#draining
    return this.#reader.rows<Row>(query)
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The database is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#draining ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#draining
    if (this.#reader !== this.#writer) this.#reader.close()
    this.#writer.close()
  }

  /** Commits what is waiting, batch by batch. The first batch starts after this turn of the event loop, so all of its requests share it. */
  async #drain(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      await this.#commitTogether(this.#waiting.splice(0, MAX_BATCH))
      if (this.#waiting.length > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
    this.#draining = undefined
  }

  /** Runs the jobs, commits them as one, then answers every caller. */
  async #commitTogether(jobs: Job[]): Promise<void> {
    try {
      const outcomes = (await this.#attemptAll(jobs)) ?? (await this.#attemptEach(jobs))
      for (const outcome of outcomes) {
        if ('error' in outcome) outcome.job.reject(outcome.error)
        else outcome.job.resolve(outcome.value)
      }
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.run(sql`rollback`)
      for (const job of jobs) job.reject(error)
    }
  }

  /** Without savepoints, which would cost a tenth of a send; undefined, and nothing done, when one of several jobs fails. */
  async #attemptAll(jobs: Job[]): Promise<Outcome[] | undefined> {
    const outcomes: Outcome[] = []
    this.#writer.run(sql`begin immediate`)
    for (const job of jobs) {
      const tx = new SqliteTx(this.#writer)
      try {
        outcomes.push({ job, value: await job.work(tx) })
      } catch (error) {
        if (this.#writer.inTransaction) this.#writer.run(sql`rollback`)
        return jobs.length === 1 ? [{ job, error }] : undefined
      } finally {
        tx.finish()
      }
    }
    this.#writer.run(sql`commit`)
    return outcomes
  }

  /** Each in a savepoint of its own: one that fails undoes nothing of the others. */
  async #attemptEach(jobs: Job[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    this.#writer.run(sql`begin immediate`)
    for (const job of jobs) outcomes.push(await this.#attempt(job))
    this.#writer.run(sql`commit`)
    return outcomes
  }

  async #attempt(job: Job): Promise<Outcome> {
    const tx = new SqliteTx(this.#writer)
    this.#writer.run(sql`savepoint job`)
    try {
      const value = await job.work(tx)
      this.#writer.run(sql`release job`)
      return { job, value }
    } catch (error) {
      // A full disk or a broken file ends the whole transaction: then nothing of the batch may be answered.
      if (!this.#writer.inTransaction) throw error
      this.#writer.run(sql`rollback to job`)
      this.#writer.run(sql`release job`)
      return { job, error }
    } finally {
      tx.finish()
    }
  }
}

class SqliteTx implements Tx, Queryable {
  readonly forUpdate = nothing
  readonly forShare = nothing
  #connection: SqliteConnection | undefined

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return this.#live().rows<Row>(query)[0]
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    return this.#live().rows<Row>(query)
  }

  async run(query: Sql): Promise<number> {
    return this.#live().run(query)
  }

  async script(text: string): Promise<void> {
    this.#live().script(text)
  }

  /** `begin immediate` has it already. */
  async lockSetup(): Promise<void> {}

  finish(): void {
    this.#connection = undefined
  }

  #live(): SqliteConnection {
    if (!this.#connection) throw new Error('This transaction has ended')
    return this.#connection
  }
}
