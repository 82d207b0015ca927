// What is told over the bus about one watched object: how it looks as bytes.

export type Announcement =
  /** An event of the object; ids of one object have no gaps. `json` is the event's own content. */
  | { kind: 'event'; id: number; type: string; json: string }
  /** The last event of an object that is gone; the same members. */
  | { kind: 'gone'; type: string; json: string }
  /** A user may no longer watch the object. */
  | { kind: 'revoke'; userSid: string }
  /** Who may watch the object has changed: everyone must ask again. */
  | { kind: 'recheck' }
  /** Someone types; goes to the members that are not this user. */
  | { kind: 'typing'; userSid: string; json: string }
  /** Everyone who is signed in under this topic must leave. */
  | { kind: 'signOut' }

const KINDS = ['event', 'gone', 'revoke', 'typing', 'signOut', 'recheck'] as const
const ID_BYTES = 8
const SID_LENGTH = 34

/** One byte for the kind, then its members: ids as eight bytes, sids as 34, types up to a line end, the rest is JSON. */
export function encodeAnnouncement(announcement: Announcement): Buffer {
  const kind = Buffer.from([KINDS.indexOf(announcement.kind)])
  switch (announcement.kind) {
    case 'event': {
      const id = Buffer.allocUnsafe(ID_BYTES)
      id.writeDoubleBE(announcement.id)
      return Buffer.concat([kind, id, Buffer.from(`${announcement.type}\n${announcement.json}`)])
    }
    case 'gone':
      return Buffer.concat([kind, Buffer.from(`${announcement.type}\n${announcement.json}`)])
    case 'revoke':
      return Buffer.concat([kind, Buffer.from(announcement.userSid)])
    case 'typing':
      return Buffer.concat([kind, Buffer.from(announcement.userSid + announcement.json)])
    case 'signOut':
    case 'recheck':
      return kind
  }
}

/** Undefined for what a newer program may have sent. */
export function decodeAnnouncement(message: Buffer): Announcement | undefined {
  const kind = KINDS[message[0] ?? -1]
  switch (kind) {
    case 'event':
      return { kind, id: message.readDoubleBE(1), ...splitEvent(message, 1 + ID_BYTES) }
    case 'gone':
      return { kind, ...splitEvent(message, 1) }
    case 'revoke':
      return { kind, userSid: message.toString('latin1', 1) }
    case 'typing': {
      const end = 1 + SID_LENGTH
      return { kind, userSid: message.toString('latin1', 1, end), json: message.toString('utf8', end) }
    }
    case 'signOut':
    case 'recheck':
      return { kind }
    default:
      return undefined
  }
}

function splitEvent(message: Buffer, start: number): { type: string; json: string } {
  const text = message.toString('utf8', start)
  const end = text.indexOf('\n')
  return { type: text.slice(0, end), json: text.slice(end + 1) }
}
