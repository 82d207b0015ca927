// The body of `POST /v4/Subscriptions` (realtime-protocol.md §5.4), checked.
import { errors } from '../../chat/errors.ts'
import type { SyncType } from './objects.ts'

/** `after` is the last event the client has: −1 asks for everything, null for nothing of the past. */
export type Wanted = { sid: string; type: SyncType; after: number | null }

export type SubscriptionRequest = {
  action: 'establish' | 'cancel'
  correlationId: number | string | null
  /** Understands several events in one message. */
  takesMany: boolean
  /** Each object once. */
  wanted: Wanted[]
}

const MAX_REQUESTS = 1_000
/** Of a correlation id and a sid, which answers repeat for every object: clients send a number, and a sid or name. */
const MAX_ID_LENGTH = 100
const MANY_SINCE_VERSION = 4
const TYPES: readonly SyncType[] = ['document', 'list', 'map']

/** Throws badRequest. */
export function readSubscriptionRequest(body: Readonly<Record<string, unknown>>): SubscriptionRequest {
  const { action, correlation_id: correlationId, event_protocol_version: version, requests } = body
  if (action !== 'establish' && action !== 'cancel') {
    throw errors.invalidParameter('action', 'establish or cancel')
  }
  if (!Array.isArray(requests)) throw errors.invalidParameter('requests', 'a list')
  if (requests.length > MAX_REQUESTS) {
    throw errors.invalidParameter('requests', `at most ${MAX_REQUESTS} at once`)
  }
  return {
    action,
    correlationId: readCorrelationId(correlationId),
    takesMany: typeof version === 'number' && version >= MANY_SINCE_VERSION,
    wanted: lastOfEach(requests.map(readWanted)),
  }
}

function readCorrelationId(value: unknown): number | string | null {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return null
  if (value.length > MAX_ID_LENGTH) throw errors.invalidParameter('correlation_id', 'a number')
  return value
}

function readWanted(value: unknown): Wanted {
  const {
    object_sid: sid,
    object_type: type,
    last_event_id: after,
  } = (value ?? {}) as Record<string, unknown>
  if (typeof sid !== 'string' || sid.length > MAX_ID_LENGTH)
    throw errors.invalidParameter('object_sid', 'a sid')
  const known = TYPES.find((name) => name === type)
  if (!known) throw errors.invalidParameter('object_type', TYPES.join(', '))
  return { sid, type: known, after: Number.isSafeInteger(after) ? (after as number) : null }
}

/** Of several wishes for one object the last one counts. */
function lastOfEach(wanted: readonly Wanted[]): Wanted[] {
  return [...new Map(wanted.map((one) => [one.sid, one])).values()]
}
