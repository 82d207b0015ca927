// What the open transaction has still to write: it waits until something else is asked of the connection, at the latest
// for the commit. Statements that follow each other closely take half the time of those between other work, and a
// channel with fifty new messages is written once.
import { type Count, type Counters, counted, saveStatement } from './counts.ts'
import type { Sql } from './sql.ts'
import { ALL_TABLES } from './written-table.ts'

/** Rows that are kept beyond their transaction, and then all are forgotten. */
const MAX_ROWS = 10_000

export class SqlitePending {
  #statements: Sql[] = []
  readonly #unsaved = new Map<string, Counters>()
  /** By sid: rows as they are after the last count. */
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

  /** The row after the count; nothing when there is none. `find` asks the database. */
  count<Row extends object>(
    counters: Counters,
    sid: string,
    count: Count<Row>,
    find: () => Row | undefined,
  ): Row | undefined {
    const row = (this.#rows.get(sid) as Row | undefined) ?? find()
    if (!row) return undefined
    const next = counted(row, count)
    if (this.#rows.size >= MAX_ROWS && this.isEmpty && !this.isUnderway) this.#rows.clear()
    this.#rows.set(sid, next)
    this.#unsaved.set(sid, counters)
    this.#tables.add(counters.table)
    return next
  }

  /** The statements to run now, in this order. */
  take(): Sql[] {
    const statements = this.#statements
    this.#statements = []
    for (const [sid, counters] of this.#unsaved) {
      const row = this.#rows.get(sid)
      if (!row) throw new Error(`A counted row was forgotten before it was saved: ${sid}`)
      statements.push(saveStatement(counters, sid, row))
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
}
