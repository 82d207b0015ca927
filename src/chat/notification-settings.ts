// A service's push notifications: which are sent, and with what text (rest-v2.md §5.1).
import { errors } from './errors.ts'
import type { Limits } from './limits.ts'
import { isLongerThan } from './values.ts'

/** Members that have never been set are absent. */
export type NotificationSetting = {
  enabled: boolean
  template?: string
  sound?: string
  badgeCountEnabled?: boolean
}

const NOTIFICATION_TYPES = ['newMessage', 'addedToChannel', 'removedFromChannel', 'invitedToChannel'] as const
export type NotificationType = (typeof NOTIFICATION_TYPES)[number]

export type NotificationSettings = Record<NotificationType, NotificationSetting> & { logEnabled: boolean }

export type NotificationChange = Partial<Record<NotificationType, Partial<NotificationSetting>>> & {
  logEnabled?: boolean
}

export const noNotifications: NotificationSettings = {
  logEnabled: false,
  newMessage: { enabled: false },
  addedToChannel: { enabled: false },
  removedFromChannel: { enabled: false },
  invitedToChannel: { enabled: false },
}

/** `current` with the change. Throws notificationTemplateTooLong, notificationSoundTooLong. */
export function checkNotifications(
  current: NotificationSettings,
  change: NotificationChange,
  limits: Limits,
): NotificationSettings {
  const result: NotificationSettings = { ...current, logEnabled: change.logEnabled ?? current.logEnabled }
  for (const type of NOTIFICATION_TYPES) {
    const given = change[type]
    if (!given) continue
    if (isLongerThan(given.template ?? '', limits.notificationTemplate))
      throw errors.notificationTemplateTooLong()
    if (isLongerThan(given.sound ?? '', limits.notificationSound)) throw errors.notificationSoundTooLong()
    result[type] = merge(current[type], given)
  }
  return result
}

/** Empty texts count as never set. */
function merge(current: NotificationSetting, given: Partial<NotificationSetting>): NotificationSetting {
  const merged = { ...current }
  if (given.enabled !== undefined) merged.enabled = given.enabled
  if (given.badgeCountEnabled !== undefined) merged.badgeCountEnabled = given.badgeCountEnabled
  for (const text of ['template', 'sound'] as const) {
    if (given[text]) merged[text] = given[text]
    else if (given[text] === '') delete merged[text]
  }
  return merged
}
