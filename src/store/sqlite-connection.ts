// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Count, type Counters, findStatement } from './counts.ts'
import {
  type CachedTable,
  DatabaseUnavailable,
  type RowMaker,
  rowMaker,
  UniqueViolation,
} from './database.ts'
import type { RowCache, Touched } from './row-cache.ts'
import { type FlatSql, flatten, type Sql, sql } from './sql.ts'
import { SqlitePending } from './sqlite-pending.ts'
import { ALL_TABLES, writtenTable } from './written-table.ts'

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const BUSY_TIMEOUT_MS = 10_000

type Prepared = {
  statement: StatementSync
  makeRow: RowMaker
  writes: string | undefined
}

export class SqliteConnection {
  readonly #handle: DatabaseSync
  readonly #bySite = new WeakMap<readonly string[], Prepared>()
  readonly #byText = new Map<string, Prepared>()
  readonly #pending = new SqlitePending()
  readonly #cache: RowCache | undefined
  #touched: Touched = new Set()
  #outsideVersion: number | undefined

  /** The cache is told of what this connection writes. */
  constructor(path: string, cache?: RowCache) {
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

  /** Pragmas, which change no rows. */
  configure(pragmas: string): void {
    this.#handle.exec(pragmas)
  }

  script(text: string): void {
    this.flush()
    this.#noteWrite(ALL_TABLES)
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
  cached<Row>(tables: readonly CachedTable[], query: Sql): Row | undefined {
    const found = this.#cache?.find<Row>(tables, query)
    if (found?.isKept) return found.row
    const row = this.rows<Row>(query)[0]
    return found ? found.keep(row) : row
  }

  /** What has been touched since the last call; to be settled once it is on disk. */
  takeTouched(): Touched {
    const touched = this.#touched
    this.#touched = new Set()
    return touched
  }

  /** Forgets what other processes may have changed; for the writer, at the start of what reads. */
  lookOutside(): void {
    const version = Number(this.rows<{ dataVersion: number }>(sql`pragma data_version`)[0]?.dataVersion)
    if (version === this.#outsideVersion) return
    this.#outsideVersion = version
    this.#cache?.changedElsewhere(ALL_TABLES)
    this.#pending.forgetRowsOf(ALL_TABLES)
  }

  close(): void {
    this.#handle.close()
  }

  #noteWrite(table: string): void {
    this.#cache?.touch(this.#touched, table)
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
