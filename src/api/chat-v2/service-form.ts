// The form that changes a service: its names on the wire and in the domain (rest-v2.md §2.2).
import { errors } from '../../chat/errors.ts'
import type { NotificationChange } from '../../chat/notification-settings.ts'
import type { ServiceChange } from '../../chat/service-settings.ts'
import { boolean, clearableText, type FieldValues, integer, oneOf, sid, text } from '../http/fields.ts'
import { WEBHOOK_EVENTS } from './filters.ts'

export const serviceForm = {
  FriendlyName: text.optional,
  DefaultServiceRoleSid: sid('RL', errors.deploymentRoleNotFound).optional,
  DefaultChannelRoleSid: sid('RL', errors.channelRoleNotFound).optional,
  DefaultChannelCreatorRoleSid: sid('RL', errors.channelCreatorRoleNotFound).optional,
  ReadStatusEnabled: boolean.optional,
  ReachabilityEnabled: boolean.optional,
  TypingIndicatorTimeout: integer(errors.invalidTypingIndicator).optional,
  ConsumptionReportInterval: integer(errors.invalidConsumptionInterval).optional,
  'Notifications.NewMessage.Enabled': boolean.optional,
  'Notifications.NewMessage.Template': text.optional,
  'Notifications.NewMessage.Sound': text.optional,
  'Notifications.NewMessage.BadgeCountEnabled': boolean.optional,
  'Notifications.AddedToChannel.Enabled': boolean.optional,
  'Notifications.AddedToChannel.Template': text.optional,
  'Notifications.AddedToChannel.Sound': text.optional,
  'Notifications.RemovedFromChannel.Enabled': boolean.optional,
  'Notifications.RemovedFromChannel.Template': text.optional,
  'Notifications.RemovedFromChannel.Sound': text.optional,
  'Notifications.InvitedToChannel.Enabled': boolean.optional,
  'Notifications.InvitedToChannel.Template': text.optional,
  'Notifications.InvitedToChannel.Sound': text.optional,
  'Notifications.LogEnabled': boolean.optional,
  PreWebhookUrl: clearableText,
  PostWebhookUrl: clearableText,
  WebhookMethod: oneOf(['GET', 'POST'], errors.invalidWebhookMethod).optional,
  WebhookFilters: oneOf(WEBHOOK_EVENTS, errors.invalidWebhookFormat).optionalList,
  'Limits.ChannelMembers': integer(errors.invalidChannelMembersLimit).optional,
  'Limits.UserChannels': integer(errors.invalidUserChannelsLimit).optional,
  'Media.CompatibilityMessage': text.optional,
  PreWebhookRetryCount: integer(errors.invalidWebhookRetryCount).optional,
  PostWebhookRetryCount: integer(errors.invalidWebhookRetryCount).optional,
}

type Form = FieldValues<typeof serviceForm>

export function toServiceChange(form: Form): ServiceChange {
  return {
    friendlyName: form.FriendlyName,
    defaultServiceRoleSid: form.DefaultServiceRoleSid,
    defaultChannelRoleSid: form.DefaultChannelRoleSid,
    defaultChannelCreatorRoleSid: form.DefaultChannelCreatorRoleSid,
    readStatusEnabled: toFlag(form.ReadStatusEnabled),
    reachabilityEnabled: toFlag(form.ReachabilityEnabled),
    typingIndicatorTimeout: form.TypingIndicatorTimeout,
    consumptionReportInterval: form.ConsumptionReportInterval,
    preWebhookUrl: form.PreWebhookUrl,
    postWebhookUrl: form.PostWebhookUrl,
    webhookMethod: form.WebhookMethod,
    webhookFilters: form.WebhookFilters,
    channelMembersLimit: form['Limits.ChannelMembers'],
    userChannelsLimit: form['Limits.UserChannels'],
    mediaCompatibilityMessage: form['Media.CompatibilityMessage'],
    preWebhookRetryCount: form.PreWebhookRetryCount,
    postWebhookRetryCount: form.PostWebhookRetryCount,
    notifications: toNotificationChange(form),
  }
}

function toNotificationChange(form: Form): NotificationChange {
  return {
    logEnabled: form['Notifications.LogEnabled'],
    newMessage: {
      enabled: form['Notifications.NewMessage.Enabled'],
      template: form['Notifications.NewMessage.Template'],
      sound: form['Notifications.NewMessage.Sound'],
      badgeCountEnabled: form['Notifications.NewMessage.BadgeCountEnabled'],
    },
    addedToChannel: {
      enabled: form['Notifications.AddedToChannel.Enabled'],
      template: form['Notifications.AddedToChannel.Template'],
      sound: form['Notifications.AddedToChannel.Sound'],
    },
    removedFromChannel: {
      enabled: form['Notifications.RemovedFromChannel.Enabled'],
      template: form['Notifications.RemovedFromChannel.Template'],
      sound: form['Notifications.RemovedFromChannel.Sound'],
    },
    invitedToChannel: {
      enabled: form['Notifications.InvitedToChannel.Enabled'],
      template: form['Notifications.InvitedToChannel.Template'],
      sound: form['Notifications.InvitedToChannel.Sound'],
    },
  }
}

function toFlag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value)
}
