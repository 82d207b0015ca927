// Transactions that share a commit.
import type { Count, Counters, RowKey } from './counts.ts'
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

/** Opens the transaction, for the first job that asks the database itself. */
type Begin = () => Promise<void>

/** One after the other in one transaction; the first error is thrown, and then the transaction is no good. */
export async function attemptAll(
  connection: SqliteConnection,
  jobs: readonly Job[],
  begin: Begin,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) {
    const tx = new SqliteTx(connection, begin)
    try {
      outcomes.push({ job, value: await job.work(tx) })
    } finally {
      tx.finish()
    }
  }
  return outcomes
}

/** Each in a savepoint of its own in the open transaction, which costs a tenth of a send: one that fails undoes nothing of the others. */
export async function attemptEach(connection: SqliteConnection, jobs: readonly Job[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const job of jobs) outcomes.push(await attempt(connection, job))
  return outcomes
}

async function attempt(connection: SqliteConnection, job: Job): Promise<Outcome> {
  const tx = new SqliteTx(connection, async () => {})
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

const NEXT_CHANNEL_NUMBER = sql`update channel_numbers set last = last + 1 returning last as number`

class SqliteTx implements Tx, Queryable {
  readonly forUpdate = nothing
  readonly forShare = nothing
  readonly nextChannelNumber = NEXT_CHANNEL_NUMBER
  readonly #begin: Begin
  #connection: SqliteConnection | undefined

  constructor(connection: SqliteConnection, begin: Begin) {
    this.#connection = connection
    this.#begin = begin
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return (await this.#open()).rows<Row>(query)[0]
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    return (await this.#open()).rows<Row>(query)
  }

  async cached<Row>(tables: readonly CachedTable[], query: Sql): Promise<Row | undefined> {
    const found = this.#live().find<Row>(tables, query)
    return found.isKept ? found.row : found.keep((await this.#open()).rows<Row>(query)[0])
  }

  async cachedMany<Row>(tables: readonly CachedTable[], query: Sql): Promise<readonly Row[]> {
    const found = this.#live().find<readonly Row[]>(tables, query)
    const rows = found.isKept ? found.row : found.keep((await this.#open()).rows<Row>(query))
    return rows ?? []
  }

  async run(query: Sql): Promise<number> {
    return (await this.#open()).run(query)
  }

  later(query: Sql): void {
    this.#live().later(query)
  }

  async lock<Row extends object>(counters: Counters, key: RowKey): Promise<Row | undefined> {
    return this.#live().row<Row>(counters, key)
  }

  async count<Row extends object>(
    counters: Counters,
    key: RowKey,
    count: Count<Row>,
  ): Promise<Row | undefined> {
    return this.#live().count(counters, key, count)
  }

  async script(text: string): Promise<void> {
    ;(await this.#open()).script(text)
  }

  /** `begin immediate` has it already. */
  async lockSetup(): Promise<void> {
    await this.#open()
  }

  finish(): void {
    this.#connection = undefined
  }

  /** What only counts and writes needs no transaction here: a thread will write it. */
  async #open(): Promise<SqliteConnection> {
    if (!this.#live().inTransaction) await this.#begin()
    return this.#live()
  }

  #live(): SqliteConnection {
    if (!this.#connection) throw new Error('This transaction has ended')
    return this.#connection
  }
}
