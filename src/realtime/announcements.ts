// What is told over the bus about one watched object: how it looks as bytes.

export type Announcement =
  /** An event of the object; ids of one object have no gaps. `json` is what clients get. */
  | { kind: 'event'; id: number; json: Buffer }
  /** The last event of an object that is gone. */
  | { kind: 'gone'; json: Buffer }
  /** A user may no longer watch the object; null for everyone. */
  | { kind: 'revoke'; userSid: string }
  /** Someone types; goes to the members that are not this user. */
  | { kind: 'typing'; userSid: string; json: Buffer }
  /** Everyone who is signed in under this topic must leave. */
  | { kind: 'signOut' }

const KINDS = ['event', 'gone', 'revoke', 'typing', 'signOut'] as const
const SID_LENGTH = 34
const NOTHING = Buffer.alloc(0)

/** One byte for the kind, then its members: ids as eight bytes, sids as 34, the rest is JSON. */
export function encodeAnnouncement(announcement: Announcement): Buffer {
  const kind = Buffer.from([KINDS.indexOf(announcement.kind)])
  switch (announcement.kind) {
    case 'event': {
      const id = Buffer.allocUnsafe(8)
      id.writeDoubleBE(announcement.id)
      return Buffer.concat([kind, id, announcement.json])
    }
    case 'gone':
      return Buffer.concat([kind, announcement.json])
    case 'revoke':
      return Buffer.concat([kind, Buffer.from(announcement.userSid)])
    case 'typing':
      return Buffer.concat([kind, Buffer.from(announcement.userSid), announcement.json])
    case 'signOut':
      return Buffer.concat([kind, NOTHING])
  }
}

/** Undefined for what a newer program may have sent. */
export function decodeAnnouncement(message: Buffer): Announcement | undefined {
  const kind = KINDS[message[0] ?? -1]
  switch (kind) {
    case 'event':
      return { kind, id: message.readDoubleBE(1), json: message.subarray(9) }
    case 'gone':
      return { kind, json: message.subarray(1) }
    case 'revoke':
      return { kind, userSid: message.toString('latin1', 1) }
    case 'typing': {
      const end = 1 + SID_LENGTH
      return { kind, userSid: message.toString('latin1', 1, end), json: message.subarray(end) }
    }
    case 'signOut':
      return { kind }
    default:
      return undefined
  }
}
