// Sync over the socket (realtime-protocol.md §5): opening objects, reading items, subscribing. Clients only read:
// the one thing they write to is the session list, in session/routes.ts.

import { fairTurn, thisTurn } from '../../lib/event-loop.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import { type Answer, decodePart } from '../tunnel.ts'
import { channelDocument } from './channel-document.ts'
import { collectionOf } from './collections.ts'
import { accessForbidden } from './errors.ts'
import { presentItem } from './items.ts'
import type { SyncType } from './objects.ts'
import { nameOf, syncSidOf, typeOf } from './objects.ts'
import type { OpenedObject } from './open.ts'
import { endEarly } from './page-end.ts'
import { readItems } from './read-items.ts'
import { requireObject } from './require-object.ts'
import { cancel, establish } from './subscribe.ts'
import { readSubscriptionRequest } from './subscription-request.ts'
import { createTeller } from './teller.ts'

const FOLDERS = [
  ['Documents', 'document'],
  ['Maps', 'map'],
  ['Lists', 'list'],
] as const
/** What clients may do without asking again (§5.4). */
const SUBSCRIBED = { estimated_delivery_in_ms: 10_000, max_batch_size: 1_000, ttl_in_s: 86_400 }

export const syncRoutes: Route[] = [
  // As the SDKs build it, as our own URLs have it, and as the hosted service's have it.
  ...['/v3', '/v3/Services/:ServiceSid'].flatMap((base) => [
    ...FOLDERS.flatMap(([folder, type]) => [
      route('GET', `${base}/${folder}/:Id`, (request, peer) => openObject(type, request, peer)),
      ...['POST', 'PUT', 'DELETE'].map((method) => route(method, `${base}/${folder}/*Rest`, refuse)),
    ]),
    route('GET', `${base}/Maps/:Id/Items`, (request, peer) => listItems('map', request, peer)),
    route('GET', `${base}/Lists/:Id/Items`, (request, peer) => listItems('list', request, peer)),
  ]),
  route('POST', '/v3/Documents', refuse),
  route('POST', '/v3/Maps', refuse),
  route('POST', '/v4/Subscriptions', subscribe),
]

async function openObject(type: SyncType, { params, query }: RoutedRequest, peer: Peer): Promise<Answer> {
  const withItems = query.Include === 'items' && type !== 'document'
  const open = withItems ? openToRead : requireObject
  const opened = await open(peer, type, decodePart(params.Id ?? ''))
  return { status: 200, body: await presentObject(peer, opened, withItems) }
}

async function listItems(type: SyncType, { params, query }: RoutedRequest, peer: Peer): Promise<Answer> {
  const opened = await openToRead(peer, type, decodePart(params.Id ?? ''))
  const collection = collectionOf(peer.chat, peer.caller, opened)
  const read = () => readItems(opened.object, collection, query, peer.urls)
  return { status: 200, body: await peer.pages.get(opened, query, read) }
}

/**
 * The object as it is when its items may be read: after others had their turn, and when the client takes more. Many
 * requests are opened at once, before the first has an answer.
 */
async function openToRead(peer: Peer, type: SyncType, id: string): Promise<OpenedObject> {
  for (;;) {
    const opened = await requireObject(peer, type, id)
    const turn = thisTurn()
    await fairTurn()
    await peer.room()
    // Whoever kept us waiting may have lost access meanwhile.
    if (thisTurn() === turn) return opened
  }
}

async function subscribe({ body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const request = readSubscriptionRequest(body())
  const teller = createTeller(request, peer.answer)
  if (request.action === 'establish') await establish(peer, request, teller)
  else await cancel(peer, request, teller)
  return { status: 200, body: SUBSCRIBED }
}

async function refuse(): Promise<Answer> {
  throw accessForbidden()
}

/** Items come with it only where a client asks: as many as one page has. */
async function presentObject(peer: Peer, opened: OpenedObject, withItems: boolean): Promise<object> {
  const { object } = opened
  const { urls, chat } = peer
  const revision = String(opened.lastEvent)
  return {
    sid: syncSidOf(object),
    unique_name: nameOf(object),
    ...('channel' in opened.row && object.kind === 'channel'
      ? { url: urls.object(object), data: channelDocument(opened.row.channel) }
      : { links: { items: urls.items(object) } }),
    revision,
    last_event_id: opened.lastEvent,
    date_created: isoDate(opened.createdAt),
    date_updated: isoDate(opened.updatedAt),
    type: typeOf(object),
    ...(withItems && { items: await firstItems(chat, peer, opened) }),
  }
}

const INCLUDED_ITEMS = 50

async function firstItems(
  chat: Peer['chat'],
  { caller, urls }: Peer,
  opened: OpenedObject,
): Promise<object[]> {
  const page = await collectionOf(chat, caller, opened).page('asc', { size: INCLUDED_ITEMS, from: null })
  return endEarly(page, false).items.map((item) => presentItem(opened.object, item, urls))
}
