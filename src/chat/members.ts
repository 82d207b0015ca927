import { newSid, readSid, type Sid } from '../lib/sid.ts'
import { type Channel, countMemberEdit, countMembership, lockChannel } from '../store/channels.ts'
import type { Queryable, Tx } from '../store/database.ts'
import { deleteInvite, findInviteOf } from '../store/invites.ts'
import {
  findMember,
  insertMember,
  lockMember,
  type Member,
  type MemberUser,
  listMembers as queryMembers,
  listMemberUsers as queryMemberUsers,
  updateMember as saveMember,
} from '../store/members.ts'
import type { Order, Page, PageRequest } from '../store/paging.ts'
import { findServiceBySid, type Service } from '../store/services.ts'
import { type Caller, isUser } from './caller.ts'
import { applyChange, type DateOverrides, differ, ifGiven, newDates } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'
import { askBefore } from './intents.ts'
import { requireToAddMember, requireToUpdateMember } from './member-rights.ts'
import { endMembership, showChannelToUser, touchUserChannel } from './membership.ts'
import { requirePermission } from './permissions.ts'
import { checkRole } from './roles.ts'
import { ensureUser } from './users.ts'
import { checkAttributes, checkIdentity, checkReadIndex, EMPTY_ATTRIBUTES } from './values.ts'

/** `lastReadAt` is set to now with a new `lastReadIndex`, unless given; both are milliseconds and indexes as stored. */
export type MemberChange = DateOverrides & {
  roleSid?: Sid<'RL'>
  attributes?: string
  lastReadIndex?: number | null
  lastReadAt?: number
}
export type MemberDraft = MemberChange & { identity: string }

const EDITABLE = ['roleSid', 'attributes', 'lastReadIndex', 'lastReadAt'] as const

/** The member with this sid or identity. Throws memberNotFound. */
export async function requireMember(chat: Chat, channel: Channel, key: string): Promise<Member> {
  const sid = readSid('MB', key)
  const bySid = sid && (await findMember(chat.db, channel.sid, { sid }))
  // An identity may look like a sid.
  const member = bySid ?? (await findMember(chat.db, channel.sid, { identity: key }))
  if (!member) throw errors.memberNotFound()
  return member
}

/** Members that are chat users; with `identities`, only those. */
export function listMembers(
  chat: Chat,
  channel: Pick<Channel, 'sid'>,
  identities: readonly string[],
  page: PageRequest,
  order: Order = 'asc',
): Promise<Page<Member>> {
  return queryMembers(chat.db, channel.sid, identities, page, order)
}

/** The users that are members. */
export function listMemberUsers(
  chat: Chat,
  channel: Pick<Channel, 'sid'>,
  page: PageRequest,
): Promise<Page<MemberUser>> {
  return queryMemberUsers(chat.db, channel.sid, page)
}

/**
 * Adds a member: makes the user where there is none and uses up an open invite (§2.6).
 * Throws memberExists, memberLimitExceeded, userChannelLimitExceeded and the errors of single values.
 */
export async function addMember(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  wanted: MemberDraft,
): Promise<Member> {
  const identity = checkIdentity(wanted.identity, chat.limits)
  await requireToAddMember(chat, caller, channel, { ...wanted, identity })
  const { draft } = await askBefore(chat, caller, { type: 'member.add', channel, draft: wanted })
  const checked = checkMemberChange(chat, draft)
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  return commit(chat, scope, async (tx, emit, now) => {
    const service = await findServiceBySid(tx, channel.serviceSid)
    const grown = await countMembership(tx, channel.sid, 1)
    if (!service || !grown) throw errors.channelNotFound()
    const user = await ensureUser(tx, emit, service, identity, now)
    const fallback = await roleForNewMember(tx, caller, service, channel, identity)
    await deleteInvite(tx, channel.sid, identity)
    const roleSid = await checkRole(tx, service, 'channel', draft.roleSid ?? fallback)
    const member = newMember(grown, user.sid, identity, { ...checked, roleSid }, now)
    if (!(await insertMember(tx, member))) throw errors.memberExists()
    const { userChannel, user: joined } = await showChannelToUser(tx, user.sid, channel.sid, 'joined')
    if (grown.membersCount > service.channelMembersLimit) throw errors.memberLimitExceeded()
    if (joined.joinedChannelsCount > service.userChannelsLimit) throw errors.userChannelLimitExceeded()
    emit({ type: 'member.added', channel: grown, member, userChannel })
    return member
  })
}

/** Throws mayNotSetRole, notAuthorized, invalidReadIndex and the errors of single values. */
export async function updateMember(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  member: Member,
  wanted: MemberChange,
): Promise<Member> {
  await requireToUpdateMember(chat, caller, channel, member, wanted)
  const { change } = await askBefore(chat, caller, { type: 'member.update', channel, member, change: wanted })
  const checked = checkMemberChange(chat, change)
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  return commit(chat, scope, (tx, emit, now) => saveMemberChange(tx, emit, member, checked, now))
}

/** Leaves or removes. Throws memberNotFound, notAuthorized. */
export async function removeMember(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  member: Member,
): Promise<void> {
  const permission = isUser(caller, channel.serviceSid, member.identity) ? 'leaveChannel' : 'removeMember'
  await requirePermission(chat, caller, channel, permission)
  await askBefore(chat, caller, { type: 'member.remove', channel, member })
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  await commit(chat, scope, async (tx, emit, now) => {
    await lockChannel(tx, channel.sid)
    const current = await lockMember(tx, member.sid)
    if (!current) throw errors.memberNotFound()
    await endMembership(tx, emit, current, now)
  })
}

/** Writes a checked change to the member and, when the read horizon moves, to the user's channels. */
export async function saveMemberChange(
  tx: Tx,
  emit: Emit,
  member: Member,
  change: MemberChange,
  now: number,
): Promise<Member> {
  // Everyone locks in this order: channel, member, user.
  await lockChannel(tx, member.channelSid)
  const current = await lockMember(tx, member.sid)
  if (!current) throw errors.memberNotFound()
  if (change.roleSid !== undefined) {
    await checkRole(tx, { sid: member.serviceSid }, 'channel', change.roleSid)
  }
  const applied = applyChange(current, withReadTime(current, change, now))
  if (!applied.changed) return current
  const channel = await countMemberEdit(tx, member.channelSid)
  if (!channel) throw errors.channelNotFound()
  const updated = { ...applied.row, lastEvent: channel.rosterEvent, updatedAt: change.updatedAt ?? now }
  await saveMember(tx, current, updated)
  const readHorizonMoved = updated.lastReadIndex !== current.lastReadIndex
  const edited = differ(current, updated, EDITABLE)
  emit({ type: 'member.updated', channel, member: updated, edited, readHorizonMoved })
  if (readHorizonMoved && updated.userSid !== null) {
    const userChannel = await touchUserChannel(tx, updated.userSid, channel.sid, {})
    if (userChannel) {
      const { lastReadIndex } = updated
      emit({ type: 'userChannel.updated', userChannel, channelType: channel.type, lastReadIndex })
    }
  }
  return updated
}

/** Throws the error of the first value that is wrong. */
export function checkMemberChange(chat: Chat, change: MemberChange): MemberChange {
  return {
    roleSid: change.roleSid,
    attributes: ifGiven(change.attributes, (text) => checkAttributes(text, chat.limits.memberAttributes)),
    lastReadIndex: ifGiven(change.lastReadIndex, checkReadIndex),
    lastReadAt: change.lastReadAt,
    createdAt: change.createdAt,
    updatedAt: change.updatedAt,
  }
}

function newMember(
  channel: Channel,
  userSid: Sid<'US'>,
  identity: string,
  draft: MemberChange & { roleSid: Sid<'RL'> },
  now: number,
): Member {
  const lastReadIndex = draft.lastReadIndex ?? null
  return {
    sid: newSid('MB'),
    serviceSid: channel.serviceSid,
    channelSid: channel.sid,
    userSid,
    identity,
    roleSid: draft.roleSid,
    attributes: draft.attributes ?? EMPTY_ATTRIBUTES,
    lastReadIndex,
    lastReadAt: draft.lastReadAt ?? (lastReadIndex === null ? null : now),
    createdEvent: channel.rosterEvent,
    lastEvent: channel.rosterEvent,
    deleted: 0,
    ...newDates(draft, now),
  }
}

/** A new horizon brings its time; setting the same one again changes nothing. */
function withReadTime(current: Member, change: MemberChange, now: number): Partial<Member> {
  const { lastReadIndex, lastReadAt } = change
  const moved = lastReadIndex !== undefined && lastReadIndex !== current.lastReadIndex
  if (!moved || lastReadAt !== undefined) return change
  return { ...change, lastReadAt: lastReadIndex === null ? null : now }
}

/** The role of a member who is given none: the accepted invite's, or a default of the service (§2.6). */
export async function roleForNewMember(
  db: Queryable,
  caller: Caller,
  service: Service,
  channel: Channel,
  identity: string,
): Promise<Sid<'RL'>> {
  const joins = isUser(caller, channel.serviceSid, identity)
  const invite = joins ? await findInviteOf(db, channel.sid, identity) : undefined
  if (invite) return invite.roleSid
  return identity === channel.createdBy ? service.defaultChannelCreatorRoleSid : service.defaultChannelRoleSid
}
