// A channel as directories and single reads show it (realtime-protocol.md §7.1): with the names of every SDK.
import { unreadCount } from '../../chat/user-channels.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import type { Urls } from '../urls.ts'

/** For reads of one channel and for the public directory. */
export function channelDescriptor(view: ChannelView, urls: Urls): object {
  const { sid } = view
  return {
    sid,
    channel_sid: sid,
    conversation_sid: sid,
    ...properties(view),
    members_count: view.membersCount,
    participants_count: view.membersCount,
    unread_messages_count: unreadCount(view),
    last_consumed_message_index: view.lastReadIndex,
    last_read_message_index: view.lastReadIndex,
    ...objectNames(sid),
    sync_objects: syncObjects(sid),
    url: urls.conversation(sid),
    links: channelLinks(sid, urls),
  }
}

// The user's own channels are read at every start, and clients read every byte slowly: each dialect gets the names
// of its SDKs alone, which is 572 KB instead of 915 for a thousand channels.

/** For the session dialect, that is twilio-chat 3 and 4. */
export function ownChannel(view: ChannelView): object {
  return {
    channel_sid: view.sid,
    ...properties(view),
    members_count: view.membersCount,
    unread_messages_count: unreadCount(view),
    last_consumed_message_index: view.lastReadIndex,
    ...objectNames(view.sid),
  }
}

/** For twilio-chat 5 and 6. */
export function ownChatConversation(view: ChannelView): object {
  return {
    ...ownConversationOf(view),
    last_consumed_message_index: view.lastReadIndex,
  }
}

/** For the conversations SDKs. */
export function ownConversation(view: ChannelView): object {
  return {
    ...ownConversationOf(view),
    last_read_message_index: view.lastReadIndex,
  }
}

function ownConversationOf(view: ChannelView): object {
  return {
    conversation_sid: view.sid,
    ...properties(view),
    participants_count: view.membersCount,
    sync_objects: syncObjects(view.sid),
  }
}

function properties(view: ChannelView): object {
  return {
    unique_name: view.uniqueName,
    friendly_name: view.friendlyName,
    attributes: view.attributes,
    type: view.type,
    created_by: view.createdBy,
    date_created: isoDate(view.createdAt),
    date_updated: isoDate(view.updatedAt),
    ...membership(view),
    messages_count: view.messagesCount,
  }
}

function membership({ status, notificationLevel }: ChannelView): object {
  return { status: status ?? 'notParticipating', notification_level: notificationLevel ?? 'default' }
}

function objectNames(sid: string): object {
  return { channel: `${sid}.channel`, messages: `${sid}.messages`, roster: `${sid}.roster` }
}

function syncObjects(sid: string): object {
  return { conversation: `${sid}.channel`, messages: `${sid}.messages`, participants: `${sid}.roster` }
}

export function channelLinks(sid: string, urls: Urls): object {
  const url = urls.conversation(sid)
  return { messages: `${url}/Messages`, participants: `${url}/Participants`, invites: `${url}/Invites` }
}
