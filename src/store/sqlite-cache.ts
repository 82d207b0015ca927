// Answers that are asked for with every message and change rarely, kept until one of their tables changes. A table is
// "in change" from the first statement that writes to it until that is on disk: meanwhile everyone reads for himself.
import { flatten, type Sql } from './sql.ts'

type Entry = { row: unknown; madeAt: number }

/** For each query, and then the cache of that query is emptied. */
const MAX_ENTRIES = 10_000
/** Stands for all tables. */
const EVERYTHING = '*'

export class SqliteCache {
  readonly #byQuery = new WeakMap<readonly string[], Map<string, Entry>>()
  /** When each table has last changed, on a clock of changes; infinite while it is in change. */
  readonly #changedAt = new Map<string, number>()
  readonly #inChange = new Map<string, number>()
  #clock = 0
  #touched = new Set<string>()
  #outsideVersion: number | undefined

  /** The row of `query`, which must depend on nothing but `tables` and its values; `read` asks the database. */
  one<Row>(tables: readonly string[], query: Sql, read: () => Row | undefined): Row | undefined {
    const { strings, values } = flatten(query)
    let changedAt = this.#changeOf(EVERYTHING)
    for (const table of tables) changedAt = Math.max(changedAt, this.#changeOf(table))
    if (changedAt === Number.POSITIVE_INFINITY) return read()
    const entries = this.#entriesOf(strings)
    const key = values.join('\0')
    const known = entries.get(key)
    if (known && known.madeAt >= changedAt) return known.row as Row | undefined
    const row = read()
    if (entries.size >= MAX_ENTRIES) entries.clear()
    entries.set(key, { row: Object.freeze(row), madeAt: this.#clock })
    return row
  }

  /** A statement writes to the table; null when it is not known to which. */
  touch(table: string | null): void {
    const name = table ?? EVERYTHING
    if (this.#touched.has(name)) return
    this.#touched.add(name)
    this.#inChange.set(name, (this.#inChange.get(name) ?? 0) + 1)
    this.#changedAt.set(name, Number.POSITIVE_INFINITY)
  }

  /** What has been touched since the last call, for `settle`. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched
    this.#touched = new Set()
    return touched
  }

  /** Their changes are on disk. */
  settle(touched: ReadonlySet<string>): void {
    this.#clock++
    for (const name of touched) {
      const left = (this.#inChange.get(name) ?? 1) - 1
      this.#inChange.set(name, left)
      if (left === 0) this.#changedAt.set(name, this.#clock)
    }
  }

  /** Tells the cache the `data_version` that our writer sees: a new one is the work of another process. True for a new one. */
  seeOutside(version: number): boolean {
    if (version === this.#outsideVersion) return false
    this.#outsideVersion = version
    this.#clock++
    if (this.#changeOf(EVERYTHING) !== Number.POSITIVE_INFINITY) this.#changedAt.set(EVERYTHING, this.#clock)
    return true
  }

  #changeOf(table: string): number {
    return this.#changedAt.get(table) ?? 0
  }

  #entriesOf(strings: readonly string[]): Map<string, Entry> {
    const known = this.#byQuery.get(strings)
    if (known) return known
    const entries = new Map<string, Entry>()
    this.#byQuery.set(strings, entries)
    return entries
  }
}

const WRITES =
  /^\s*(?:insert(?:\s+or\s+\w+)?\s+into|replace\s+into|update(?:\s+or\s+\w+)?|delete\s+from)\s+(\w+)/i
const READS = /^\s*(?:select|begin|commit|rollback|savepoint|release|pragma)\b/i

/** Which table the statement writes to; null for one that cannot be told, undefined for none. */
export function writtenTable(text: string): string | null | undefined {
  if (READS.test(text)) return undefined
  return WRITES.exec(text)?.[1]?.toLowerCase() ?? null
}
