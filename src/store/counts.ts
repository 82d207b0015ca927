// Rows that are counted with every message. How a count changes its row is said once: it becomes a statement where
// many write at the same time, and is reckoned in memory by the embedded engine, which saves the row once for each commit.
import { type CachedTable, camelCase } from './database.ts'
import type { Sql, Value } from './sql.ts'

/** The counters of one of CACHED_TABLES with `sid` and `deleted`. */
export type Counters = {
  readonly table: CachedTable
  readonly members: readonly string[]
  readonly find: readonly string[]
  readonly save: readonly string[]
}

export type Count<Row> = {
  /** These grow by one. */
  readonly add: readonly (keyof Row & string)[]
  /** The first of each pair takes what the second was before. */
  readonly take: readonly (readonly [keyof Row & string, keyof Row & string])[]
  readonly set: Readonly<Partial<Row>>
}

/** `columns` are all that counts change; no `cached` query may read them. */
export function countersOf(table: CachedTable, columns: readonly string[]): Counters {
  const changes = columns.map((column) => `${column} = ?`).join(', ')
  return {
    table,
    members: columns.map(camelCase),
    find: Object.freeze([`select * from ${table} where sid = `, ' and deleted = 0']),
    save: Object.freeze(`update ${table} set ${changes} where sid = ?`.split('?')),
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

/** Counts in the database itself and returns the row; nothing when it is gone. */
export function countStatement<Row>({ table }: Counters, sid: string, count: Count<Row>): Sql {
  const set = Object.entries(count.set) as [string, Value][]
  const changes = [
    ...count.add.map((member) => `${snakeCase(member)} = ${snakeCase(member)} + 1`),
    ...count.take.map(([member, from]) => `${snakeCase(member)} = ${snakeCase(from)}`),
    ...set.map(([member]) => `${snakeCase(member)} = ?`),
  ]
  const text = `update ${table} set ${changes.join(', ')} where sid = ? and deleted = 0 returning *`
  return { strings: text.split('?'), values: [...set.map(([, value]) => value), sid] }
}

export function findStatement({ find }: Counters, sid: string): Sql {
  return { strings: find, values: [sid] }
}

/** Writes what has been reckoned. */
export function saveStatement({ members, save }: Counters, sid: string, row: object): Sql {
  const values = row as Record<string, Value>
  return { strings: save, values: [...members.map((member) => values[member] ?? null), sid] }
}

function snakeCase(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
