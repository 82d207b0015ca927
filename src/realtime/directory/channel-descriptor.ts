// A channel as directories and single reads show it (realtime-protocol.md §7.1): one body with the names of every SDK.
import { unreadCount } from '../../chat/user-channels.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import { isoDate } from '../sync/items.ts'
import type { Urls } from '../urls.ts'

/** For reads of one channel and for the public directory. */
export function channelDescriptor(view: ChannelView, urls: Urls): object {
  const { sid } = view
  return { ...ownChannelDescriptor(view), url: urls.conversation(sid), links: channelLinks(sid, urls) }
}

/** For the list of the user's own channels, which is read at every start: without what clients make themselves. */
export function ownChannelDescriptor(view: ChannelView): object {
  const { sid } = view
  const names = { channel: `${sid}.channel`, messages: `${sid}.messages`, roster: `${sid}.roster` }
  return {
    sid,
    channel_sid: sid,
    conversation_sid: sid,
    unique_name: view.uniqueName,
    friendly_name: view.friendlyName,
    attributes: view.attributes,
    type: view.type,
    created_by: view.createdBy,
    date_created: isoDate(view.createdAt),
    date_updated: isoDate(view.updatedAt),
    status: view.status ?? 'notParticipating',
    notification_level: view.notificationLevel ?? 'default',
    messages_count: view.messagesCount,
    members_count: view.membersCount,
    participants_count: view.membersCount,
    unread_messages_count: unreadCount(view),
    last_consumed_message_index: view.lastReadIndex,
    last_read_message_index: view.lastReadIndex,
    ...names,
    sync_objects: { conversation: names.channel, messages: names.messages, participants: names.roster },
  }
}

export function channelLinks(sid: string, urls: Urls): object {
  const url = urls.conversation(sid)
  return { messages: `${url}/Messages`, participants: `${url}/Participants`, invites: `${url}/Invites` }
}
