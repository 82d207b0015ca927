// Opening watched objects: what they hold now, for users who may read them (realtime-protocol.md §5.2).

import type { UserCaller } from '../../chat/caller.ts'
import { loadChannelViews, mayRead, maySee } from '../../chat/channel-views.ts'
import type { Chat } from '../../chat/chat.ts'
import { loadUsers } from '../../chat/missed-changes.ts'
import type { Sid } from '../../lib/sid.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import type { User } from '../../store/users.ts'
import { accessForbidden, objectNotFound } from './errors.ts'
import { type SyncObject, typeOf } from './objects.ts'

/** A stored object as it is now. */
export type OpenedObject = {
  object: SyncObject
  lastEvent: number
  createdAt: number
  updatedAt: number
  /** Of which the object is a view. */
  row: { channel: ChannelView } | { user: User }
}

/** Gives an object that was loaded. Throws objectNotFound, accessForbidden. */
export type OpenObject = (object: SyncObject) => OpenedObject

/** Reads what all these objects are views of, with one query for each kind. */
export async function loadObjects(
  chat: Chat,
  caller: UserCaller,
  objects: readonly SyncObject[],
): Promise<OpenObject> {
  const channelSids = new Set<Sid<'CH'>>()
  const userSids = new Set<Sid<'US'>>()
  for (const object of objects) {
    if (object.kind === 'channels' || object.kind === 'info') userSids.add(object.sid)
    else if (object.kind !== 'session') channelSids.add(object.sid)
  }
  const [channels, users] = await Promise.all([
    loadChannelViews(chat, caller, [...channelSids]),
    loadUsers(chat, caller, [...userSids]),
  ])
  return (object) => {
    switch (object.kind) {
      case 'session':
        throw objectNotFound('list')
      case 'channels':
      case 'info':
        return openOfUser(caller, object, object.kind, users.get(object.sid))
      default:
        return openOfChannel(caller, object, object.kind, channels.get(object.sid))
    }
  }
}

/** To someone who may not see a channel it does not exist; its messages and members are for members. */
function openOfChannel(
  caller: UserCaller,
  object: SyncObject,
  kind: 'channel' | 'messages' | 'roster',
  channel: ChannelView | undefined,
): OpenedObject {
  if (!channel || !maySee(caller, channel)) throw objectNotFound(typeOf(object))
  if (kind !== 'channel' && !mayRead(channel)) throw accessForbidden()
  const counters = {
    channel: channel.documentEvent,
    messages: channel.messagesEvent,
    roster: channel.rosterEvent,
  }
  return {
    object,
    lastEvent: counters[kind],
    createdAt: channel.createdAt,
    updatedAt: channel.updatedAt,
    row: { channel },
  }
}

/** Everyone of the service may read a user's data, only the user the list of channels. */
function openOfUser(
  caller: UserCaller,
  object: SyncObject,
  kind: 'channels' | 'info',
  user: User | undefined,
): OpenedObject {
  if (!user) throw objectNotFound('map')
  if (kind === 'channels' && user.sid !== caller.userSid) throw accessForbidden()
  return {
    object,
    lastEvent: kind === 'channels' ? user.channelsEvent : user.infoEvent,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
    row: { user },
  }
}
