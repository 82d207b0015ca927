// The objects that clients can watch, and their sids and names (realtime-protocol.md §4, §6). Each is a view of
// rows that exist anyway, so its sid is made from theirs and nothing is stored for it.
import { isSid, type Sid } from '../../lib/sid.ts'

export type SyncType = 'document' | 'list' | 'map'

export type SyncObject =
  | { kind: 'channel'; sid: Sid<'CH'> }
  | { kind: 'messages'; sid: Sid<'CH'> }
  | { kind: 'roster'; sid: Sid<'CH'> }
  | { kind: 'channels'; sid: Sid<'US'> }
  | { kind: 'info'; sid: Sid<'US'> }
  /** Of one connection's session dialect; `sid` is the list's own. */
  | { kind: 'session'; sid: Sid<'ES'> }

export type SyncKind = SyncObject['kind']

const TYPES: Record<SyncKind, SyncType> = {
  channel: 'document',
  messages: 'list',
  session: 'list',
  roster: 'map',
  channels: 'map',
  info: 'map',
}
/**
 * Several maps belong to one channel or user: the first digit of the hex part tells them apart. In our own sids it
 * is the first of twelve digits of milliseconds and stays 0 for centuries.
 */
const MAP_DIGITS = { roster: 'a', channels: 'b', info: 'c' } as const
const SESSION_DIGIT = 'f'
const NAME = /^((?:CH|US)[0-9a-f]{32})\.(channel|messages|roster|channels|info)$/

export function typeOf({ kind }: SyncObject): SyncType {
  return TYPES[kind]
}

/** The sid by which clients subscribe; also the topic under which changes are told. */
export function syncSidOf({ kind, sid }: SyncObject): string {
  const hex = sid.slice(2)
  switch (kind) {
    case 'channel':
      return `ET${hex}`
    case 'messages':
      return `ES${hex}`
    case 'session':
      return sid
    default:
      return `MP${MAP_DIGITS[kind]}${hex.slice(1)}`
  }
}

/** `CH….messages` and the like; null for a session list, which has no name. */
export function nameOf({ kind, sid }: SyncObject): string | null {
  return kind === 'session' ? null : `${sid}.${kind}`
}

/** The object with this sid or name, or undefined when there can be none. */
export function parseSyncObject(text: string): SyncObject | undefined {
  const [, sid, kind] = NAME.exec(text) ?? []
  if (sid && kind) return fromName(sid, kind)
  const digit = text[2]
  if (isSid('ET', text)) return { kind: 'channel', sid: `CH${text.slice(2)}` }
  if (isSid('ES', text)) {
    return digit === SESSION_DIGIT
      ? { kind: 'session', sid: text }
      : { kind: 'messages', sid: `CH${text.slice(2)}` }
  }
  if (!isSid('MP', text)) return undefined
  const hex = `0${text.slice(3)}`
  if (digit === MAP_DIGITS.roster) return { kind: 'roster', sid: `CH${hex}` }
  if (digit === MAP_DIGITS.channels) return { kind: 'channels', sid: `US${hex}` }
  return digit === MAP_DIGITS.info ? { kind: 'info', sid: `US${hex}` } : undefined
}

function fromName(sid: string, kind: string): SyncObject | undefined {
  if (isSid('CH', sid) && (kind === 'channel' || kind === 'messages' || kind === 'roster'))
    return { kind, sid }
  if (isSid('US', sid) && (kind === 'channels' || kind === 'info')) return { kind, sid }
  return undefined
}

/** A new session list's sid; `hex` is 31 random digits. */
export function sessionSid(hex: string): Sid<'ES'> {
  return `ES${SESSION_DIGIT}${hex}`
}
