// The session list over the socket (realtime-protocol.md §9): made, read for its context, and given commands.
import { errors, explain } from '../../chat/errors.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import { accessForbidden } from '../sync/errors.ts'
import { type Item, liveEvent } from '../sync/items.ts'
import { parseSyncObject } from '../sync/objects.ts'
import { type Answer, decodePart } from '../tunnel.ts'
import { asObject, asText, toText } from '../values.ts'
import { commands, type Fields } from './commands.ts'
import type { SessionObject } from './session-lists.ts'

const LIST = '/v3/Lists/:Id'
const PURPOSE = 'com.twilio.rtd.ipmsg'
/** It is kept and given back, and nothing else: clients need some fifty characters. */
const MAX_PLATFORM_LENGTH = 256

export const sessionRoutes: Route[] = [
  route('POST', '/v3/Lists', create),
  route('GET', `${LIST}/Context`, readContext),
  route('POST', `${LIST}/Items`, command),
]

/** Lists for any other purpose are not for clients to make. */
async function create({ body }: RoutedRequest, { caller, urls, sessions }: Peer): Promise<Answer> {
  const { purpose, context } = body()
  if (purpose !== PURPOSE) throw accessForbidden()
  const platform = asText(asObject(context)?.endpointPlatform) ?? ''
  const object = sessions.create(platform.slice(0, MAX_PLATFORM_LENGTH))
  const now = isoDate(Date.now())
  return {
    status: 201,
    body: {
      sid: object.sid,
      unique_name: null,
      account_sid: caller.accountSid,
      service_sid: caller.serviceSid,
      url: urls.object(object),
      links: { items: urls.items(object), context: urls.context(object) },
      revision: '0',
      last_event_id: 0,
      date_created: now,
      date_updated: now,
      date_expires: null,
      created_by: caller.identity,
      type: 'list',
    },
  }
}

/** Older than any event, so that the event that makes the client ready is not taken for known. */
async function readContext({ params }: RoutedRequest, { sessions, urls }: Peer): Promise<Answer> {
  const object = requireSession(params.Id)
  return {
    status: 200,
    body: {
      url: urls.context(object),
      data: await sessions.context(object),
      revision: '0',
      last_event_id: 0,
      date_updated: isoDate(Date.now()),
    },
  }
}

/** Runs the command first: its outcome is told before the answer, and both leave in one write. */
async function command({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const object = requireSession(params.Id)
  const { request, commandId } = readCommand(body())
  const { sessions, urls } = peer
  const index = sessions.nextNumber()
  const added = newItem(index, sessions.nextNumber(), { request, commandId })
  const response = await run(request, peer)
  const answered = { ...added, data: { ...added.data, response }, lastEvent: sessions.nextNumber() }
  for (const item of [added, answered]) sessions.tell(object, liveEvent(object, item, urls))
  return {
    status: 201,
    body: {
      index,
      url: urls.item(object, index),
      revision: String(added.lastEvent),
      last_event_id: added.lastEvent,
      date_created: isoDate(added.createdAt),
      date_updated: isoDate(added.updatedAt),
    },
  }
}

/** Both come back in the item. */
function readCommand(body: Fields): { request: Fields; commandId: unknown } {
  const data = asObject(body.data)
  const request = asObject(data?.request)
  if (!data || !request) throw errors.invalidParameter('data', 'an object with a request')
  toText(data, () => errors.invalidParameter('data', 'an object that is not nested so deeply'))
  return { request, commandId: data.commandId }
}

async function run(request: Fields, peer: Peer): Promise<object> {
  const action = asText(request.action) ?? ''
  try {
    const perform = Object.hasOwn(commands, action) ? commands[action] : undefined
    if (!perform) throw errors.invalidParameter('action', 'a known command')
    return { status: 200, statusText: 'OK', ...(await perform(request, peer)) }
  } catch (thrown) {
    const known = explain(thrown)
    if (!known) throw thrown
    if (known.isOutage) peer.logOutage(thrown)
    return { status: known.error.code, statusText: known.error.message }
  }
}

function newItem(key: number, event: number, data: object): Item {
  const now = Date.now()
  return { key, data, createdEvent: event, lastEvent: event, deleted: false, createdAt: now, updatedAt: now }
}

/** Any other list is not for clients to write. Throws accessForbidden. */
function requireSession(id = ''): SessionObject {
  const object = parseSyncObject(decodePart(id))
  if (object?.kind !== 'session') throw accessForbidden()
  return object
}
