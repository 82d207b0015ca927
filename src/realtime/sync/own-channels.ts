// "The user's channels" (realtime-protocol.md §6.1): the channels that a user is in or invited to.
import type { ChannelType } from '../../store/channels.ts'
import type { UserChannel } from '../../store/user-channels.ts'
import type { Item } from './items.ts'

export type OwnChannel = UserChannel & { type: ChannelType | null; lastReadIndex: number | null }

/** `at` is when it changed, in milliseconds; the rows do not keep that. */
export function ownChannelItem(own: OwnChannel, at: number): Item {
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
