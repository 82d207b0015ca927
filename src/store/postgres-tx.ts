// A transaction of PostgreSQL: one connection that runs its statements in the order in which they were asked.
import type pg from 'pg'
import { type Count, type Counters, countStatement, findStatement, type RowKey } from './counts.ts'
import type { CachedTable, Tx } from './database.ts'
import type { PostgresChanges } from './postgres-changes.ts'
import { type Client, type Statements, translateError } from './postgres-statements.ts'
import type { Touched } from './row-cache.ts'
import { flatten, type Sql, sql } from './sql.ts'
import { mayBeKept } from './written-table.ts'

/** Any number will do, as long as every Parley process takes the same. */
const SETUP_LOCK = 5_263_942

export class PostgresTx implements Tx {
  readonly forUpdate = sql`for update`
  readonly forShare = sql`for share`
  readonly nextChannelNumber = sql`select nextval('channel_numbers') as number`
  readonly #statements: Statements
  readonly #changes: PostgresChanges
  readonly #touched: Touched = new Set()
  readonly #arrivals: Promise<unknown>[] = []
  #client: Client | undefined

  /** Begins it. */
  constructor(client: Client, statements: Statements, changes: PostgresChanges) {
    this.#client = client
    this.#statements = statements
    this.#changes = changes
    this.#ahead(client.query('begin'))
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return (await this.#execute<Row>(query)).rows[0]
  }

  cached<Row>(tables: readonly CachedTable[], query: Sql): Promise<Row | undefined> {
    return this.#changes.cached<Row>(this, tables, query)
  }

  cachedMany<Row>(tables: readonly CachedTable[], query: Sql): Promise<readonly Row[]> {
    return this.#changes.cachedMany<Row>(this, tables, query)
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    return (await this.#execute<Row>(query)).rows
  }

  async run(query: Sql): Promise<number> {
    return (await this.#execute(query)).changes
  }

  later(query: Sql): void {
    this.#ahead(this.#execute(query))
  }

  lock<Row extends object>(counters: Counters, key: RowKey): Promise<Row | undefined> {
    return this.one<Row>(sql`${findStatement(counters, key)} for update`)
  }

  /** What it changes is read by nothing that is kept. */
  async count<Row extends object>(
    counters: Counters,
    key: RowKey,
    count: Count<Row>,
  ): Promise<Row | undefined> {
    const statement = countStatement(counters, key, count)
    return (await this.#statements.execute<Row>(this.#live(), statement)).rows[0]
  }

  async script(text: string): Promise<void> {
    await this.#live().query(text)
  }

  async lockSetup(): Promise<void> {
    await this.one(sql`select pg_advisory_xact_lock(${SETUP_LOCK})`)
  }

  /** Resolves once everything is on disk. */
  async commit(): Promise<void> {
    if (this.#touched.size > 0) this.later(this.#changes.notice(this.#touched))
    this.#ahead(this.#live().query('commit').then(requireCommit))
    await Promise.all(this.#arrivals)
  }

  /** The error of the first statement sent ahead that has failed, if one has. */
  async failure(): Promise<unknown> {
    const outcomes = await Promise.allSettled(this.#arrivals)
    return outcomes.find((outcome) => outcome.status === 'rejected')?.reason
  }

  finish(): void {
    this.#client = undefined
    this.#changes.cache.settle(this.#touched)
  }

  /** What nobody waits for saves a round trip. */
  #ahead(statement: Promise<unknown>): void {
    const arrival = statement.catch(translateError)
    // Asked for at the end.
    arrival.catch(() => {})
    this.#arrivals.push(arrival)
  }

  #execute<Row>(query: Sql): Promise<{ rows: Row[]; changes: number }> {
    const client = this.#live()
    const flat = flatten(query)
    const { writes } = this.#statements.of(flat.strings)
    if (writes !== undefined && mayBeKept(writes)) this.#changes.cache.touch(this.#touched, writes)
    return this.#statements.execute<Row>(client, flat)
  }

  #live(): Client {
    if (!this.#client) throw new Error('This transaction has ended')
    return this.#client
  }
}

function requireCommit({ command }: pg.QueryResult): void {
  if (command !== 'COMMIT')
    throw new Error('PostgreSQL undid the transaction: its work went on after an error')
}
