// Push notifications as the SDKs of Conversations parse them: the same under other names.
import type { Notification, PushDialect, PushFacts, PushType } from '../../chat/push-dialect.ts'
import { apsOf, asTexts, BADGE_TYPE, templateVariables } from '../chat-v2/push-dialect.ts'

const DEFAULT_TEMPLATES: Record<PushType, string> = {
  new_message: '${CONVERSATION};${PARTICIPANT}: ${MESSAGE}',
  added_to_channel: 'You have been added to the conversation ${CONVERSATION} by ${PARTICIPANT}',
  invited_to_channel: '${PARTICIPANT} has invited you to join the conversation ${CONVERSATION}',
  removed_from_channel: '${PARTICIPANT} has removed you from the conversation ${CONVERSATION}',
}
const MEDIA_TEMPLATE = 'You have a new message in ${CONVERSATION} with ${MEDIA_COUNT} media files: ${MEDIA}'

const TYPES: Record<Notification['type'], string> = {
  new_message: 'twilio.conversations.new_message',
  added_to_channel: 'twilio.conversations.added_to_conversation',
  // No Conversations SDK asks for this one, and none has a name for it.
  invited_to_channel: 'twilio.conversations.invited_to_conversation',
  removed_from_channel: 'twilio.conversations.removed_from_conversation',
  badge: BADGE_TYPE,
}

export const conversationsV1Push: PushDialect = {
  defaultTemplate: (type, { message }) =>
    type === 'new_message' && message && message.media.length > 0 ? MEDIA_TEMPLATE : DEFAULT_TEMPLATES[type],
  variables: templateVariables,
  apnsPayload: (n) => ({
    aps: apsOf(n),
    twi_message_type: TYPES[n.type],
    twi_message_id: n.sid,
    ...(n.facts && describe(n.facts)),
  }),
  dataPayload: (n) => ({
    twi_message_type: TYPES[n.type],
    twi_message_id: n.sid,
    twi_body: n.text,
    ...(n.sound !== null && { twi_sound: n.sound }),
    ...(n.facts && asTexts(describe(n.facts))),
  }),
}

function describe({ channel, message }: PushFacts): Record<string, string | number> {
  return {
    conversation_sid: channel.sid,
    conversation_title: channel.friendlyName ?? channel.uniqueName ?? channel.sid,
    ...(message && { message_sid: message.sid, message_index: message.index, author: message.author }),
    ...(message && message.media.length > 0 && describeMedia(message.media)),
  }
}

/** The SDKs read `media` from a text of JSON: the first file. */
function describeMedia(media: NonNullable<PushFacts['message']>['media']): Record<string, string | number> {
  const [first] = media
  if (!first) return {}
  const { sid, filename, contentType, size } = first
  return {
    media_count: media.length,
    media: JSON.stringify({ sid, filename, content_type: contentType, size }),
  }
}
