// What a service can be set to, and the values it starts with (rest-v2.md §2.2).
import type { Service } from '../store/services.ts'
import { type ChatError, errors } from './errors.ts'
import type { Limits } from './limits.ts'
import { checkNotifications, type NotificationChange, noNotifications } from './notification-settings.ts'
import { isLongerThan, isWebUrl } from './values.ts'

type Settings = Omit<
  Service,
  | 'sid'
  | 'accountSid'
  | 'friendlyName'
  | 'defaultServiceRoleSid'
  | 'defaultChannelRoleSid'
  | 'defaultChannelCreatorRoleSid'
  | 'deleted'
  | 'createdAt'
  | 'updatedAt'
>

/** Undefined members stay as they are. `webhookFilters` are the event names of the facade that set them. */
export type ServiceChange = Partial<
  Omit<
    Service,
    'sid' | 'accountSid' | 'webhookFilters' | 'notifications' | 'deleted' | 'createdAt' | 'updatedAt'
  >
> & { webhookFilters?: string[] | null; notifications?: NotificationChange }

export const defaultSettings: Settings = {
  readStatusEnabled: 1,
  reachabilityEnabled: 0,
  typingIndicatorTimeout: 5,
  consumptionReportInterval: 10,
  channelMembersLimit: 100,
  userChannelsLimit: 250,
  preWebhookUrl: null,
  postWebhookUrl: null,
  webhookMethod: null,
  webhookFilters: null,
  preWebhookRetryCount: 0,
  postWebhookRetryCount: 0,
  notifications: JSON.stringify(noNotifications),
  mediaSizeLimitMb: 150,
  mediaCompatibilityMessage: 'Media messages are not supported by your client',
}

/** Longest time in seconds that a timer setting may hold: a day. */
const MAX_SECONDS = 86_400

/** The change as columns. Throws the error of the first value that is wrong. */
export function checkSettings(current: Service, change: ServiceChange, limits: Limits): Partial<Service> {
  const { webhookFilters, notifications, ...columns } = change
  requireRange(change.typingIndicatorTimeout, 1, MAX_SECONDS, errors.invalidTypingIndicator)
  requireRange(change.consumptionReportInterval, 1, MAX_SECONDS, errors.invalidConsumptionInterval)
  requireRange(change.channelMembersLimit, 1, limits.channelMembers, errors.invalidChannelMembersLimit)
  requireRange(change.userChannelsLimit, 1, limits.userChannels, errors.invalidUserChannelsLimit)
  requireRange(change.preWebhookRetryCount, 0, limits.webhookRetries, errors.invalidWebhookRetryCount)
  requireRange(change.postWebhookRetryCount, 0, limits.webhookRetries, errors.invalidWebhookRetryCount)
  requireUrl(change.preWebhookUrl, limits, errors.invalidPreWebhookUrl)
  requireUrl(change.postWebhookUrl, limits, errors.invalidPostWebhookUrl)
  return {
    ...columns,
    webhookFilters: webhookFilters && JSON.stringify([...new Set(webhookFilters)]),
    notifications:
      notifications &&
      JSON.stringify(checkNotifications(JSON.parse(current.notifications), notifications, limits)),
  }
}

function requireRange(value: number | undefined, min: number, max: number, wrong: () => ChatError): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max)) throw wrong()
}

function requireUrl(url: string | null | undefined, limits: Limits, wrong: () => ChatError): void {
  if (url && (!isWebUrl(url) || isLongerThan(url, limits.webhookUrl))) throw wrong()
}
