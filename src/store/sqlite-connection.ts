// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type RowMaker, rowMaker, UniqueViolation } from './database.ts'
import { type FlatSql, flatten, type Sql } from './sql.ts'

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const BUSY_TIMEOUT_MS = 10_000

type Prepared = { statement: StatementSync; makeRow: RowMaker }

export class SqliteConnection {
  readonly #handle: DatabaseSync
  readonly #bySite = new WeakMap<readonly string[], Prepared>()
  readonly #byText = new Map<string, Prepared>()

  constructor(path: string) {
    this.#handle = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  }

  get inTransaction(): boolean {
    return this.#handle.isTransaction
  }

  script(text: string): void {
    this.#handle.exec(text)
  }

  rows<Row>(query: Sql): Row[] {
    const flat = flatten(query)
    const { statement, makeRow } = this.#prepare(flat)
    try {
      const rows = statement.all(...flat.values) as unknown as unknown[][]
      return rows.map(makeRow) as Row[]
    } catch (error) {
      throw translate(error)
    }
  }

  run(query: Sql): number {
    const flat = flatten(query)
    const { statement } = this.#prepare(flat)
    try {
      return Number(statement.run(...flat.values).changes)
    } catch (error) {
      throw translate(error)
    }
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
      prepared = { statement, makeRow: rowMaker(statement.columns().map(({ name }) => name)) }
      this.#byText.set(text, prepared)
    }
    if (Object.isFrozen(strings)) this.#bySite.set(strings, prepared)
    return prepared
  }
}

function translate(cause: unknown): unknown {
  const code = (cause as { errcode?: number }).errcode
  const isUnique = code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY
  return isUnique ? new UniqueViolation('a unique index refused the row', { cause }) : cause
}
