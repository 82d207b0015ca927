// Finding what a request names: by sid or name, in a path of which some SDKs do not encode the parts.
import { requireChannelView } from '../../chat/channel-views.ts'
import { requireChannelRef } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { requireMember } from '../../chat/members.ts'
import { requireUser } from '../../chat/users.ts'
import { readSid } from '../../lib/sid.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import type { Channel, ChannelRef } from '../../store/channels.ts'
import type { Member } from '../../store/members.ts'
import type { User } from '../../store/users.ts'
import type { Peer } from '../peer.ts'
import { decodePart } from '../tunnel.ts'

/** The channel with this sid or unique name, as it stands in a path. Throws channelNotFound. */
export function requireChannelAt({ chat, caller }: Peer, segment = ''): Promise<ChannelView> {
  return requireChannelView(chat, caller, decodePart(segment))
}

/** The channel for a change whose permission tells who is in it: by sid that is the shorter way. Throws channelNotFound. */
export function requireChannelToWrite(peer: Peer, segment = ''): Promise<ChannelRef> {
  const { chat, caller } = peer
  return readSid('CH', segment)
    ? requireChannelRef(chat, caller, caller.serviceSid, segment)
    : requireChannelAt(peer, segment)
}

type Query = Readonly<Record<string, string>>

/** A member by sid or identity, as it stands in a path (§8.4), with the query of that. Throws memberNotFound. */
export function requireMemberAt(
  peer: Peer,
  channel: Channel,
  segment: string,
  query: Query,
): Promise<Member> {
  return requireNamed(namesOf(peer, segment, query), errors.memberNotFound, (identity) =>
    requireMember(peer.chat, channel, identity),
  )
}

/** A user by sid or identity, as it stands in a path, with the query of that. Throws userNotFound. */
export function requireUserAt(peer: Peer, segment: string, query: Query): Promise<User> {
  return requireNamed(namesOf(peer, segment, query), errors.userNotFound, (identity) =>
    requireUser(peer.chat, { sid: peer.caller.serviceSid }, identity),
  )
}

/** What the text in a path can mean as an identity: as it is, without percent-encoding, or the caller's own, cut off. */
export function identitiesOf({ caller }: Pick<Peer, 'caller'>, segment: string): string[] {
  const own = isCutOff(caller.identity, segment) ? [caller.identity] : []
  return [...new Set([segment, decodePart(segment), ...own])]
}

/** A `?` or `#` in an identity makes SDKs cut the path there. */
function isCutOff(identity: string, segment: string): boolean {
  return identity.startsWith(`${segment}?`) || identity.startsWith(`${segment}#`)
}

/** `texts` are tried one after the other; `own` is the caller's identity where the text may be the beginning of it. */
type Names = { texts: readonly string[]; own: string | undefined }

/** These requests have no query of their own: one that is there is the rest of an identity. */
export function namesOf(
  { caller: { identity } }: Pick<Peer, 'caller'>,
  segment: string,
  query: Query,
): Names {
  const own = isCutOff(identity, segment) ? identity : undefined
  const rest = Object.entries(query).map(([name, value]) => `${name}=${value}`)
  const texts = rest.length > 0 ? [`${segment}?${rest.join('&')}`] : [segment, decodePart(segment)]
  return { texts: [...new Set(texts)].filter((text) => text !== own), own }
}

/**
 * What `find` gives for the first name for which it does not throw 404. Where the text can be somebody else as well as
 * the caller, nobody is found: a command must not act on the wrong one.
 */
export async function requireNamed<T>(
  { texts, own }: Names,
  missing: () => Error,
  find: (text: string) => Promise<T>,
): Promise<T> {
  let other: T | undefined
  for (const text of texts) other ??= await orNothing(find, text)
  const self = own === undefined ? undefined : await orNothing(find, own)
  const only = other ?? self
  if (only === undefined || (other !== undefined && self !== undefined)) throw missing()
  return only
}

async function orNothing<T>(find: (text: string) => Promise<T>, text: string): Promise<T | undefined> {
  // No name of ours holds a NUL, and PostgreSQL takes none.
  if (text.includes('\0')) return undefined
  try {
    return await find(text)
  } catch (error) {
    if ((error as { status?: number }).status !== 404) throw error
    return undefined
  }
}
