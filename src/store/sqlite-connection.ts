// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Count, type Counters, findStatement, type RowKey } from './counts.ts'
import {
  type CachedTable,
  DatabaseUnavailable,
  type RowMaker,
  rowMaker,
  UniqueViolation,
} from './database.ts'
import type { Found, RowCache, Touched } from './row-cache.ts'
import { type FlatSql, flatten, type Sql, sql } from './sql.ts'
import { SqlitePending } from './sqlite-pending.ts'
import type { ChangeCount } from './sqlite-shm.ts'
import { ALL_TABLES, mayBeKept, writtenTable } from './written-table.ts'

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
export const BUSY_TIMEOUT_MS = 10_000
const BEGIN: FlatSql = { strings: Object.freeze(['begin immediate']), values: [] }

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
  #count: ChangeCount | undefined
  /** Rows, since the connection was opened. */
  #changedBefore = 0

  /** The cache is told of what this connection writes; `busyMs` is how long another process may keep the file locked. */
  constructor(path: string, cache?: RowCache, busyMs = BUSY_TIMEOUT_MS) {
    this.#cache = cache
    this.#handle = new DatabaseSync(path, { timeout: busyMs })
  }

  get inTransaction(): boolean {
    return this.#handle.isTransaction
  }

  /** Pragmas, which change no rows. */
  configure(pragmas: string): void {
    this.#handle.exec(pragmas)
  }

  /** Knows from now on what others change. */
  watch(count: ChangeCount): void {
    this.#count = count
  }

  /** True when others have changed the database meanwhile. Throws DatabaseUnavailable when one keeps it locked. */
  begin(): boolean {
    execute(this.#prepare(BEGIN), BEGIN)
    return this.lookOutside()
  }

  /** How many rows have changed. */
  commit(): number {
    this.run(sql`commit`)
    const total = Number(this.#read<{ total: number }>(sql`select total_changes() as total`)[0]?.total)
    const changed = total - this.#changedBefore
    if (changed > 0) this.#count?.countOwn()
    this.#changedBefore = total
    return changed
  }

  script(text: string): void {
    this.flush()
    this.#noteWrite(ALL_TABLES)
    this.#handle.exec(text)
  }

  rows<Row>(query: Sql): Row[] {
    this.flush()
    return this.#read(query)
  }

  #read<Row>(query: Sql): Row[] {
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

  /** Like `run`, at the latest with the commit; not for tables of which rows are kept. */
  later(query: Sql): void {
    const { writes } = this.#prepare(query)
    if (writes !== undefined) throw new Error(`Rows of ${writes} are kept: write them now`)
    this.#pending.add(query)
  }

  /** The row with what has been counted. */
  row<Row extends object>(counters: Counters, key: RowKey): Row | undefined {
    return this.#pending.row<Row>(counters, key, this.#find)
  }

  /** Counts a row that is saved at the latest with the commit. */
  count<Row extends object>(counters: Counters, key: RowKey, count: Count<Row>): Row | undefined {
    return this.#pending.count<Row>(counters, key, count, this.#find)
  }

  readonly #find = <Row>(counters: Counters, key: RowKey): Row | undefined =>
    this.#read<Row>(findStatement(counters, key))[0]

  /** What waits, to be written by somebody else: until `written`, counted rows are only here. */
  takePending(): Sql[] {
    this.#pending.isUnderway = true
    return this.#pending.take()
  }

  written(): void {
    this.#pending.isUnderway = false
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

  /** The first row of `query`, if it is kept, or how to keep it. */
  find<Row>(tables: readonly CachedTable[], query: Sql): Found<Row> {
    return this.#cache?.find<Row>(tables, query) ?? { isKept: false, keep: (row) => row }
  }

  /** What has been touched since the last call; to be settled once it is on disk. */
  takeTouched(): Touched {
    const touched = this.#touched
    this.#touched = new Set()
    return touched
  }

  /** True when others have changed the database; for the writer, which then forgets what was kept. */
  lookOutside(): boolean {
    // The change may be the one that is underway.
    if (this.#pending.isUnderway || !this.#count?.hasMoved()) return false
    this.#cache?.changedElsewhere(ALL_TABLES)
    // What waits to be written was reckoned from kept rows: whoever writes it finds that out, and starts over.
    if (this.#pending.isEmpty) {
      this.#pending.forgetRowsOf(ALL_TABLES)
      this.#count.accept()
    }
    return true
  }

  close(): void {
    this.#handle.close()
  }

  #noteWrite(table: string): void {
    if (mayBeKept(table)) this.#cache?.touch(this.#touched, table)
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

/** As UniqueViolation or DatabaseUnavailable where it is one. */
export function translate(cause: unknown): unknown {
  const code = (cause as { errcode?: number }).errcode
  if (code === undefined) return cause
  if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY) {
    return new UniqueViolation('a unique index refused the row', { cause })
  }
  // The lower byte is the primary code, the rest says more.
  if (!UNAVAILABLE.has(code & 0xff)) return cause
  return new DatabaseUnavailable(`SQLite: ${(cause as Error).message}`, { cause })
}
