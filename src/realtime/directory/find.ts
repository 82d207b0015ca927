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
export function findChannel({ chat, caller }: Peer, segment = ''): Promise<ChannelView> {
  return requireChannelView(chat, caller, decodePart(segment))
}

/** The channel for a change whose permission tells who is in it: by sid that is the shorter way. Throws channelNotFound. */
export function findChannelToWrite(peer: Peer, segment = ''): Promise<ChannelRef> {
  const { chat, caller } = peer
  return readSid('CH', segment)
    ? requireChannelRef(chat, caller, caller.serviceSid, segment)
    : findChannel(peer, segment)
}

/** A member by sid or identity, as it stands in a path (§8.4). Throws memberNotFound. */
export async function findMember(peer: Peer, channel: Channel, segment: string): Promise<Member> {
  return firstFound(identitiesOf(peer, segment), errors.memberNotFound, (identity) =>
    requireMember(peer.chat, channel, identity),
  )
}

/** A user by sid or identity, as it stands in a path. Throws userNotFound. */
export async function findUser(peer: Peer, segment: string): Promise<User> {
  return firstFound(identitiesOf(peer, segment), errors.userNotFound, (identity) =>
    requireUser(peer.chat, { sid: peer.caller.serviceSid }, identity),
  )
}

/**
 * What the text in a path can mean as an identity: as it is, without percent-encoding, or, as a `?` or `#` in an
 * identity makes SDKs cut the path there, the caller's own when it begins like that.
 */
export function identitiesOf({ caller }: Pick<Peer, 'caller'>, segment: string): string[] {
  const decoded = decodePart(segment)
  const { identity } = caller
  const isCutOff = identity.startsWith(`${segment}?`) || identity.startsWith(`${segment}#`)
  return [...new Set([segment, decoded, ...(isCutOff ? [identity] : [])])]
}

/** What `find` gives for the first text for which it does not throw 404. */
export async function firstFound<T>(
  texts: readonly string[],
  missing: () => Error,
  find: (text: string) => Promise<T>,
): Promise<T> {
  for (const text of texts) {
    try {
      return await find(withoutNul(text, missing))
    } catch (error) {
      if ((error as { status?: number }).status !== 404) throw error
    }
  }
  throw missing()
}

/** No name of ours holds a NUL, and PostgreSQL takes none. */
function withoutNul(text: string, missing: () => Error): string {
  if (text.includes('\0')) throw missing()
  return text
}
