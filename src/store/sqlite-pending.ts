// What the open transaction has still to write: it waits until something else is asked of the connection, at the latest
// for the commit. Statements that follow each other closely take half the time of those between other work, and a
// channel with fifty new messages is written once.
import { type Count, type Counters, counted, type RowKey, saveStatement } from './counts.ts'
import type { Sql } from './sql.ts'
import { ALL_TABLES } from './written-table.ts'

type Find<Row> = (counters: Counters, key: RowKey) => Row | undefined

/** Rows that are kept beyond their transaction, and then all are forgotten. */
const MAX_ROWS = 10_000

export class SqlitePending {
  #statements: Sql[] = []
  /** By row, like the next one. */
  readonly #unsaved = new Map<string, { counters: Counters; key: RowKey }>()
  /** Rows as they are after the last count. */
  readonly #rows = new Map<string, object>()
  readonly #tables = new Set<string>()
  /** What was taken is not in the database yet: until then its rows are only here. */
  isUnderway = false

  get isEmpty(): boolean {
    return this.#statements.length === 0 && this.#unsaved.size === 0
  }

  add(statement: Sql): void {
    this.#statements.push(statement)
  }

  /** The row after all counts; nothing when there is none. `find` asks the database. */
  row<Row extends object>(counters: Counters, key: RowKey, find: Find<Row>): Row | undefined {
    const known = this.#rows.get(idOf(key)) as Row | undefined
    if (known) return known
    const row = find(counters, key)
    if (row) this.#keep(counters, idOf(key), row)
    return row
  }

  /** The row after this count; nothing when there is none. */
  count<Row extends object>(
    counters: Counters,
    key: RowKey,
    count: Count<Row>,
    find: Find<Row>,
  ): Row | undefined {
    const id = idOf(key)
    const row = (this.#rows.get(id) as Row | undefined) ?? find(counters, key)
    if (!row) return undefined
    const next = counted(row, count)
    this.#keep(counters, id, next)
    if (!this.#unsaved.has(id)) this.#unsaved.set(id, { counters, key })
    return next
  }

  /** The statements to run now, in this order. */
  take(): Sql[] {
    const statements = this.#statements
    this.#statements = []
    for (const [id, { counters, key }] of this.#unsaved) {
      const row = this.#rows.get(id)
      if (!row) throw new Error(`A counted row was forgotten before it was saved: ${id}`)
      statements.push(saveStatement(counters, key, row))
    }
    this.#unsaved.clear()
    return statements
  }

  /** A statement writes to the table. */
  forgetRowsOf(table: string): void {
    if (table === ALL_TABLES || this.#tables.has(table)) this.#rows.clear()
  }

  /** Nothing of it happens. */
  discard(): void {
    this.#statements = []
    this.#unsaved.clear()
    this.#rows.clear()
  }

  #keep(counters: Counters, id: string, row: object): void {
    if (this.#rows.size >= MAX_ROWS && this.isEmpty && !this.isUnderway) this.#rows.clear()
    this.#rows.set(id, row)
    this.#tables.add(counters.table)
  }
}

/** Sids are unique across tables. */
function idOf(key: RowKey): string {
  return key.length === 1 ? (key[0] as string) : key.join('/')
}
