// What the clients ask: the same things of every database.
import { readSid, type Sid } from '../../src/lib/sid.ts'
import { syncSidOf } from '../../src/realtime/sync/objects.ts'
import { MESSAGE_BODY, PAGE_SIZE, randomStart } from '../requests.ts'
import type { DataSet } from '../seed.ts'
import type { TunnelCall } from '../sockets/client.ts'

export const KINDS = ['send', 'page', 'open', 'subscribe'] as const
export type Kind = (typeof KINDS)[number]

/** Different pages and places, in turn. */
const VARIANTS = 1_024

/** Asked one after the other by every socket. */
export function callsFor(kind: Kind, set: DataSet): TunnelCall[] {
  const channels = set.channelSids.map((text) => readSid('CH', text)).filter((sid) => sid !== undefined)
  switch (kind) {
    case 'send':
      return channels.map((sid) => ({
        method: 'POST',
        path: `/Client/v2/Services/${set.serviceSid}/Conversations/${sid}/Messages`,
        body: { body: MESSAGE_BODY, attributes: '{}' },
      }))
    case 'page':
      return Array.from({ length: VARIANTS }, (_, i) => page(channels[i % channels.length], set))
    case 'open':
      return channels.map((sid) => ({
        method: 'GET',
        path: `/v3/Documents/${syncSidOf({ kind: 'channel', sid })}`,
      }))
    case 'subscribe':
      return channels.flatMap((sid) => [subscription('establish', sid), subscription('cancel', sid)])
  }
}

function page(sid: Sid<'CH'> | undefined, set: DataSet): TunnelCall {
  return {
    method: 'GET',
    path: `/v3/Lists/${sid ? syncSidOf({ kind: 'messages', sid }) : ''}/Items`,
    params: { PageSize: String(PAGE_SIZE), From: String(randomStart(set)), Order: 'asc' },
  }
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
