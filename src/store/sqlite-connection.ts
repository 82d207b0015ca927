// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Count, type Counters, findStatement } from './counts.ts'
import { DatabaseUnavailable, type RowMaker, rowMaker, UniqueViolation } from './database.ts'
import { type FlatSql, flatten, type Sql, sql } from './sql.ts'
import { type SqliteCache, writtenTable } from './sqlite-cache.ts'
import { SqlitePending } from './sqlite-pending.ts'

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
  readonly #pending = new SqlitePending()
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
    this.flush()
    this.#noteWrite(null)
    this.#handle.exec(text)
  }

  rows<Row>(query: Sql): Row[] {
    this.flush()
    const flat = flatten(query)
    const { statement, makeRow, writes } = this.#prepare(flat)
    if (writes !== undefined) this.#noteWrite(writes)
    try {
      const rows = statement.all(...flat.values) as unknown as unknown[][]
      return rows.map(makeRow) as Row[]
    } catch (error) {
      throw translate(error)
    }
  }

  run(query: Sql): number {
    this.flush()
    const flat = flatten(query)
    const prepared = this.#prepare(flat)
    if (prepared.writes !== undefined) this.#noteWrite(prepared.writes)
    return execute(prepared, flat)
  }

  /** Like `run`, at the latest with the commit. */
  later(query: Sql): void {
    const { writes } = this.#prepare(query)
    if (writes !== undefined) this.#noteWrite(writes)
    this.#pending.add(query)
  }

  /** Counts a row that is saved at the latest with the commit. */
  count<Row extends object>(counters: Counters, sid: string, count: Count<Row>): Row | undefined {
    return this.#pending.count(counters, sid, count, () => this.rows<Row>(findStatement(counters, sid))[0])
  }

  /** Runs what waits. */
  flush(): void {
    if (this.#pending.isEmpty) return
    for (const query of this.#pending.take()) execute(this.#prepare(query), query as FlatSql)
  }

  /** Undoes the open transaction, or what it has done since the savepoint, and what waits. */
  undo(savepoint?: Sql): void {
    this.#pending.discard()
    if (this.inTransaction) this.run(savepoint ?? sql`rollback`)
  }

  /** Like the first of `rows`, perhaps from the cache. */
  cached<Row>(tables: readonly string[], query: Sql): Row | undefined {
    const read = (): Row | undefined => this.rows<Row>(query)[0]
    return this.#cache ? this.#cache.one(tables, query, read) : read()
  }

  /** Tells the cache what other processes have done; for the writer, at the start of what reads. */
  lookOutside(): void {
    const version = Number(this.rows<{ dataVersion: number }>(sql`pragma data_version`)[0]?.dataVersion)
    if (this.#cache?.seeOutside(version)) this.#pending.forgetRowsOf(null)
  }

  close(): void {
    this.#handle.close()
  }

  #noteWrite(table: string | null): void {
    this.#cache?.touch(table)
    this.#pending.forgetRowsOf(table)
  }

  /** The pieces of a template literal are one frozen array per call site; pieces joined at run time are looked up by text. */
  #prepare({ strings }: Pick<FlatSql, 'strings'>): Prepared {
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

function execute({ statement }: Prepared, { values }: FlatSql): number {
  try {
    return Number(statement.run(...values).changes)
  } catch (error) {
    throw translate(error)
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
