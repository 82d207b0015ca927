// Being in a channel, as both sides see it: the channel's roster and "the user's channels" change together.
import type { Sid } from '../lib/sid.ts'
import { type Channel, countMembership } from '../store/channels.ts'
import type { Tx } from '../store/database.ts'
import { type Member, updateMember } from '../store/members.ts'
import {
  changeUserChannel,
  findUserChannelItem,
  lockUserChannel,
  saveUserChannel,
  type UserChannel,
  type UserChannelStatus,
} from '../store/user-channels.ts'
import { countUserChannelEdit, countUserChannelStatus, lockUser, type User } from '../store/users.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'

/** Puts the channel among the user's channels, or changes its status there. */
export async function showChannelToUser(
  tx: Tx,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'>,
  status: UserChannelStatus,
): Promise<{ userChannel: UserChannel; user: User }> {
  const user = await countUserChannelStatus(tx, userSid, status === 'joined' ? 1 : 0)
  if (!user) throw errors.userConflict()
  const before = await findUserChannelItem(tx, userSid, channelSid)
  const isNew = !before || before.deleted === 1
  const userChannel: UserChannel = {
    userSid,
    channelSid,
    status,
    notificationLevel: isNew ? 'default' : before.notificationLevel,
    createdEvent: isNew ? user.channelsEvent : before.createdEvent,
    lastEvent: user.channelsEvent,
    deleted: 0,
  }
  await saveUserChannel(tx, userChannel)
  return { userChannel, user }
}

/** Takes the channel from the user's channels; null when it was not there. */
export async function hideChannelFromUser(
  tx: Tx,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'>,
): Promise<UserChannel | null> {
  await lockUser(tx, userSid)
  const before = await findUserChannelItem(tx, userSid, channelSid)
  if (!before || before.deleted === 1) return null
  const user = await countUserChannelStatus(tx, userSid, before.status === 'joined' ? -1 : 0)
  if (!user) return null
  const userChannel: UserChannel = { ...before, deleted: 1, lastEvent: user.channelsEvent }
  await saveUserChannel(tx, userChannel)
  return userChannel
}

/** Counts a change of the user's view of the channel: the read horizon or the notification level. */
export async function touchUserChannel(
  tx: Tx,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'>,
  change: Partial<Pick<UserChannel, 'notificationLevel'>>,
): Promise<UserChannel | null> {
  await lockUser(tx, userSid)
  const before = await lockUserChannel(tx, userSid, channelSid)
  if (!before) return null
  const user = await countUserChannelEdit(tx, userSid)
  if (!user) throw errors.userConflict()
  return (await changeUserChannel(tx, before, { ...change, lastEvent: user.channelsEvent })) ?? null
}

/** Ends a membership on both sides: the member stays as a tombstone. The roster changes before the user's channels do. */
export async function endMembership(tx: Tx, emit: Emit, member: Member, now: number): Promise<void> {
  const channel: Channel | undefined = await countMembership(tx, member.channelSid, -1)
  if (!channel) throw errors.channelNotFound()
  await updateMember(tx, member, { ...member, lastEvent: channel.rosterEvent, deleted: 1, updatedAt: now })
  const userChannel =
    member.userSid === null ? null : await hideChannelFromUser(tx, member.userSid, member.channelSid)
  emit({
    type: 'member.removed',
    channel,
    member: { ...member, lastEvent: channel.rosterEvent },
    userChannel,
  })
}
