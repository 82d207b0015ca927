import { newSid, readSid, type Sid } from '../lib/sid.ts'
import { type Channel, lockChannel } from '../store/channels.ts'
import {
  findInvite,
  findInviteOf,
  type Invite,
  insertInvite,
  listInvites as queryInvites,
  deleteInvite as removeInvite,
} from '../store/invites.ts'
import { findMember } from '../store/members.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import { findServiceBySid } from '../store/services.ts'
import { findUser } from '../store/users.ts'
import { type Caller, identityOf, isUser } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { hideChannelFromUser, showChannelToUser } from './membership.ts'
import { requirePermission } from './permissions.ts'
import { checkRole } from './roles.ts'
import { checkIdentity } from './values.ts'

type InviteDraft = { identity: string; roleSid?: Sid<'RL'> }

/** Throws inviteNotFound. */
export async function requireInvite(chat: Chat, channel: Channel, text: string): Promise<Invite> {
  const sid = readSid('IN', text)
  const invite = sid && (await findInvite(chat.db, channel.sid, sid))
  if (!invite) throw errors.inviteNotFound()
  return invite
}

/** The invite that this user may take or decline. Throws inviteNotFound, alreadyMember. */
export async function requireInviteOf(chat: Chat, channel: Channel, identity: string): Promise<Invite> {
  const invite = await findInviteOf(chat.db, channel.sid, identity)
  if (invite) return invite
  throw (await findMember(chat.db, channel.sid, { identity }))
    ? errors.alreadyMember()
    : errors.inviteNotFound()
}

/** With `identities`, only their invites. */
export function listInvites(
  chat: Chat,
  channel: Channel,
  identities: readonly string[],
  page: PageRequest,
): Promise<Page<Invite>> {
  return queryInvites(chat.db, channel.sid, identities, page)
}

/** Invites an existing user (§2.8). Throws userNotFound, memberExists, userInvited. */
export async function createInvite(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  draft: InviteDraft,
): Promise<Invite> {
  const identity = checkIdentity(draft.identity, chat.limits)
  await requirePermission(chat, caller, channel, 'inviteMember')
  if (caller.kind === 'user' && draft.roleSid !== undefined) throw errors.mayNotSetRole()
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  return commit(chat, scope, async (tx, emit, now) => {
    const service = await findServiceBySid(tx, channel.serviceSid)
    const current = await lockChannel(tx, channel.sid)
    if (!service || !current) throw errors.channelNotFound()
    const user = await findUser(tx, channel.serviceSid, identity)
    if (!user) throw errors.userNotFound('there is no User with this Identity, create it first')
    if (await findMember(tx, channel.sid, { identity })) throw errors.memberExists()
    const roleSid = await checkRole(tx, service, 'channel', draft.roleSid ?? service.defaultChannelRoleSid)
    const invite: Invite = {
      sid: newSid('IN'),
      serviceSid: channel.serviceSid,
      channelSid: channel.sid,
      userSid: user.sid,
      identity,
      roleSid,
      createdBy: identityOf(caller),
      createdAt: now,
      updatedAt: now,
    }
    if (!(await insertInvite(tx, invite))) throw errors.userInvited()
    const { userChannel } = await showChannelToUser(tx, user.sid, channel.sid, 'invited')
    emit({ type: 'invite.added', channel: current, invite, userChannel })
    return invite
  })
}

/** Revokes, or declines when the invited user asks. Throws inviteNotFound, notAuthorized. */
export async function deleteInvite(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  invite: Invite,
): Promise<void> {
  if (!isUser(caller, channel.serviceSid, invite.identity))
    await requirePermission(chat, caller, channel, 'inviteMember')
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  await commit(chat, scope, async (tx, emit) => {
    const current = await lockChannel(tx, channel.sid)
    if (!current) throw errors.channelNotFound()
    if (!(await removeInvite(tx, channel.sid, invite.identity))) throw errors.inviteNotFound()
    const userChannel = await hideChannelFromUser(tx, invite.userSid, channel.sid)
    if (userChannel) emit({ type: 'invite.removed', channel: current, invite, userChannel })
  })
}
