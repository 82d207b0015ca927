// Push notifications as one product's SDKs want them: texts, names, payloads. Each facade brings its own;
// app.ts hands them to delivery.
import type { Sid } from '../lib/sid.ts'
import type { MessageMedia } from '../store/messages.ts'
import type { NotificationType } from './notification-settings.ts'

export const PUSH_TYPES = [
  'removed_from_channel',
  'new_message',
  'added_to_channel',
  'invited_to_channel',
] as const
export type PushType = (typeof PUSH_TYPES)[number]

/** Whose SDK registered a device. */
export type PushDialectName = 'chat' | 'conversations'

/** Which of a service's settings a type goes by. */
export const settingOf: Record<PushType, NotificationType> = {
  new_message: 'newMessage',
  added_to_channel: 'addedToChannel',
  invited_to_channel: 'invitedToChannel',
  removed_from_channel: 'removedFromChannel',
}

export type PushedMessage = {
  sid: Sid<'IM'>
  index: number
  author: string
  /** No longer than a notification can be. */
  body: string
  media: readonly MessageMedia[]
}

export type PushFacts = {
  channel: { sid: Sid<'CH'>; uniqueName: string | null; friendlyName: string | null }
  /** Who did it: the author of a message, whoever added or removed. */
  actor: { identity: string; sid: Sid<'US'> | null; friendlyName: string | null }
  message: PushedMessage | null
}

export type Notification = { sid: Sid<'RU'>; sound: string | null; badge: number | null } & (
  | { type: PushType; text: string; facts: PushFacts }
  /** A new number on the app's icon, without anything to read. */
  | { type: 'badge'; text: ''; facts: null }
)

export type PushDialect = {
  /** Where the service has set none. */
  defaultTemplate(type: PushType, facts: PushFacts): string
  /** What `${NAME}` stands for. */
  variables(facts: PushFacts): Readonly<Record<string, string>>
  /** The body of a request to APNs. */
  apnsPayload(notification: Notification): object
  /** The `data` of an FCM message; browsers get the same. */
  dataPayload(notification: Notification): Readonly<Record<string, string>>
}
