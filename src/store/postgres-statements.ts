// Prepared statements by name, and what their errors mean.
import pg from 'pg'
import { DatabaseUnavailable, type RowMaker, rowMaker, UniqueViolation } from './database.ts'
import { flatten, type Sql } from './sql.ts'
import { writtenTable } from './written-table.ts'

const INT8 = 20
const UNIQUE_VIOLATION = '23505'
const IS_GONE = /^(08|57P0|53|55000|3D000)|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/

export type Client = Pick<pg.ClientBase, 'query'>
type Statement = {
  name: string
  text: string
  makeRow: RowMaker | undefined
  writes: string | undefined
}

/** Each text is prepared once per connection, under a name of its own; its columns are named once. */
export class Statements {
  readonly #bySite = new WeakMap<readonly string[], Statement>()
  readonly #byText = new Map<string, Statement>()

  /** The statement of a flat query. */
  of(strings: readonly string[]): Statement {
    return this.#bySite.get(strings) ?? this.#name(strings)
  }

  async execute<Row>(client: Client, query: Sql): Promise<{ rows: Row[]; changes: number }> {
    const { strings, values } = flatten(query)
    const statement = this.of(strings)
    const result = await client
      .query<unknown[]>({ name: statement.name, text: statement.text, values: [...values], rowMode: 'array' })
      .catch(translateError)
    statement.makeRow ??= rowMaker(result.fields.map(({ name }) => name))
    return { rows: result.rows.map(statement.makeRow) as Row[], changes: result.rowCount ?? 0 }
  }

  #name(strings: readonly string[]): Statement {
    const text = strings.reduce((joined, piece, i) => (i === 0 ? piece : `${joined}$${i}${piece}`), '')
    let statement = this.#byText.get(text)
    if (!statement) {
      const name = `parley_${this.#byText.size}`
      statement = { name, text, makeRow: undefined, writes: writtenTable(text) }
      this.#byText.set(text, statement)
    }
    if (Object.isFrozen(strings)) this.#bySite.set(strings, statement)
    return statement
  }
}

/** Throws UniqueViolation, DatabaseUnavailable, or what it was given. */
export function translateError(cause: unknown): never {
  const code = codeOf(cause)
  if (code === UNIQUE_VIOLATION) throw new UniqueViolation('a unique index refused the row', { cause })
  const message = cause instanceof Error ? cause.message : ''
  if (IS_GONE.test(code) || /terminated|timeout|not queryable/i.test(message)) {
    throw new DatabaseUnavailable('PostgreSQL cannot be reached', { cause })
  }
  throw cause
}

export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '')
}

/** Counters and times are bigint there and plain numbers here; all of ours are below 2^53. */
export function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')
}
