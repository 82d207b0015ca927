// Finding what a request names: by sid or name, in a path of which some SDKs do not encode the parts.
import { requireChannelView } from '../../chat/channel-views.ts'
import { requireChannelRef } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { requireMember } from '../../chat/members.ts'
import { type Permission, requirePermission } from '../../chat/permissions.ts'
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

/**
 * A member by sid or identity, as it stands in a path (§8.4), with the query of that, for a change that takes this
 * permission. Throws like requireMemberToChange.
 */
export function requireMemberToChangeAt(
  peer: Peer,
  channel: Channel,
  permission: Permission,
  segment: string,
  query: Query,
): Promise<Member> {
  const names = namesOf(peer, segment, query)
  const isOwnName = names.own === undefined && names.texts.every((text) => text === peer.caller.identity)
  return permitted(peer, channel, permission, isOwnName, () =>
    requireNamed(names, errors.memberNotFound, (identity) => requireMember(peer.chat, channel, identity)),
  )
}

/** A member by sid or identity, for a change that takes this permission. Throws notAuthorized, memberNotFound. */
export function requireMemberToChange(
  peer: Peer,
  channel: Channel,
  permission: Permission,
  key: string,
): Promise<Member> {
  return permitted(peer, channel, permission, key === peer.caller.identity, () =>
    requireMember(peer.chat, channel, key),
  )
}

/**
 * Whoever may not change others does not learn either who is a member; what one may do to oneself is asked later.
 * `isOwnName` is true where nobody else can be meant.
 */
async function permitted(
  { chat, caller }: Peer,
  channel: Channel,
  permission: Permission,
  isOwnName: boolean,
  find: () => Promise<Member>,
): Promise<Member> {
  const found = await orNothing(find)
  const isSelf = found ? found.identity === caller.identity : isOwnName
  if (!isSelf) await requirePermission(chat, caller, channel, permission)
  if (!found) throw errors.memberNotFound()
  return found
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
  // No name of ours holds a NUL, and PostgreSQL takes none.
  const look = async (text: string) => (text.includes('\0') ? undefined : orNothing(() => find(text)))
  let other: T | undefined
  for (const text of texts) other ??= await look(text)
  const self = own === undefined ? undefined : await look(own)
  const only = other ?? self
  if (only === undefined || (other !== undefined && self !== undefined)) throw missing()
  return only
}

/** Undefined where `find` throws 404. */
async function orNothing<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    if ((error as { status?: number }).status !== 404) throw error
    return undefined
  }
}
