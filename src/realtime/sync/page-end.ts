// Pages of long items end early: a client goes on from there as from the end of any page (realtime-protocol.md §5.3).
import type { Page } from '../../store/paging.ts'
import type { Item, ItemKey } from './items.ts'

/** Of JSON: so that many requests at once stay within what one client may let the server keep. */
const PAGE_CHARACTERS = 1_000_000
/** The newest Sync begins a page with the last item of the page before, and must get on. */
const MIN_ITEMS = 2
/** At most, of one character in JSON. */
const LONGEST_ESCAPE = 6

/** The page without what is too much: at its end, or where it was asked for backwards at its beginning. */
export function endEarly(page: Page<Item, ItemKey>, backwards: boolean): Page<Item, ItemKey> {
  if (isShort(page.items)) return page
  const count = countFitting(backwards ? page.items.toReversed() : page.items)
  if (count >= page.items.length) return page
  const items = backwards ? page.items.slice(-count) : page.items.slice(0, count)
  const edge = items.at(backwards ? 0 : -1)
  if (!edge) return page
  return backwards
    ? { items, next: page.next, previous: { side: 'before', key: edge.key } }
    : { items, next: { side: 'after', key: edge.key }, previous: page.previous }
}

/** True for nearly every page, and told from the lengths of the texts alone. */
function isShort(items: readonly Item[]): boolean {
  let characters = 0
  for (const { data } of items) {
    const { text, attributes } = data as { text?: string | null; attributes?: string }
    characters += (text?.length ?? 0) + (attributes?.length ?? 0)
  }
  return characters * LONGEST_ESCAPE <= PAGE_CHARACTERS
}

function countFitting(items: readonly Item[]): number {
  let total = 0
  const end = items.findIndex(({ data }, i) => {
    total += JSON.stringify(data).length
    return total > PAGE_CHARACTERS && i >= MIN_ITEMS
  })
  return end < 0 ? items.length : end
}
