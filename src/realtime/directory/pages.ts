// Pages of directories (realtime-protocol.md §7.3). The names of the tokens differ between SDK calls: all are sent.
import { errors } from '../../chat/errors.ts'
import type { Page, PageRequest } from '../../store/paging.ts'
import { pageToken, readPageToken } from '../page-tokens.ts'
import type { Answer } from '../tunnel.ts'

const DEFAULT_SIZE = 50
const MAX_SIZE = 100

/** Throws invalidPageToken. */
export function readDirectoryPage(
  query: Readonly<Record<string, string>>,
  defaultSize = DEFAULT_SIZE,
): PageRequest {
  if (query.PageToken) {
    const { size, from } = readPageToken(query.PageToken, MAX_SIZE)
    if (typeof from?.key !== 'string') throw errors.invalidPageToken()
    return { size, from: { side: from.side, key: from.key } }
  }
  const size = Number(query.PageSize ?? defaultSize)
  if (!Number.isSafeInteger(size) || size < 1) throw errors.invalidParameter('PageSize', 'a number from 1')
  return { size: Math.min(size, MAX_SIZE), from: null }
}

/** The page under `key`. */
export function directoryPage<Item>(
  key: string,
  { size }: PageRequest,
  page: Page<Item>,
  present: (item: Item) => object,
): Answer {
  const next = pageToken({ order: 'asc', size }, page.next)
  const previous = pageToken({ order: 'asc', size }, page.previous)
  return {
    status: 200,
    body: {
      [key]: page.items.map(present),
      meta: { page_size: size, next_token: next, previous_token: previous, prev_token: previous },
    },
  }
}
