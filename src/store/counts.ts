// Rows that change with every message, every read horizon and every client that comes or goes. A change of their counters
// is said once: it becomes a statement where many write at the same time, and is reckoned in memory by the embedded
// engine, which saves the row once for each commit. No kept row shows a counter, so none has to be read again for it.
import { type CachedTable, type CountedTable, camelCase, type Tx } from './database.ts'
import type { Sql, Value } from './sql.ts'

/** The counters of one of COUNTED_TABLES. */
export type Counters = {
  readonly table: CountedTable
  readonly members: readonly string[]
  /** Selects the row with this key. */
  readonly find: readonly string[]
  readonly save: readonly string[]
  /** The condition that names the row. */
  readonly where: string
}
/** The values of the key columns. */
export type RowKey = readonly string[]

export type Count<Row> = {
  /** These grow by one. */
  readonly add: readonly (keyof Row & string)[]
  /** The first of each pair takes what the second was before. */
  readonly take: readonly (readonly [keyof Row & string, keyof Row & string])[]
  readonly set: Readonly<Partial<Row>>
}

const COLUMNS = new Map<CountedTable, readonly string[]>()

/**
 * `columns` are all that counts change; no `cached` query may read them. Rows of tables with `tombstones` are gone
 * when they are marked as deleted.
 */
export function countersOf(
  table: CountedTable,
  columns: readonly string[],
  { key = ['sid'], tombstones = true }: { key?: readonly string[]; tombstones?: boolean } = {},
): Counters {
  COLUMNS.set(table, columns)
  const changes = columns.map((column) => `${column} = ?`).join(', ')
  const names = key.map((column) => `${column} = ?`).join(' and ')
  const where = tombstones ? `${names} and deleted = 0` : names
  return {
    table,
    members: columns.map(camelCase),
    find: pieces(`select * from ${table} where ${where}`),
    save: pieces(`update ${table} set ${changes} where ${names}`),
    where,
  }
}

/** Throws for a query that reads counters of these tables: a row of it must not be kept. */
export function requireNoCounters(tables: readonly CachedTable[], text: string): void {
  for (const table of tables) {
    const counter = COLUMNS.get(table)?.find((column) => new RegExp(`\\b${column}\\b|\\*`).test(text))
    if (counter) throw new Error(`A kept row cannot show ${counter}, which counts change: ${text}`)
  }
}

/** The row after the count. */
export function counted<Row extends object>(row: Row, { add, take, set }: Count<Row>): Row {
  const next: Row = { ...row, ...set }
  const members = next as Record<string, unknown>
  for (const member of add) members[member] = (row[member] as number) + 1
  for (const [member, from] of take) members[member] = row[from]
  return next
}

/** Writes what has changed of a row: as a count where nothing else has changed, and with `write` otherwise. */
export async function saveChanged<Row extends object>(
  tx: Tx,
  counters: Counters,
  key: RowKey,
  { before, after }: { before: Row; after: Row },
  write: () => Promise<unknown>,
): Promise<void> {
  const changed = Object.entries(after).filter(([member, value]) => before[member as keyof Row] !== value)
  if (changed.length === 0) return
  if (changed.every(([member]) => counters.members.includes(member))) {
    await tx.count<Row>(counters, key, {
      add: [],
      take: [],
      set: Object.fromEntries(changed) as Partial<Row>,
    })
  } else {
    await write()
  }
}

/** Counts in the database itself and returns the row; nothing when it is gone. */
export function countStatement<Row>({ table, where }: Counters, key: RowKey, count: Count<Row>): Sql {
  const set = Object.entries(count.set) as [string, Value][]
  const changes = [
    ...count.add.map((member) => `${snakeCase(member)} = ${snakeCase(member)} + 1`),
    ...count.take.map(([member, from]) => `${snakeCase(member)} = ${snakeCase(from)}`),
    ...set.map(([member]) => `${snakeCase(member)} = ?`),
  ]
  const text = `update ${table} set ${changes.join(', ')} where ${where} returning *`
  return { strings: text.split('?'), values: [...set.map(([, value]) => value), ...key] }
}

export function findStatement({ find }: Counters, key: RowKey): Sql {
  return { strings: find, values: key }
}

/** Writes what has been reckoned. */
export function saveStatement({ members, save }: Counters, key: RowKey, row: object): Sql {
  const values = row as Record<string, Value>
  return { strings: save, values: [...members.map((member) => values[member] ?? null), ...key] }
}

function snakeCase(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** Frozen, as those of a template literal: one call site. */
function pieces(text: string): readonly string[] {
  return Object.freeze(text.split('?'))
}
