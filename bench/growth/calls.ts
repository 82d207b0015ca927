// What the clients ask: the same things of every database.
import { readSid, type Sid } from '../../src/lib/sid.ts'
import { syncSidOf } from '../../src/realtime/sync/objects.ts'
import { MESSAGE_BODY, PAGE_SIZE, startOf } from '../requests.ts'
import type { DataSet } from '../seed.ts'
import type { TunnelCall } from '../sockets/client.ts'

/** Reads first: a write takes what SQLite has cached from the reads after it, and of a large database that is more. */
export const KINDS = [
  'page',
  'newest page',
  'open',
  'subscribe',
  'page among sends',
  'send',
  'read horizon',
] as const
export const READER = 'reader'
export type Kind = (typeof KINDS)[number]

/** Pages of each channel, in turn: so many that the server has forgotten a page before it is asked for again. */
const PLACES = 512
/** Puts neighbours far from each other; odd, so that each place comes once. */
const STRIDE = 181

const places = Array.from({ length: PLACES }, (_, i) => (i * STRIDE) % PLACES)

/** Asked one after the other by every socket. */
export function callsFor(kind: Kind, set: DataSet): TunnelCall[] {
  const channels = set.channelSids.map((text) => readSid('CH', text)).filter((sid) => sid !== undefined)
  switch (kind) {
    case 'send':
      return channels.map((sid) => send(sid, set))
    case 'page among sends':
      return places.flatMap((place) => [
        ...channels.slice(1).map((sid) => page(sid, String(startOf(set, place, PLACES)))),
        ...channels.slice(0, 1).map((sid) => send(sid, set)),
      ])
    case 'read horizon':
      return places.flatMap((place) => channels.map((sid) => horizon(sid, place, set)))
    case 'page':
      return places.flatMap((place) => channels.map((sid) => page(sid, String(startOf(set, place, PLACES)))))
    case 'newest page':
      return channels.map((sid) => page(sid))
    case 'open':
      return channels.map((sid) => ({
        method: 'GET',
        path: `/v3/Documents/${syncSidOf({ kind: 'channel', sid })}`,
      }))
    case 'subscribe':
      return channels.flatMap((sid) => [subscription('establish', sid), subscription('cancel', sid)])
  }
}

function send(sid: Sid<'CH'>, { serviceSid }: DataSet): TunnelCall {
  const path = `/Client/v2/Services/${serviceSid}/Conversations/${sid}/Messages`
  return { method: 'POST', path, body: { body: MESSAGE_BODY, attributes: '{}' } }
}

/** Forwards from a message on, or backwards from the newest one. */
function page(sid: Sid<'CH'>, from?: string): TunnelCall {
  const place: TunnelCall['params'] = from === undefined ? { Order: 'desc' } : { From: from, Order: 'asc' }
  return {
    method: 'GET',
    path: `/v3/Lists/${syncSidOf({ kind: 'messages', sid })}/Items`,
    params: { PageSize: String(PAGE_SIZE), ...place },
  }
}

function horizon(sid: Sid<'CH'>, index: number, { serviceSid }: DataSet): TunnelCall {
  const path = `/Client/v2/Services/${serviceSid}/Users/${READER}/Conversations/${sid}`
  return { method: 'POST', path, body: { last_read_message_index: index } }
}

/** To a channel's document and messages, as one who has read the list until now. */
function subscription(action: 'establish' | 'cancel', sid: Sid<'CH'>): TunnelCall {
  const requests = [
    { object_sid: syncSidOf({ kind: 'channel', sid }), object_type: 'document', last_event_id: null },
    { object_sid: syncSidOf({ kind: 'messages', sid }), object_type: 'list', last_event_id: null },
  ]
  return {
    method: 'POST',
    path: '/v4/Subscriptions',
    body: { event_protocol_version: 4, action, correlation_id: 1, requests },
  }
}
