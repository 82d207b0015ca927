// A channel as one user sees it (rest-v2.md §2.9).
import type { Sid } from '../lib/sid.ts'
import type { Channel } from '../store/channels.ts'
import type { Tx } from '../store/database.ts'
import { findInviteOf } from '../store/invites.ts'
import { findMember, type Member } from '../store/members.ts'
import type { Order, Page, PageRequest } from '../store/paging.ts'
import {
  findUserChannel,
  type NotificationLevel,
  listUserChannelItems as queryUserChannelItems,
  listUserChannels as queryUserChannels,
  type UserChannelItem,
  type UserChannelStatus,
  type UserChannelView,
} from '../store/user-channels.ts'
import type { User } from '../store/users.ts'
import { type Caller, isUser, type UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'
import { askBefore } from './intents.ts'
import { deleteInvite } from './invites.ts'
import { checkMemberChange, type MemberChange, removeMember, saveMemberChange } from './members.ts'
import { touchUserChannel } from './membership.ts'
import { requirePermission } from './permissions.ts'
import { checkReadIndex } from './values.ts'

/** Who it is about. */
type UserRef = Pick<User, 'sid' | 'serviceSid' | 'identity'>

export type ChannelOfUser = {
  channelSid: Sid<'CH'>
  memberSid: Sid<'MB'> | null
  status: UserChannelStatus | 'notParticipating'
  lastReadIndex: number | null
  unreadCount: number | null
  notificationLevel: NotificationLevel
}

export type UserChannelChange = {
  notificationLevel?: NotificationLevel
  lastReadIndex?: number | null
  lastReadAt?: number
}

/** For a public channel that the user is not in: not participating. Throws channelNotFound for a private one. */
export async function fetchUserChannel(chat: Chat, user: UserRef, channel: Channel): Promise<ChannelOfUser> {
  const view = await findUserChannel(chat.db, user, channel.sid)
  if (view) return toChannelOfUser(view)
  if (channel.type === 'private') throw errors.channelNotFound()
  return {
    channelSid: channel.sid,
    memberSid: null,
    status: 'notParticipating',
    lastReadIndex: null,
    unreadCount: null,
    notificationLevel: 'default',
  }
}

/** Joined and invited channels. */
export async function listUserChannels(
  chat: Chat,
  user: UserRef,
  page: PageRequest,
): Promise<Page<ChannelOfUser>> {
  const { items, ...places } = await queryUserChannels(chat.db, user, page)
  return { items: items.map(toChannelOfUser), ...places }
}

/** Those of the caller, as items of "the user's channels". */
export function listUserChannelItems(
  chat: Chat,
  caller: UserCaller,
  page: PageRequest,
  order: Order,
): Promise<Page<UserChannelItem>> {
  return queryUserChannelItems(chat.db, { ...caller, sid: caller.userSid }, page, order)
}

/** Sets the notification level and the read horizon together. Throws channelNotFound, memberNotFound, notAuthorized. */
export async function updateUserChannel(
  chat: Chat,
  caller: Caller,
  user: UserRef,
  channel: Channel,
  change: UserChannelChange,
): Promise<void> {
  await requireToUpdateUserChannel(chat, caller, user, channel, change)
  const horizon = await askAboutHorizon(chat, caller, user, channel, change)
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  await commit(chat, scope, async (tx, emit, now) => {
    if (horizon !== null) await saveMemberChange(tx, emit, horizon.member, horizon.change, now)
    const { notificationLevel } = change
    if (horizon === null || notificationLevel !== undefined)
      await setLevel(tx, emit, user, channel, notificationLevel)
  })
}

/** Throws channelNotFound, also when no level is given. */
async function setLevel(
  tx: Tx,
  emit: Emit,
  user: UserRef,
  channel: Channel,
  notificationLevel: NotificationLevel | undefined,
): Promise<void> {
  const before = await findUserChannel(tx, user, channel.sid)
  if (!before) throw errors.channelNotFound()
  if (notificationLevel === undefined || notificationLevel === before.notificationLevel) return
  const userChannel = await touchUserChannel(tx, user.sid, channel.sid, { notificationLevel })
  if (!userChannel) return
  const { lastReadIndex } = before
  emit({ type: 'userChannel.updated', userChannel, channelType: channel.type, lastReadIndex })
}

/** Takes the user out of the channel: as a member, or as one who is invited. Throws memberNotFound. */
export async function leaveUserChannel(
  chat: Chat,
  caller: Caller,
  user: UserRef,
  channel: Channel,
): Promise<void> {
  const member = await findMember(chat.db, channel.sid, { identity: user.identity })
  if (member) return removeMember(chat, caller, channel, member)
  const invite = await findInviteOf(chat.db, channel.sid, user.identity)
  if (!invite) throw errors.memberNotFound()
  await deleteInvite(chat, caller, channel, invite)
}

/** Messages after the horizon that still exist: every index has a row, so the deleted ones are taken off (§2.9). */
export function unreadCount(
  view: Pick<UserChannelView, 'lastReadIndex' | 'nextMessageIndex' | 'deletedAfterHorizon'>,
): number | null {
  if (view.lastReadIndex === null) return null
  return Math.max(0, view.nextMessageIndex - 1 - view.lastReadIndex - view.deletedAfterHorizon)
}

function toChannelOfUser(view: UserChannelView): ChannelOfUser {
  return {
    channelSid: view.channelSid,
    memberSid: view.memberSid,
    status: view.status,
    lastReadIndex: view.lastReadIndex,
    unreadCount: unreadCount(view),
    notificationLevel: view.notificationLevel,
  }
}

async function requireToUpdateUserChannel(
  chat: Chat,
  caller: Caller,
  user: UserRef,
  channel: Channel,
  change: UserChannelChange,
): Promise<void> {
  if (caller.kind === 'account') return
  if (!isUser(caller, user.serviceSid, user.identity)) throw errors.notAuthorized()
  if (change.notificationLevel !== undefined) {
    await requirePermission(chat, caller, channel, 'editNotificationLevel')
  }
}

/** The member and the change that moves the horizon, after asking; null when none was given. */
async function askAboutHorizon(
  chat: Chat,
  caller: Caller,
  user: UserRef,
  channel: Channel,
  { lastReadIndex, lastReadAt }: UserChannelChange,
): Promise<{ member: Member; change: MemberChange } | null> {
  if (lastReadIndex === undefined && lastReadAt === undefined) return null
  if (lastReadIndex !== undefined) checkReadIndex(lastReadIndex)
  const member = await findMember(chat.db, channel.sid, { identity: user.identity })
  if (!member) throw errors.memberNotFound()
  const wanted = { lastReadIndex, lastReadAt }
  const { change } = await askBefore(chat, caller, { type: 'member.update', channel, member, change: wanted })
  return { member, change: checkMemberChange(chat, change) }
}
