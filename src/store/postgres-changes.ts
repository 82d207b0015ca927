// What other processes change in the tables of which rows are kept: each tells the others with its commit, and whoever
// cannot hear keeps nothing. A change reaches the others within milliseconds; rows that were changed by hand, by a
// program that tells nobody, are read again after MAX_AGE_MS.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { CachedTable, Queryable } from './database.ts'
import { RowCache, type Touched } from './row-cache.ts'
import { type Sql, sql } from './sql.ts'
import { ALL_TABLES } from './written-table.ts'

const MAX_AGE_MS = 5_000
const CONNECT_TIMEOUT_MS = 10_000
const AGAIN_MS = 2_000

export class PostgresChanges {
  readonly cache = new RowCache(MAX_AGE_MS)
  /** Tells our own changes from those of others. */
  readonly #id = randomUUID()
  readonly #url: string
  #client: pg.Client | undefined
  #hears = false
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(url: string) {
    this.#url = url
    void this.#listen()
  }

  /** The row of `query`, perhaps a kept one. */
  cached<Row>(
    db: Pick<Queryable, 'one'>,
    tables: readonly CachedTable[],
    query: Sql,
  ): Promise<Row | undefined> {
    return this.#find(tables, query, () => db.one<Row>(query))
  }

  /** The rows of `query`, perhaps kept ones. */
  async cachedMany<Row>(
    db: Pick<Queryable, 'many'>,
    tables: readonly CachedTable[],
    query: Sql,
  ): Promise<readonly Row[]> {
    return (await this.#find<readonly Row[]>(tables, query, () => db.many<Row>(query))) ?? []
  }

  async #find<Kept>(
    tables: readonly CachedTable[],
    query: Sql,
    read: () => Promise<Kept | undefined>,
  ): Promise<Kept | undefined> {
    if (!this.#hears) return read()
    const found = this.cache.find<Kept>(tables, query)
    if (found.isKept) return found.row
    const row = await read()
    return this.#hears ? found.keep(row) : row
  }

  /** What a transaction asks before its commit to tell the others what it has touched. */
  notice(touched: Touched): Sql {
    return sql`select pg_notify('parley_changes', ${[this.#id, ...touched].join(' ')})`
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#client?.end().catch(() => {})
  }

  async #listen(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    })
    this.#client = client
    client.on('notification', ({ payload = '' }) => this.#onNotice(payload))
    client.on('error', () => {})
    client.on('end', () => this.#onEnd(client))
    try {
      await client.connect()
      await client.query('listen parley_changes')
      // Whatever was kept before may have changed unheard.
      this.cache.changedElsewhere(ALL_TABLES)
      this.#hears = !this.#isClosed
    } catch {
      await client.end().catch(() => {})
      this.#onEnd(client)
    }
  }

  #onNotice(payload: string): void {
    const [id, ...tables] = payload.split(' ')
    if (id === this.#id) return
    for (const table of tables) this.cache.changedElsewhere(table)
  }

  #onEnd(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#hears = false
    if (this.#isClosed) return
    this.#timer = setTimeout(() => void this.#listen(), AGAIN_MS)
    this.#timer.unref()
  }
}
