// Answers that are asked for with every message and change rarely, kept until one of their tables changes. A table is
// "in change" from the first statement that writes to it until that is on disk: meanwhile everyone reads for himself.
import { ByValues } from '../lib/by-values.ts'
import { requireNoCounters } from './counts.ts'
import type { CachedTable } from './database.ts'
import { flatten, type Sql } from './sql.ts'
import { ALL_TABLES } from './written-table.ts'

/** `goodAt`: when it was found to be good for the last time, in moves. */
type Entry = { row: unknown; madeAt: number; readAt: number; goodAt: number }
/** The tables that a change has touched so far. */
export type Touched = Set<string>
/** A kept row, or how to keep the one that has been read; `keep` returns it. */
export type Found<Row> =
  | { isKept: true; row: Row | undefined }
  | { isKept: false; keep(row: Row | undefined): Row | undefined }

export class RowCache {
  readonly #maxAgeMs: number
  readonly #byQuery = new WeakMap<readonly string[], ByValues<Entry>>()
  /** When each table has last changed, on a clock of changes; infinite while it is in change. */
  readonly #changedAt = new Map<string, number>()
  readonly #inChange = new Map<string, number>()
  #clock = 0
  /** Counts whatever happens to a table: an entry that was good is so until the next move. */
  #moves = 0

  /** A row is kept for `maxAgeMs` at most. */
  constructor(maxAgeMs = Number.POSITIVE_INFINITY) {
    this.#maxAgeMs = maxAgeMs
  }

  /** The row of `query`, which must depend on nothing but `tables` and its values. */
  find<Row>(tables: readonly CachedTable[], query: Sql): Found<Row> {
    const { strings, values } = flatten(query)
    const entries = this.#entriesOf(tables, strings)
    const known = entries.get(values)
    if (known && this.#isGood(known, tables)) return { isKept: true, row: known.row as Row | undefined }
    const madeAt = this.#clock
    const readAt = performance.now()
    return {
      isKept: false,
      keep: (row) => {
        // What changes while it is read may be in it or not.
        if (this.#lastChange(tables) > madeAt) return row
        entries.set(values, { row: Object.freeze(row), madeAt, readAt, goodAt: this.#moves })
        return row
      },
    }
  }

  /** A statement of a change writes to the table, until the change is settled. */
  touch(touched: Touched, table: string): void {
    if (touched.has(table)) return
    touched.add(table)
    this.#moves++
    this.#inChange.set(table, (this.#inChange.get(table) ?? 0) + 1)
    this.#changedAt.set(table, Number.POSITIVE_INFINITY)
  }

  /** The change is on disk, or undone. */
  settle(touched: Touched): void {
    if (touched.size === 0) return
    this.#clock++
    this.#moves++
    for (const table of touched) {
      const left = (this.#inChange.get(table) ?? 1) - 1
      this.#inChange.set(table, left)
      if (left === 0) this.#changedAt.set(table, this.#clock)
    }
    touched.clear()
  }

  /** Another process has changed the table. */
  changedElsewhere(table: string): void {
    this.#clock++
    this.#moves++
    if (this.#changeOf(table) !== Number.POSITIVE_INFINITY) this.#changedAt.set(table, this.#clock)
  }

  #isGood(entry: Entry, tables: readonly CachedTable[]): boolean {
    if (this.#maxAgeMs !== Number.POSITIVE_INFINITY && performance.now() - entry.readAt >= this.#maxAgeMs) {
      return false
    }
    if (entry.goodAt === this.#moves) return true
    if (entry.madeAt < this.#lastChange(tables)) return false
    entry.goodAt = this.#moves
    return true
  }

  #lastChange(tables: readonly CachedTable[]): number {
    let last = this.#changeOf(ALL_TABLES)
    for (const table of tables) last = Math.max(last, this.#changeOf(table))
    return last
  }

  #changeOf(table: string): number {
    return this.#changedAt.get(table) ?? 0
  }

  #entriesOf(tables: readonly CachedTable[], strings: readonly string[]): ByValues<Entry> {
    const known = this.#byQuery.get(strings)
    if (known) return known
    requireNoCounters(tables, strings.join('?'))
    const entries = new ByValues<Entry>()
    this.#byQuery.set(strings, entries)
    return entries
  }
}
