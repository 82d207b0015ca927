// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { DatabaseUnavailable, type RowMaker, rowMaker, UniqueViolation } from './database.ts'
import { type FlatSql, flatten, type Sql, sql } from './sql.ts'
import { type SqliteCache, writtenTable } from './sqlite-cache.ts'

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const BUSY_TIMEOUT_MS = 10_000

type Prepared = {
  statement: StatementSync
  makeRow: RowMaker
  /** Undefined when it only reads, null when it is not known. */
  writes: string | null | undefined
}

export class SqliteConnection {
  readonly #handle: DatabaseSync
  readonly #bySite = new WeakMap<readonly string[], Prepared>()
  readonly #byText = new Map<string, Prepared>()

  readonly #cache: SqliteCache | undefined

  /** The cache is told of what this connection writes. */
  constructor(path: string, cache?: SqliteCache) {
    this.#cache = cache
    this.#handle = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  }

  get inTransaction(): boolean {
    return this.#handle.isTransaction
  }

  /** Rows that this connection has changed since it was opened. */
  get totalChanges(): number {
    return Number(this.rows<{ changes: number }>(sql`select total_changes() as changes`)[0]?.changes)
  }

  script(text: string): void {
    this.#cache?.touch(null)
    this.#handle.exec(text)
  }

  rows<Row>(query: Sql): Row[] {
    const flat = flatten(query)
    const { statement, makeRow, writes } = this.#prepare(flat)
    if (writes !== undefined) this.#cache?.touch(writes)
    try {
      const rows = statement.all(...flat.values) as unknown as unknown[][]
      return rows.map(makeRow) as Row[]
    } catch (error) {
      throw translate(error)
    }
  }

  run(query: Sql): number {
    const flat = flatten(query)
    const { statement, writes } = this.#prepare(flat)
    if (writes !== undefined) this.#cache?.touch(writes)
    try {
      return Number(statement.run(...flat.values).changes)
    } catch (error) {
      throw translate(error)
    }
  }

  /** Like the first of `rows`, perhaps from the cache. */
  cached<Row>(tables: readonly string[], query: Sql): Row | undefined {
    const read = (): Row | undefined => this.rows<Row>(query)[0]
    return this.#cache ? this.#cache.one(tables, query, read) : read()
  }

  /** Tells the cache what other processes have done; for the writer, at the start of what reads. */
  lookOutside(): void {
    this.#cache?.seeOutside(
      Number(this.rows<{ dataVersion: number }>(sql`pragma data_version`)[0]?.dataVersion),
    )
  }

  close(): void {
    this.#handle.close()
  }

  /** The pieces of a template literal are one frozen array per call site; pieces joined at run time are looked up by text. */
  #prepare({ strings }: FlatSql): Prepared {
    const known = this.#bySite.get(strings)
    if (known) return known
    const text = strings.join('?')
    let prepared = this.#byText.get(text)
    if (!prepared) {
      const statement = this.#handle.prepare(text)
      statement.setReturnArrays(true)
      const makeRow = rowMaker(statement.columns().map(({ name }) => name))
      prepared = { statement, makeRow, writes: writtenTable(text) }
      this.#byText.set(text, prepared)
    }
    if (Object.isFrozen(strings)) this.#bySite.set(strings, prepared)
    return prepared
  }
}

/** The disk is full, gone or read-only, or another process keeps the file locked: SQLite's primary result codes. */
const UNAVAILABLE = new Set([5, 6, 8, 10, 13, 14])

function translate(cause: unknown): unknown {
  const code = (cause as { errcode?: number }).errcode
  if (code === undefined) return cause
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY) {
    return new UniqueViolation('a unique index refused the row', { cause })
  }
  // The lower byte is the primary code, the rest says more.
  if (!UNAVAILABLE.has(code & 0xff)) return cause
  return new DatabaseUnavailable(`SQLite: ${(cause as Error).message}`, { cause })
}
