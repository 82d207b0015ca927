// "The user's channels" (realtime-protocol.md §6.1): the channels that a user is in or invited to.
import type { ChannelType } from '../../store/channels.ts'
import type { UserChannel } from '../../store/user-channels.ts'
import type { Item } from './items.ts'
import { syncSidOf } from './objects.ts'

export type OwnChannel = UserChannel & { type: ChannelType | null; lastReadIndex: number | null }

/** `at` is when it changed, in milliseconds; the rows do not keep that. */
export function ownChannelItem(own: OwnChannel, at: number): Item {
  const { channelSid } = own
  return {
    key: channelSid,
    data: {
      status: own.status,
      channel: syncSidOf({ kind: 'channel', sid: channelSid }),
      messages: syncSidOf({ kind: 'messages', sid: channelSid }),
      roster: syncSidOf({ kind: 'roster', sid: channelSid }),
      ...(own.type !== null && { type: own.type }),
      lastConsumedMessageIndex: own.lastReadIndex,
      notificationLevel: own.notificationLevel,
    },
    createdEvent: own.createdEvent,
    lastEvent: own.lastEvent,
    deleted: own.deleted === 1,
    updatedAt: at,
  }
}
