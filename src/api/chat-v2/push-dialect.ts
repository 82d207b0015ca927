// Push notifications as the SDKs of Programmable Chat parse them (rest-v2.md §5.1, §5.4).
import type {
  Notification,
  PushDialect,
  PushedMessage,
  PushFacts,
  PushType,
} from '../../chat/push-dialect.ts'

const DEFAULT_TEMPLATES: Record<PushType, string> = {
  new_message: '${CHANNEL};${USER}: ${MESSAGE}',
  added_to_channel: 'You have been added to channel ${CHANNEL} by ${USER}',
  invited_to_channel: '${USER} has invited you to join the channel ${CHANNEL}',
  removed_from_channel: '${USER} has removed you from the channel ${CHANNEL}',
}
/** What tells a device of a badge alone. */
export const BADGE_TYPE = 'twilio.channel.consumption_update'

export const chatV2Push: PushDialect = {
  defaultTemplate: (type) => DEFAULT_TEMPLATES[type],
  variables: templateVariables,
  apnsPayload: (n) => ({
    aps: apsOf(n),
    twi_message_type: typeOf(n),
    twi_message_id: n.sid,
    ...(n.facts && describe(n.facts)),
  }),
  dataPayload: (n) => ({
    twi_message_type: typeOf(n),
    twi_message_id: n.sid,
    twi_body: n.text,
    ...(n.sound !== null && { twi_sound: n.sound }),
    ...(n.facts && withOldNames(asTexts(describe(n.facts)))),
  }),
}

/** A template can be written with the names of either product: it belongs to the service, not to a device. */
export function templateVariables({ channel, actor, message }: PushFacts): Record<string, string> {
  const user = actor.friendlyName ?? actor.identity
  const byUniqueName = channel.uniqueName ?? channel.friendlyName ?? channel.sid
  const byFriendlyName = channel.friendlyName ?? channel.uniqueName ?? channel.sid
  const userSid = actor.sid ?? actor.identity
  return {
    USER: user,
    USER_FRIENDLY_NAME: user,
    USER_IDENTITY: user,
    USER_SID: userSid,
    CHANNEL: byUniqueName,
    CHANNEL_UNIQUE_NAME: byUniqueName,
    CHANNEL_FRIENDLY_NAME: byFriendlyName,
    CHANNEL_SID: channel.sid,
    ...(message && { MESSAGE: message.body }),
    PARTICIPANT: user,
    PARTICIPANT_FRIENDLY_NAME: user,
    PARTICIPANT_IDENTITY: user,
    PARTICIPANT_SID: userSid,
    CONVERSATION: byUniqueName,
    CONVERSATION_UNIQUE_NAME: byUniqueName,
    CONVERSATION_FRIENDLY_NAME: byFriendlyName,
    CONVERSATION_SID: channel.sid,
    ...(message && mediaVariables(message)),
  }
}

/** The SDKs fail on an `aps` without `alert`, and take an empty one for none. */
export function apsOf({ text, sound, badge }: Notification): object {
  return { alert: text, ...(sound !== null && { sound }), ...(badge !== null && { badge }) }
}

/** FCM carries nothing but texts. */
export function asTexts(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

function typeOf({ type }: Notification): string {
  return type === 'badge' ? BADGE_TYPE : `twilio.channel.${type}`
}

function describe({ channel, message }: PushFacts): Record<string, string | number> {
  return {
    channel_sid: channel.sid,
    channel_title: channel.friendlyName ?? channel.uniqueName ?? channel.sid,
    ...(message && { message_sid: message.sid, message_index: message.index, author: message.author }),
  }
}

/** Apps written against early versions read these. */
function withOldNames(data: Record<string, string>): Record<string, string> {
  const { channel_sid, message_sid } = data
  return {
    ...data,
    ...(channel_sid !== undefined && { channel_id: channel_sid }),
    ...(message_sid !== undefined && { message_id: message_sid }),
  }
}

function mediaVariables({ media }: PushedMessage): Record<string, string> {
  return { MEDIA_COUNT: String(media.length), MEDIA: media[0]?.filename ?? '' }
}
