// What has happened, told to everyone who watches: each event becomes changes of watched objects, in the order that
// clients rely on (realtime-protocol.md §12.1).
import type { Bus } from '../bus/bus.ts'
import type { Listener } from '../chat/chat.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { Channel } from '../store/channels.ts'
import type { Member } from '../store/members.ts'
import type { Message } from '../store/messages.ts'
import type { UserChannel } from '../store/user-channels.ts'
import type { User } from '../store/users.ts'
import { type Announcement, encodeAnnouncement } from './announcements.ts'
import { documentOf, documentUpdated } from './sync/channel-document.ts'
import { type Item, liveEvent, removedEvent, type SyncEvent } from './sync/items.ts'
import { messageItem } from './sync/message-list.ts'
import { type SyncObject, syncSidOf } from './sync/objects.ts'
import { ownChannelItem } from './sync/own-channels.ts'
import { memberItem } from './sync/roster.ts'
import { changedInfoItems } from './sync/user-info.ts'
import { createUrls, type Urls } from './urls.ts'

type Fanout = {
  /** Tells the watchers of the object, in order. */
  tell(object: SyncObject, id: number, makeEvent: (urls: Urls) => SyncEvent): void
  /** The object is gone. */
  tellGone(object: SyncObject, id: number): void
  announce(topic: string, make: () => Announcement): void
  /** Milliseconds: when it happened. */
  at: number
}

/** `publicUrl` is the base of all URLs; known once the port is. */
export function createFanout(bus: Bus, publicUrl: () => string): Listener {
  return {
    publish(events) {
      for (const event of events) tellEvent(fanoutFor(bus, publicUrl, event), event)
    },
  }
}

/** Nothing is made for objects that nobody watches. */
function fanoutFor(bus: Bus, publicUrl: () => string, { serviceSid, at }: ChatEvent): Fanout {
  const announce: Fanout['announce'] = (topic, make) => {
    bus.publish(topic, () => encodeAnnouncement(make()))
  }
  return {
    at,
    announce,
    tell: (object, id, makeEvent) =>
      announce(syncSidOf(object), () => {
        const { event_type: type, event } = makeEvent(createUrls(publicUrl(), serviceSid))
        return { kind: 'event', id, type, json: JSON.stringify(event) }
      }),
    tellGone: (object, id) =>
      announce(syncSidOf(object), () => {
        const { event_type: type, event } = removedEvent(object, id, at)
        return { kind: 'gone', type, json: JSON.stringify(event) }
      }),
  }
}

function tellEvent(fanout: Fanout, event: ChatEvent): void {
  switch (event.type) {
    case 'message.sent':
    case 'message.updated':
    case 'message.removed':
      tellMessage(fanout, event.channel, event.message, event.type === 'message.removed')
      break
    case 'member.added':
      tellMember(fanout, event.channel, event.member)
      tellOwnChannel(fanout, event.channel, event.userChannel, event.member.lastReadIndex)
      break
    case 'member.updated':
      tellMember(fanout, event.channel, event.member)
      break
    case 'member.removed':
      tellMemberRemoved(fanout, event.channel, event.member, event.userChannel)
      break
    case 'userChannel.updated':
      tellOwnChannel(fanout, { type: event.channelType }, event.userChannel, event.lastReadIndex)
      break
    case 'invite.added':
      tellOwnChannel(fanout, event.channel, event.userChannel, null)
      break
    case 'invite.removed':
      tellInviteRemoved(fanout, event.channel, event.userChannel)
      break
    case 'channel.updated':
      tellDocument(fanout, event.channel)
      if (event.becamePrivate)
        fanout.announce(syncSidOf(documentOf(event.channel)), () => ({ kind: 'recheck' }))
      break
    case 'channel.removed':
      tellChannelRemoved(fanout, event.channel, event.userChannels)
      break
    case 'user.updated':
      tellUser(fanout, event.user)
      break
    case 'user.removed':
      fanout.announce(event.user.sid, () => ({ kind: 'signOut' }))
      break
    case 'service.removed':
      fanout.announce(event.service.sid, () => ({ kind: 'signOut' }))
      break
  }
}

/** The document goes with it, as it names the last message; where that stays the same, watchers know the number already. */
function tellMessage(fanout: Fanout, channel: Channel, message: Message, removed: boolean): void {
  const object = { kind: 'messages', sid: channel.sid } as const
  const shown = removed ? { ...message, deleted: 1, lastEvent: channel.messagesEvent } : message
  fanout.tell(object, shown.lastEvent, (urls) => liveEvent(object, messageItem(shown), urls))
  tellDocument(fanout, channel)
}

function tellDocument({ tell, at }: Fanout, channel: Channel): void {
  tell(documentOf(channel), channel.documentEvent, () => documentUpdated(channel, at))
}

function tellMember(fanout: Fanout, { sid }: Channel, member: Member): void {
  if (member.identity !== null) tellItem(fanout, { kind: 'roster', sid }, memberItem(member))
}

/** Whoever has left sees the own member go and then the channel, and nothing of it afterwards: what waits is told before the cut. */
function tellMemberRemoved(
  fanout: Fanout,
  channel: Channel,
  member: Member,
  userChannel: UserChannel | null,
): void {
  tellMember(fanout, channel, { ...member, deleted: 1 })
  if (member.userSid !== null) revoke(fanout, channel, member.userSid)
  if (userChannel) tellOwnChannel(fanout, channel, userChannel, member.lastReadIndex)
}

function tellInviteRemoved(fanout: Fanout, channel: Channel, userChannel: UserChannel): void {
  revoke(fanout, channel, userChannel.userSid)
  tellOwnChannel(fanout, channel, userChannel, null)
}

/** Takes from the user what only those in the channel may watch; the document of a public channel stays. */
function revoke({ announce }: Fanout, { sid, type }: Channel, userSid: string): void {
  const kinds = ['messages', 'roster', ...(type === 'private' ? (['channel'] as const) : [])] as const
  for (const kind of kinds) announce(syncSidOf({ kind, sid }), () => ({ kind: 'revoke', userSid }))
}

function tellOwnChannel(
  fanout: Fanout,
  { type }: Pick<Channel, 'type'>,
  userChannel: UserChannel,
  lastReadIndex: number | null,
): void {
  const item = ownChannelItem({ ...userChannel, type, lastReadIndex }, fanout.at)
  tellItem(fanout, { kind: 'channels', sid: userChannel.userSid }, item)
}

/** The document first: then clients report one removal, and not a leave before it. */
function tellChannelRemoved(fanout: Fanout, channel: Channel, userChannels: readonly UserChannel[]): void {
  const { sid } = channel
  fanout.tellGone({ kind: 'channel', sid }, channel.documentEvent + 1)
  for (const userChannel of userChannels) tellOwnChannel(fanout, channel, userChannel, null)
  fanout.tellGone({ kind: 'messages', sid }, channel.messagesEvent + 1)
  fanout.tellGone({ kind: 'roster', sid }, channel.rosterEvent + 1)
}

/** Items whose numbers run up to the last one: all that have changed, and perhaps some that watchers know by their numbers. */
function tellUser(fanout: Fanout, user: User): void {
  const items = changedInfoItems(user, 0)
  const newest = items.filter(({ lastEvent }, i) => lastEvent === user.infoEvent - (items.length - 1 - i))
  for (const item of newest) tellItem(fanout, { kind: 'info', sid: user.sid }, item)
}

function tellItem({ tell }: Fanout, object: SyncObject, item: Item): void {
  tell(object, item.lastEvent, (urls) => liveEvent(object, item, urls))
}
