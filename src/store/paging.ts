// Pages by key: a page starts after (or ends before) a key that need not exist any more.
import { nothing, type Sql, sql } from './sql.ts'

/** A place in a list: right after `key`, or right before it. Keys are sids, or numbers for messages. */
export type Position<Key> = { side: 'after' | 'before'; key: Key }
export type PageRequest<Key = string> = { size: number; from: Position<Key> | null }
export type Page<Item, Key = string> = {
  items: Item[]
  next: Position<Key> | null
  previous: Position<Key> | null
}

/** The clauses that end a select of one page; `column` is a constant of ours. One row more than the page is read, to know whether there is a next one. */
export function pageClauses<Key extends string | number>(
  column: Sql,
  page: PageRequest<Key>,
  order: 'asc' | 'desc' = 'asc',
): Sql {
  const backwards = page.from?.side === 'before'
  const ascending = (order === 'asc') !== backwards
  const start = startClause(column, page.from?.key, ascending)
  const direction = ascending ? sql`asc` : sql`desc`
  return sql`${start} order by ${column} ${direction} limit ${page.size + 1}`
}

/** The page from the rows that `pageClauses` selected. */
export function toPage<Item, Key>(
  rows: Item[],
  page: PageRequest<Key>,
  keyOf: (item: Item) => Key,
): Page<Item, Key> {
  const backwards = page.from?.side === 'before'
  const more = rows.length > page.size
  const items = more ? rows.slice(0, page.size) : rows
  if (backwards) items.reverse()
  const first = items[0]
  const last = items.at(-1)
  const hasNext = backwards || more
  const hasPrevious = backwards ? more : page.from !== null
  return {
    items,
    next: hasNext && last !== undefined ? { side: 'after', key: keyOf(last) } : null,
    previous: hasPrevious && first !== undefined ? { side: 'before', key: keyOf(first) } : null,
  }
}

function startClause(column: Sql, key: string | number | undefined, ascending: boolean): Sql {
  if (key === undefined) return nothing
  return ascending ? sql`and ${column} > ${key}` : sql`and ${column} < ${key}`
}
