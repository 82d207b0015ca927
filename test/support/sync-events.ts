// Sync events out of notifications (§5.4, §5.6), whichever form they have.
import type { Twilsock } from './twilsock.ts'
import type { Frame } from './twilsock-frames.ts'
import { until } from './until.ts'

export type ObjectType = 'document' | 'map' | 'list'

export type SyncEvent = {
  type: string
  correlationId?: number
  /** The object's SID. */
  object: string
  /** The event id; 0 for those that have none. */
  id: number
  event: Record<string, any>
}

export type SubscribeRequest = { object_sid: string; object_type: ObjectType; last_event_id?: number | null }

/** The events of a frame; none when it carries none. */
export function syncEventsOf({ header, payload }: Frame): SyncEvent[] {
  if (header.method !== 'notification' || header.message_type !== 'twilio.sync.event') return []
  const { event_type, correlation_id, event, events } = payload as Record<string, any>
  return (events ?? [event]).map((one: Record<string, any>) => ({
    type: event_type,
    correlationId: correlation_id,
    object: one.object_sid ?? one.map_sid ?? one.list_sid ?? one.document_sid,
    id: Number(one.id ?? 0),
    event: one,
  }))
}

export function allSyncEvents(frames: readonly Frame[]): SyncEvent[] {
  return frames.flatMap(syncEventsOf)
}

let lastCorrelation = Date.now()

/** `POST /v4/Subscriptions`; returns the correlation id after a 2xx. */
export async function establish(
  client: Twilsock,
  requests: SubscribeRequest[],
  { protocol = 4, action = 'establish' }: { protocol?: 3 | 4; action?: 'establish' | 'cancel' } = {},
): Promise<number> {
  const correlation_id = ++lastCorrelation
  const { status, body } = await client.request('POST', '/v4/Subscriptions', {
    body: {
      event_protocol_version: protocol,
      action,
      correlation_id,
      retried_requests: 0,
      ttl_in_s: -1,
      requests,
    },
  })
  if (status < 200 || status > 299)
    throw new Error(`POST /v4/Subscriptions: ${status} ${JSON.stringify(body)}`)
  return correlation_id
}

/** Subscribes and waits until each object is confirmed, failed or canceled; returns those confirmations in their order. */
export async function subscribe(
  client: Twilsock,
  requests: SubscribeRequest[],
  options: { protocol?: 3 | 4; action?: 'establish' | 'cancel' } = {},
): Promise<SyncEvent[]> {
  const correlation = await establish(client, requests, options)
  const confirmed = (): SyncEvent[] =>
    allSyncEvents(client.frames).filter(
      ({ type, correlationId }) => type.startsWith('subscription_') && correlationId === correlation,
    )
  return until(
    `the confirmation of ${requests.length} subscriptions`,
    () => (confirmed().length >= requests.length ? confirmed() : undefined),
    { seen: confirmed },
  )
}

export type Descriptor = {
  sid: string
  unique_name: string
  last_event_id: number
  revision: string
  links: { items: string }
  data?: any
  items?: any[]
}

const COLLECTIONS = { document: 'Documents', map: 'Maps', list: 'Lists' }

/** Opens a document, map or list by name or SID. Fails unless the answer is 200. */
export async function openObject(client: Twilsock, type: ObjectType, name: string): Promise<Descriptor> {
  const { status, body } = await client.request('GET', `/v3/${COLLECTIONS[type]}/${encodeURIComponent(name)}`)
  if (status !== 200) throw new OpenError(`GET ${type} ${name}: ${status} ${JSON.stringify(body)}`, status)
  return body
}

export class OpenError extends Error {
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Path of a URL that the server gave. */
export function pathOf(url: string): string {
  return new URL(url).pathname
}

/** All items of a map or list, page after page. */
export async function readItems(client: Twilsock, { links }: Descriptor, pageSize = 100): Promise<any[]> {
  const items: any[] = []
  let params: Record<string, string> = { PageSize: `${pageSize}`, Order: 'asc' }
  for (;;) {
    const { status, body } = await client.request('GET', pathOf(links.items), { params })
    if (status !== 200) throw new OpenError(`GET ${links.items}: ${status} ${JSON.stringify(body)}`, status)
    items.push(...body.items)
    if (!body.meta.next_token) return items
    params = { PageToken: body.meta.next_token }
  }
}
