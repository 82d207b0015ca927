// A row of every type, with another value in each column, so that no two columns can be mixed up unseen.
import type { Sid } from '../../src/lib/sid.ts'
import type { Account, ApiKey } from '../../src/store/accounts.ts'
import type { Binding } from '../../src/store/bindings.ts'
import type { ChannelWebhook } from '../../src/store/channel-webhooks.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { Credential } from '../../src/store/credentials.ts'
import type { Delivery } from '../../src/store/deliveries.ts'
import type { Invite } from '../../src/store/invites.ts'
import type { Media } from '../../src/store/media.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import type { PushEvent } from '../../src/store/push-events.ts'
import type { Push } from '../../src/store/pushes.ts'
import type { Role } from '../../src/store/roles.ts'
import type { Service } from '../../src/store/services.ts'
import type { UserChannel } from '../../src/store/user-channels.ts'
import type { User } from '../../src/store/users.ts'

/** Counts up, so that no value is given twice; `big` is beyond what 32 bits hold. */
let counter = 100
const number = (): number => counter++
const big = (): number => 2 ** 40 + counter++
/** Of a message: beyond what 32 bits hold with a sign. */
const index = (): number => 2 ** 31 + counter++
const text = (): string => `text ${counter++} “ü” 🙂 '"\\`
const flag = 0
const sid = <Prefix extends string>(prefix: Prefix): Sid<Prefix> =>
  `${prefix}${(counter++).toString(16).padStart(32, 'f')}`

export const fullAccount = (): Account => ({ sid: sid('AC'), authToken: text(), createdAt: big() })

export const fullApiKey = (): ApiKey => {
  return { sid: sid('SK'), accountSid: sid('AC'), secret: text(), createdAt: big() }
}

export const fullCredential = (): Credential => ({
  sid: sid('CR'),
  accountSid: sid('AC'),
  type: 'apn',
  friendlyName: text(),
  sandbox: number(),
  certificate: text(),
  privateKey: text(),
  apiKey: text(),
  secret: text(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullService = (): Service => ({
  sid: sid('IS'),
  accountSid: sid('AC'),
  friendlyName: text(),
  defaultServiceRoleSid: sid('RL'),
  defaultChannelRoleSid: sid('RL'),
  defaultChannelCreatorRoleSid: sid('RL'),
  readStatusEnabled: number(),
  reachabilityEnabled: number(),
  typingIndicatorTimeout: number(),
  consumptionReportInterval: number(),
  channelMembersLimit: number(),
  userChannelsLimit: number(),
  preWebhookUrl: text(),
  postWebhookUrl: text(),
  webhookMethod: text(),
  webhookFilters: text(),
  preWebhookRetryCount: number(),
  postWebhookRetryCount: number(),
  notifications: text(),
  mediaSizeLimitMb: number(),
  mediaCompatibilityMessage: text(),
  deleted: flag,
  createdAt: big(),
  updatedAt: big(),
})

export const fullRole = (): Role => ({
  sid: sid('RL'),
  serviceSid: sid('IS'),
  type: 'channel',
  friendlyName: text(),
  permissions: text(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullUser = (): User => ({
  sid: sid('US'),
  serviceSid: sid('IS'),
  identity: text(),
  friendlyName: text(),
  attributes: text(),
  roleSid: sid('RL'),
  isOnline: number(),
  isNotifiable: number(),
  joinedChannelsCount: number(),
  channelsEvent: big(),
  infoEvent: big(),
  friendlyNameEvent: big(),
  attributesEvent: big(),
  reachabilityEvent: big(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullChannel = (): Channel => ({
  sid: sid('CH'),
  serviceSid: sid('IS'),
  number: number(),
  uniqueName: text(),
  friendlyName: text(),
  attributes: text(),
  type: 'private',
  createdBy: text(),
  messagingServiceSid: text(),
  membersCount: number(),
  messagesCount: number(),
  nextMessageIndex: big(),
  lastMessageSid: sid('IM'),
  lastMessageIndex: big(),
  lastMessageAt: big(),
  documentEvent: big(),
  messagesEvent: big(),
  rosterEvent: big(),
  deleted: flag,
  createdAt: big(),
  updatedAt: big(),
})

export const fullMember = (): Member => ({
  sid: sid('MB'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  userSid: sid('US'),
  identity: text(),
  roleSid: sid('RL'),
  attributes: text(),
  lastReadIndex: big(),
  lastReadAt: big(),
  createdEvent: big(),
  lastEvent: big(),
  deleted: flag,
  createdAt: big(),
  updatedAt: big(),
})

export const fullUserChannel = (): UserChannel => ({
  userSid: sid('US'),
  channelSid: sid('CH'),
  status: 'invited',
  notificationLevel: 'muted',
  createdEvent: big(),
  lastEvent: big(),
  deleted: 1,
})

export const fullMessage = (): Message => ({
  sid: sid('IM'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  messageIndex: index(),
  author: text(),
  memberSid: sid('MB'),
  body: text(),
  attributes: text(),
  media: text(),
  wasEdited: number(),
  lastUpdatedBy: text(),
  createdEvent: big(),
  lastEvent: big(),
  deleted: flag,
  createdAt: big(),
  updatedAt: big(),
})

export const fullInvite = (): Invite => ({
  sid: sid('IN'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  userSid: sid('US'),
  identity: text(),
  roleSid: sid('RL'),
  createdBy: text(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullBinding = (): Binding => ({
  sid: sid('BS'),
  serviceSid: sid('IS'),
  userSid: sid('US'),
  identity: text(),
  endpoint: text(),
  credentialSid: sid('CR'),
  bindingType: 'gcm',
  address: text(),
  messageTypes: text(),
  dialect: 'conversations',
  badge: number(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullChannelWebhook = (): ChannelWebhook => ({
  sid: sid('WH'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  type: 'trigger',
  url: text(),
  method: text(),
  filters: text(),
  triggers: text(),
  flowSid: text(),
  retryCount: number(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullMedia = (): Media => ({
  sid: sid('ME'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  messageSid: sid('IM'),
  author: text(),
  filename: text(),
  contentType: text(),
  category: 'history',
  size: big(),
  uploadedAt: big(),
  discarded: flag,
  createdAt: big(),
  updatedAt: big(),
})

export const fullDelivery = (): Delivery => ({
  sid: sid('WD'),
  accountSid: sid('AC'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  webhookSid: sid('WH'),
  event: text(),
  lane: text(),
  seq: big(),
  target: text(),
  url: text(),
  method: 'GET',
  parameters: text(),
  idempotencyToken: text(),
  retryLimit: number(),
  state: 'delivered',
  attempts: number(),
  retries: number(),
  lastAttemptAt: big(),
  durationMs: number(),
  responseStatus: number(),
  responseBody: text(),
  error: text(),
  createdAt: big(),
  updatedAt: big(),
})

export const fullPushEvent = (): PushEvent => ({
  sid: sid('PE'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  userSid: sid('US'),
  type: text(),
  rosterEvent: big(),
  facts: text(),
  position: text(),
  createdAt: big(),
})

export const fullPush = (): Push => ({
  sid: sid('RU'),
  accountSid: sid('AC'),
  serviceSid: sid('IS'),
  channelSid: sid('CH'),
  eventSid: sid('PE'),
  type: text(),
  bindingSid: sid('BS'),
  bindingType: text(),
  identity: text(),
  credentialSid: sid('CR'),
  lane: text(),
  seq: big(),
  target: text(),
  payload: text(),
  logged: number(),
  state: 'failed',
  attempts: number(),
  lastAttemptAt: big(),
  durationMs: number(),
  responseStatus: number(),
  reason: text(),
  errorCode: number(),
  createdAt: big(),
  updatedAt: big(),
})
