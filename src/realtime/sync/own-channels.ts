// "The user's channels" (realtime-protocol.md §6.1): the channels that a user is in or invited to.
import type { UserChannelItem } from '../../store/user-channels.ts'
import type { Item } from './items.ts'

/** `at` is when it changed, in milliseconds; the rows do not keep that. */
export function ownChannelItem(own: UserChannelItem, at: number): Item {
  const { channelSid } = own
  return {
    key: channelSid,
    data: {
      status: own.status,
      channel: `${channelSid}.channel`,
      messages: `${channelSid}.messages`,
      roster: `${channelSid}.roster`,
      ...(own.type !== null && { type: own.type }),
      lastConsumedMessageIndex: own.lastReadIndex,
      notificationLevel: own.notificationLevel,
    },
    createdEvent: own.createdEvent,
    lastEvent: own.lastEvent,
    deleted: own.deleted === 1,
    createdAt: at,
    updatedAt: at,
  }
}
