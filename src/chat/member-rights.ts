// What a user needs in order to add or change a member (rest-v2.md §3.3).
import type { Channel } from '../store/channels.ts'
import { findInviteOf } from '../store/invites.ts'
import type { Member } from '../store/members.ts'
import { type Caller, isUser } from './caller.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'
import type { MemberChange, MemberDraft } from './members.ts'
import { ownOrAny, requireMembership, requirePermission } from './permissions.ts'

/** Joining a public channel takes joinChannel; a private one takes an invite, or having made it (§3.3). */
export async function requireToAddMember(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  draft: MemberDraft,
): Promise<void> {
  if (caller.kind === 'account') return
  requirePlainDraft(draft)
  const { identity } = draft
  if (!isUser(caller, channel.serviceSid, identity)) {
    return requirePermission(chat, caller, channel, 'addMember')
  }
  if (await findInviteOf(chat.db, channel.sid, identity)) return
  if (channel.type === 'public') return requirePermission(chat, caller, channel, 'joinChannel')
  if (channel.createdBy !== identity) await requirePermission(chat, caller, channel, 'addMember')
}

/** Roles, dates and horizons of new members are for the account. */
function requirePlainDraft({ roleSid, identity: _, attributes: __, ...forTheAccount }: MemberDraft): void {
  if (roleSid !== undefined) throw errors.mayNotSetRole()
  if (Object.values(forTheAccount).some((value) => value !== undefined)) throw errors.notAuthorized()
}

/**
 * Horizons are one's own to move; roles and dates are for the account. With nothing given, one's own or the right to
 * change any: the answer shows the member.
 */
export async function requireToUpdateMember(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  member: Member,
  change: MemberChange,
): Promise<void> {
  if (caller.kind === 'account') return
  const own = isUser(caller, channel.serviceSid, member.identity)
  if (change.roleSid !== undefined) throw errors.mayNotSetRole()
  if (change.createdAt !== undefined || change.updatedAt !== undefined) throw errors.notAuthorized()
  const movesHorizon = change.lastReadIndex !== undefined || change.lastReadAt !== undefined
  if (movesHorizon) {
    if (!own) throw errors.notAuthorized()
    await requireMembership(chat, caller, channel)
  }
  if (change.attributes !== undefined || (!own && !movesHorizon)) {
    const wanted = ownOrAny(own, 'editOwnMemberAttributes', 'editAnyMemberAttributes')
    await requirePermission(chat, caller, channel, ...wanted)
  }
}
