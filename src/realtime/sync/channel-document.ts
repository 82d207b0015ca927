// The channel document (realtime-protocol.md §6.2).

import { isoDate } from '../../lib/iso-date.ts'
import { sidTime } from '../../lib/sid.ts'
import type { Channel } from '../../store/channels.ts'
import type { SyncEvent } from './items.ts'
import { type SyncObject, syncSidOf } from './objects.ts'

/** Always whole, and without anything that differs between users. */
export function channelDocument(channel: Channel): object {
  return {
    sid: channel.sid,
    type: channel.type,
    uniqueName: channel.uniqueName,
    friendlyName: channel.friendlyName,
    attributes: channel.attributes,
    createdBy: channel.createdBy,
    dateCreated: isoDate(channel.createdAt),
    dateUpdated: isoDate(channel.updatedAt),
    messages: `${channel.sid}.messages`,
    roster: `${channel.sid}.roster`,
    lastMessage: lastMessage(channel),
    // Not the channel's date, which may be edited: for SDKs the state would have changed.
    state: { current: 'active', dateUpdated: isoDate(sidTime(channel.sid)) },
  }
}

export function documentUpdated(channel: Channel, at: number): SyncEvent {
  return {
    event_type: 'document_updated',
    event: {
      id: channel.documentEvent,
      document_sid: syncSidOf(documentOf(channel)),
      document_revision: String(channel.documentEvent),
      document_data: channelDocument(channel),
      date_created: isoDate(at),
      created_by: 'system',
    },
  }
}

export function documentOf({ sid }: Pick<Channel, 'sid'>): SyncObject {
  return { kind: 'channel', sid }
}

/** An explicit null clears what the client knows. */
function lastMessage({ lastMessageIndex, lastMessageAt }: Channel): object | null {
  if (lastMessageIndex === null || lastMessageAt === null) return null
  return { index: lastMessageIndex, timestamp: isoDate(lastMessageAt) }
}
