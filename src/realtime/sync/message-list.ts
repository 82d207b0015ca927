// Messages as items of the channel's list (realtime-protocol.md §6.3): the list index is the message index.
import { mediaOf } from '../../chat/media.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Message, MessageMedia } from '../../store/messages.ts'
import type { Item } from './items.ts'

export function messageItem(message: Message): Item {
  return {
    key: message.messageIndex,
    data: messageData(message),
    createdEvent: message.createdEvent,
    lastEvent: message.lastEvent,
    deleted: message.deleted === 1,
    createdAt: message.createdAt,
    updatedAt: message.updatedAt,
  }
}

/** Always whole: what is missing in an update would count as changed. */
function messageData(message: Message): object {
  return {
    sid: message.sid,
    author: message.author,
    ...(message.memberSid !== null && { memberSid: message.memberSid }),
    text: message.body,
    attributes: message.attributes,
    timestamp: isoDate(message.createdAt),
    dateUpdated: isoDate(message.updatedAt),
    ...(message.lastUpdatedBy !== null && { lastUpdatedBy: message.lastUpdatedBy }),
    ...mediaData(mediaOf(message)),
  }
}

/**
 * The chat SDKs read `media`, which is the first, the conversations SDKs the list. With its category: without it those
 * SDKs take the next update of the message for a change of its media once they have fetched it.
 */
function mediaData(medias: MessageMedia[]): object {
  const [media] = medias
  return media ? { type: 'media', media, medias } : { type: 'text' }
}
