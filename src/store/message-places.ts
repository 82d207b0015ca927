// Where messages lie: those of a channel together, in the order of their indexes, so that a page of them is read from
// a few blocks (decision 18). A place is the channel's number and the index in one number, which is too large for
// JavaScript: only the database reckons with it.
import { isAscending, type Order, type PageRequest } from './paging.ts'
import { limitTo, type Sql, sql } from './sql.ts'

/** Indexes are below it. */
const END = 2 ** 32

/** Indexes between these two, without them; what is left out does not bound. */
type Bounds = { above?: number; below?: number }

/** The condition that a row of `messages` is in the channel with this number, or a select of it, and within the bounds. */
export function liesIn(channelNumber: number | Sql, { above = -1, below = END }: Bounds = {}): Sql {
  const start = sql`(cast(${channelNumber} as bigint) << 32)`
  return sql`place > ${start} + ${clamped(above)} and place < ${start} + ${clamped(below)}`
}

/** The clauses that end a select of one page of the channel; one row more is read than the page has. */
export function placeClauses(channelNumber: number, page: PageRequest<number>, order: Order): Sql {
  const isUp = isAscending(page, order)
  const direction = isUp ? sql`asc` : sql`desc`
  return sql`${liesIn(channelNumber, boundsOf(page, isUp))} order by place ${direction} ${limitTo(page.size + 1)}`
}

/** Of the messages that lie beyond the place where a page begins, or ends, in the direction in which it is read. */
export function boundsOf({ from }: Pick<PageRequest<number>, 'from'>, isUp: boolean): Bounds {
  if (from === null) return {}
  const itself = from.side === 'from' || from.side === 'upTo' ? 1 : 0
  return isUp ? { above: from.key - itself } : { below: from.key + itself }
}

/** Clients name indexes of any size, which must not lead into another channel. */
function clamped(index: number): number {
  return Math.min(Math.max(index, -1), END)
}
