// What a user who was away has missed: items that changed after an event number, tombstones included, at most
// `limit` of them in the order of their events (realtime-protocol.md §5.5). Whoever calls has checked access.
import type { Sid } from '../lib/sid.ts'
import { listChangedMembers, listChangedMessages, listChangedUserChannels } from '../store/changes.ts'
import type { Channel, ChannelRef } from '../store/channels.ts'
import type { Member } from '../store/members.ts'
import type { Message } from '../store/messages.ts'
import type { UserChannelItem } from '../store/user-channels.ts'
import { findUsersBySid, type User } from '../store/users.ts'
import type { UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'

export function missedMessages(
  chat: Chat,
  channel: ChannelRef & Pick<Channel, 'nextMessageIndex' | 'messagesEvent'>,
  after: number,
  limit: number,
): Promise<Message[]> {
  return listChangedMessages(chat.db, channel, after, limit)
}

export function missedMembers(
  chat: Chat,
  channelSid: Sid<'CH'>,
  after: number,
  limit: number,
): Promise<Member[]> {
  return listChangedMembers(chat.db, channelSid, after, limit)
}

export function missedUserChannels(
  chat: Chat,
  caller: UserCaller,
  after: number,
  limit: number,
): Promise<UserChannelItem[]> {
  return listChangedUserChannels(chat.db, { ...caller, sid: caller.userSid }, after, limit)
}

/** Those of the users that exist in the caller's service, by sid. */
export async function loadUsers(
  chat: Chat,
  caller: UserCaller,
  sids: readonly Sid<'US'>[],
): Promise<Map<Sid<'US'>, User>> {
  const users = sids.length === 0 ? [] : await findUsersBySid(chat.db, caller.serviceSid, sids)
  return new Map(users.map((user) => [user.sid, user]))
}
