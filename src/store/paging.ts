// Pages by key: a page starts after (or ends before) a key that need not exist any more.
import { limitTo, nothing, type Sql, sql } from './sql.ts'

/**
 * A place in a list, named by a key that need not exist any more: a sid, or a number for messages. A page starts
 * `after` it or `from` it on, or it ends `before` it or goes `upTo` it.
 */
export type Position<Key> = { side: 'after' | 'from' | 'before' | 'upTo'; key: Key }
/** Of the keys. */
export type Order = 'asc' | 'desc'
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
  order: Order = 'asc',
): Sql {
  const ascending = isAscending(page, order)
  const start = page.from === null ? nothing : startClause(column, page.from, ascending)
  const direction = ascending ? sql`asc` : sql`desc`
  return sql`${start} order by ${column} ${direction} ${limitTo(page.size + 1)}`
}

/** In which order the rows of the page are read: one that ends before a key is read backwards. */
export function isAscending(page: Pick<PageRequest<unknown>, 'from'>, order: Order): boolean {
  return (order === 'asc') !== isBackwards(page)
}

/** The page from the rows that `pageClauses` selected. */
export function toPage<Item, Key>(
  rows: Item[],
  page: PageRequest<Key>,
  keyOf: (item: Item) => Key,
): Page<Item, Key> {
  const backwards = isBackwards(page)
  const more = rows.length > page.size
  const items = more ? rows.slice(0, page.size) : rows
  if (backwards) items.reverse()
  const first = items[0]
  const last = items.at(-1)
  if (first === undefined || last === undefined) return { items, ...aroundNothing(page) }
  return {
    items,
    next: backwards || more ? { side: 'after', key: keyOf(last) } : null,
    previous: (backwards ? more : page.from !== null) ? { side: 'before', key: keyOf(first) } : null,
  }
}

/** A page that has become empty still leads back to where it was reached from. */
function aroundNothing<Key>({ from }: PageRequest<Key>): Pick<Page<never, Key>, 'next' | 'previous'> {
  switch (from?.side) {
    case 'after':
      return { next: null, previous: { side: 'upTo', key: from.key } }
    case 'from':
      return { next: null, previous: { side: 'before', key: from.key } }
    case 'before':
      return { next: { side: 'from', key: from.key }, previous: null }
    case 'upTo':
      return { next: { side: 'after', key: from.key }, previous: null }
    default:
      return { next: null, previous: null }
  }
}

function isBackwards(page: Pick<PageRequest<unknown>, 'from'>): boolean {
  return page.from?.side === 'before' || page.from?.side === 'upTo'
}

function startClause(column: Sql, { side, key }: Position<string | number>, ascending: boolean): Sql {
  const inclusive = side === 'from' || side === 'upTo'
  if (ascending) return inclusive ? sql`and ${column} >= ${key}` : sql`and ${column} > ${key}`
  return inclusive ? sql`and ${column} <= ${key}` : sql`and ${column} < ${key}`
}
