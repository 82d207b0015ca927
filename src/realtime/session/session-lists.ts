// The session list of chat 3.x and 4.x (realtime-protocol.md §9.1): commands come in as its items, answers go out as
// updates of them. It lives with the connection: event numbers and indexes come from the clock, so a list that a
// client brings along after a reconnect, or after a restart of the server, goes on where it was.
import { randomBytes } from 'node:crypto'
import { isoDate } from '../../lib/iso-date.ts'
import { encodeEvent, type SyncEvent } from '../sync/items.ts'
import { type SyncObject, sessionSid } from '../sync/objects.ts'
import { notification } from '../twilsock/messages.ts'

export type SessionObject = Extract<SyncObject, { kind: 'session' }>
export type SessionContext = (endpointPlatform: string) => Promise<object>
/** What a client is told when it subscribes. */
type Past = { events: SyncEvent[]; position: number; complete: true }

export type SessionLists = {
  create(endpointPlatform: string): SessionObject
  context(object: SessionObject): Promise<object>
  /** For a subscription that knows everything up to the event `after`: the context, and what came before it subscribed. */
  revive(object: SessionObject, after: number | null): Promise<Past>
  /** A number above all earlier ones of this connection, and above those of earlier connections. */
  nextNumber(): number
  /** Tells the client, or keeps it until the client has subscribed. */
  tell(object: SessionObject, event: SyncEvent): void
}

/** `unsent` is null once the client has subscribed; `size` is in characters of JSON. */
type Session = { endpointPlatform: string; unsent: { event: SyncEvent; size: number }[] | null }

/** The first event of every session list; its context can be read before without being newer than this. */
const CONTEXT_EVENT = 1
/** More commands than this are not started by a client that has not subscribed. */
const MAX_UNSENT = 1_000
/** Nor are longer ones kept, of all lists of a connection together: an event repeats the whole command. */
const MAX_UNSENT_CHARACTERS = 1_048_576
const MAX_SESSIONS = 16
const SID_DIGITS = 31

export function createSessionLists(contextOf: SessionContext, send: (frame: Buffer) => void): SessionLists {
  const sessions = new Map<string, Session>()
  const unsent = createUnsent()
  let last = 0

  /** Lists that the client has brought along are known from the moment it uses them. */
  function sessionOf({ sid }: SessionObject, endpointPlatform = ''): Session {
    const known = sessions.get(sid)
    if (known) return known
    const [oldest] = sessions
    if (sessions.size >= MAX_SESSIONS && oldest) {
      unsent.take(oldest[1])
      sessions.delete(oldest[0])
    }
    const session: Session = { endpointPlatform, unsent: [] }
    sessions.set(sid, session)
    return session
  }

  function nextNumber(): number {
    last = Math.max(last + 1, Date.now())
    return last
  }

  return {
    create(endpointPlatform) {
      const object: SessionObject = { kind: 'session', sid: sessionSid(randomHex(SID_DIGITS)) }
      sessionOf(object, endpointPlatform)
      return object
    },
    context: (object) => contextOf(sessionOf(object).endpointPlatform),
    async revive(object, after) {
      const known = after ?? 0
      const session = sessionOf(object)
      const context = known < CONTEXT_EVENT ? await contextOf(session.endpointPlatform) : null
      const events = [...(context ? [contextUpdated(object, context)] : []), ...unsent.take(session)]
      return { events, position: Math.max(known, CONTEXT_EVENT, last), complete: true }
    },
    nextNumber,
    tell(object, event) {
      const session = sessionOf(object)
      if (session.unsent === null) send(notification('twilio.sync.event', encodeEvent(event)))
      else unsent.keep(session, event)
    },
  }
}

/** The unsent events of all lists of a connection, and what they take together. */
function createUnsent() {
  let characters = 0
  return {
    /** Leaves out what is too much. */
    keep({ unsent }: Session, event: SyncEvent): void {
      const size = encodeEvent(event).length
      if (!unsent || unsent.length >= MAX_UNSENT || characters + size > MAX_UNSENT_CHARACTERS) return
      unsent.push({ event, size })
      characters += size
    },
    take(session: Session): SyncEvent[] {
      const events = session.unsent ?? []
      session.unsent = null
      for (const { size } of events) characters -= size
      return events.map(({ event }) => event)
    },
  }
}

function contextUpdated({ sid }: SessionObject, context: object): SyncEvent {
  return {
    event_type: 'list_context_updated',
    event: {
      id: CONTEXT_EVENT,
      list_sid: sid,
      list_revision: String(CONTEXT_EVENT),
      context_revision: String(CONTEXT_EVENT),
      context_data: context,
      date_created: isoDate(Date.now()),
    },
  }
}

function randomHex(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits)
}
