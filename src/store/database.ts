// The storage port. Two engines implement it: sqlite.ts and postgres.ts. Every query exists once.
import type { Count, Counters, RowKey } from './counts.ts'
import type { Sql } from './sql.ts'

/** Of these tables rows may be kept by `cached`. */
export const CACHED_TABLES = [
  'services',
  'channels',
  'channel_webhooks',
  'members',
  'users',
  'user_channels',
  'roles',
  'bindings',
] as const
export type CachedTable = (typeof CACHED_TABLES)[number]
/** Of these, rows with counters may be reckoned in memory (counts.ts). */
export const COUNTED_TABLES = [...CACHED_TABLES, 'delivery_lanes', 'push_lanes'] as const
export type CountedTable = (typeof COUNTED_TABLES)[number]

/** Works anywhere: outside a transaction it sees what is committed, inside one also the transaction's own changes. */
export type Queryable = {
  /** The first row, with `snake_case` columns as `camelCase` members. */
  one<Row>(query: Sql): Promise<Row | undefined>
  many<Row>(query: Sql): Promise<Row[]>
  /**
   * Like `one`, for what is asked with every message and changes rarely: an engine may keep the row, frozen, as long
   * as nothing in `tables` changes. The query must read nothing else, and nothing of the clock.
   */
  cached<Row>(tables: readonly CachedTable[], query: Sql): Promise<Row | undefined>
  /** Likewise all rows, of which there can only be a few. */
  cachedMany<Row>(tables: readonly CachedTable[], query: Sql): Promise<readonly Row[]>
}

/** Proof of being inside a transaction. Using it after the end throws. */
export type Tx = Queryable & {
  /** The number of rows changed. Throws UniqueViolation when a unique index refuses. */
  run(query: Sql): Promise<number>
  /**
   * Like `run`, without waiting, for what should not be refused: it happens before whatever is asked next, or with the
   * commit, and what refuses it undoes the transaction. Not for COUNTED_TABLES; its values are no fragments.
   */
  later(query: Sql): void
  /** The row with this key, kept from being changed by others until this transaction ends; nothing when it is gone. */
  lock<Row extends object>(counters: Counters, key: RowKey): Promise<Row | undefined>
  /** Changes counters of the row and returns it, for what happens with every message; nothing when it is gone. */
  count<Row extends object>(counters: Counters, key: RowKey, count: Count<Row>): Promise<Row | undefined>
  /** Goes at the end of a select: keeps others from changing the rows until this transaction ends. */
  readonly forUpdate: Sql
  /** Likewise: keeps others from changing or deleting the rows, but not from reading them in the same way. */
  readonly forShare: Sql
  /** Takes a `number` that no channel has or has had: what is known of one that is purged leads nowhere. */
  readonly nextChannelNumber: Sql
  /** Several statements without values; for migrations. */
  script(text: string): Promise<void>
  /** Waits until no other process is in a transaction that holds this lock: for what is set up once. */
  lockSetup(): Promise<void>
}

export type Database = Queryable & {
  readonly engine: 'sqlite' | 'postgres'
  /** Transactions run in the order in which they were asked for. */
  readonly keepsOrder: boolean
  /**
   * Runs `work` and resolves once its changes are on disk; an error undoes all of it.
   * `work` may run again from the start when the engine asks for it, and must await nothing but `tx`.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A unique index refused a row. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
}

/** The database cannot be reached or has gone away; the request may be tried again. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable'
}

export type RowMaker = (values: readonly unknown[]) => unknown

/**
 * Makes objects from the arrays in which rows arrive. It is compiled once per statement: an object literal
 * costs a tenth of storing each member by name (2 us instead of 23 for a page of 50 messages).
 */
export function rowMaker(columns: readonly string[]): RowMaker {
  const members = columns.map((column, i) => {
    if (!/^[a-z][a-z0-9_]*$/.test(column)) throw new Error(`Not a column name of ours: ${column}`)
    return `${camelCase(column)}: values[${i}]`
  })
  return new Function('values', `return { ${members.join(', ')} }`) as RowMaker
}

export function camelCase(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

export const LOST_RACE = Symbol('lost a race for a unique value')

/** The outcome of a write, or LOST_RACE when a unique index refused it. */
export async function orLostRace<T>(write: Promise<T>): Promise<T | typeof LOST_RACE> {
  try {
    return await write
  } catch (error) {
    if (error instanceof UniqueViolation) return LOST_RACE
    throw error
  }
}
