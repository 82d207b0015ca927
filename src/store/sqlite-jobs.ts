// Transactions that share a commit.
import type { Count, Counters } from './counts.ts'
import type { CachedTable, Queryable, Tx } from './database.ts'
import { nothing, type Sql, sql } from './sql.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

export type Job = {
  work(tx: Tx): Promise<unknown>
  resolve(value: unknown): void
  reject(error: unknown): void
}
export type Outcome = { job: Job; value: unknown } | { job: Job; error: unknown }

export function answerAll(outcomes: readonly Outcome[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome) outcome.job.reject(outcome.error)
    else outcome.job.resolve(outcome.value)
  }
}

/** One after the other in the open transaction; the first error is thrown, and then the transaction is no good. */
export async function attemptAll(connection: SqliteConnection, jobs: readonly Job[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) {
    const tx = new SqliteTx(connection)
    try {
      outcomes.push({ job, value: await job.work(tx) })
    } finally {
      tx.finish()
    }
  }
  return outcomes
}

/** Each in a savepoint of its own, which costs a tenth of a send: one that fails undoes nothing of the others. */
export async function attemptEach(connection: SqliteConnection, jobs: readonly Job[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) outcomes.push(await attempt(connection, job))
  return outcomes
}

async function attempt(connection: SqliteConnection, job: Job): Promise<Outcome> {
  const tx = new SqliteTx(connection)
  connection.run(sql`savepoint job`)
  try {
    const value = await job.work(tx)
    // First runs what the job has left to be written.
    connection.run(sql`release job`)
    return { job, value }
  } catch (error) {
    // A full disk or a broken file ends the whole transaction: then nothing of the batch may be answered.
    if (!connection.inTransaction) throw error
    connection.undo(sql`rollback to job`)
    connection.run(sql`release job`)
    return { job, error }
  } finally {
    tx.finish()
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

  async cached<Row>(tables: readonly CachedTable[], query: Sql): Promise<Row | undefined> {
    return this.#live().cached<Row>(tables, query)
  }

  async run(query: Sql): Promise<number> {
    return this.#live().run(query)
  }

  later(query: Sql): void {
    this.#live().later(query)
  }

  async count<Row extends object>(
    counters: Counters,
    sid: string,
    count: Count<Row>,
  ): Promise<Row | undefined> {
    return this.#live().count(counters, sid, count)
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
