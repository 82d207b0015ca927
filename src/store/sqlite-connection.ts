// One connection of node:sqlite with its prepared statements: each call site is prepared once.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { camelCase, toRow, UniqueViolation } from './database.ts'
import { type FlatSql, flatten, type Sql } from './sql.ts'

const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555
const BUSY_TIMEOUT_MS = 10_000

type Prepared = { statement: StatementSync; names: string[] }

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
    const { statement, names } = this.#prepare(flat)
    const rows = translateErrors(() => statement.all(...flat.values)) as unknown as unknown[][]
    return rows.map((values) => toRow<Row>(names, values))
  }

  run(query: Sql): number {
    const flat = flatten(query)
    const { statement } = this.#prepare(flat)
    return Number(translateErrors(() => statement.run(...flat.values)).changes)
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
      prepared = { statement, names: statement.columns().map((column) => camelCase(column.name)) }
      this.#byText.set(text, prepared)
    }
    if (Object.isFrozen(strings)) this.#bySite.set(strings, prepared)
    return prepared
  }
}

function translateErrors<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const code = (cause as { errcode?: number }).errcode
    if (code === SQLITE_CONSTRAINT_UNIQUE || code === SQLITE_CONSTRAINT_PRIMARYKEY) {
      throw new UniqueViolation('a unique index refused the row', { cause })
    }
    throw cause
  }
}
