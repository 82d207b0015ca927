// `GET …/Items` (realtime-protocol.md §5.3).
import { errors } from '../../chat/errors.ts'
import type { Page, Position } from '../../store/paging.ts'
import { type PageOf, pageToken, readPageToken } from '../page-tokens.ts'
import type { Urls } from '../urls.ts'
import type { Collection } from './collections.ts'
import { type Item, type ItemKey, presentItem } from './items.ts'
import { type SyncObject, typeOf } from './objects.ts'
import { endEarly } from './page-end.ts'

const DEFAULT_SIZE = 50
/** The newest Sync asks for one more than the hundred that an app may want. */
const MAX_SIZE = 200

/** The body of the answer. Throws badRequest, invalidPageToken. */
export async function readItems(
  object: SyncObject,
  collection: Collection,
  query: Readonly<Record<string, string>>,
  urls: Urls,
): Promise<object> {
  const single = query.Key ?? query.Index
  const present = (items: Item[]) => items.map((item) => presentItem(object, item, urls))
  if (single !== undefined) {
    const item = await findItem(object, collection, single)
    return { items: present(item ? [item] : []), meta: meta(1, null, null) }
  }
  const request = readRequest(object, query)
  const page = await exactPage(collection, request)
  return {
    items: present(page.items),
    meta: meta(request.size, pageToken(request, page.previous), pageToken(request, page.next)),
  }
}

/** The item with this key, or undefined. */
async function findItem(object: SyncObject, collection: Collection, text: string): Promise<Item | undefined> {
  const key = readKey(object, text)
  const { items } = await collection.page('asc', { size: 1, from: { side: 'from', key } })
  return items.find((item) => item.key === key)
}

function readRequest(object: SyncObject, query: Readonly<Record<string, string>>): PageOf<ItemKey> {
  if (query.PageToken) {
    const request = readPageToken(query.PageToken, MAX_SIZE)
    const isList = typeOf(object) === 'list'
    if (isList !== (typeof request.from?.key === 'number')) throw errors.invalidPageToken()
    return request
  }
  const { PageSize: size = String(DEFAULT_SIZE), Order: order = 'asc', From: from } = query
  if (!/^[1-9]\d{0,8}$/.test(size)) throw errors.invalidParameter('PageSize', 'a number from 1')
  if (order !== 'asc' && order !== 'desc') throw errors.invalidParameter('Order', 'asc or desc')
  return {
    order,
    size: Math.min(Number(size), MAX_SIZE),
    from: from === undefined ? null : { side: 'from', key: readKey(object, from) },
  }
}

function readKey(object: SyncObject, text: string): ItemKey {
  if (text.includes('\0')) throw errors.invalidParameter('From', 'a key')
  if (typeOf(object) === 'map') return text
  if (!/^-?\d{1,15}$/.test(text)) throw errors.invalidParameter('From', 'an index')
  return Number(text)
}

/**
 * The page, with places before and after it only where there is something: clients take them as the answer to
 * "is this the beginning, or the end?". A page that starts at the beginning has nothing before it.
 */
async function exactPage(collection: Collection, request: PageOf<ItemKey>): Promise<Page<Item, ItemKey>> {
  const backwards = request.from?.side === 'before' || request.from?.side === 'upTo'
  const page = endEarly(await collection.page(request.order, request), backwards)
  if (request.from === null) return { ...page, previous: null }
  const exists = async (position: Position<ItemKey> | null) =>
    position !== null && (await collection.has(request.order, position)) ? position : null
  return {
    items: page.items,
    next: backwards ? await exists(page.next) : page.next,
    previous: backwards ? page.previous : await exists(page.previous),
  }
}

function meta(size: number, previous: string | null, next: string | null): object {
  return {
    page_size: size,
    previous_token: previous,
    next_token: next,
    encode_token: false,
    direct_token: true,
  }
}
