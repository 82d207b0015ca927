import type { NotificationSetting, NotificationSettings } from '../../chat/notification-settings.ts'
import {
  createService as create,
  fetchService as fetch,
  listServices as list,
  deleteService as remove,
  updateService as update,
} from '../../chat/services.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Service } from '../../store/services.ts'
import { text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import {
  booleanSchema,
  dateTime,
  integerSchema,
  links,
  nullable,
  object,
  resource,
  sidSchema,
  string,
  strings,
  uri,
} from '../http/resource.ts'
import { serviceForm, toServiceChange } from './service-form.ts'
import { serviceUrl } from './urls.ts'

const service = resource(
  'Service',
  {
    sid: sidSchema('IS'),
    account_sid: sidSchema('AC'),
    friendly_name: string,
    date_created: dateTime,
    date_updated: dateTime,
    default_service_role_sid: sidSchema('RL'),
    default_channel_role_sid: sidSchema('RL'),
    default_channel_creator_role_sid: sidSchema('RL'),
    read_status_enabled: booleanSchema,
    reachability_enabled: booleanSchema,
    typing_indicator_timeout: integerSchema,
    consumption_report_interval: integerSchema,
    limits: object,
    pre_webhook_url: nullable(string),
    post_webhook_url: nullable(string),
    webhook_method: nullable(string),
    webhook_filters: nullable(strings),
    pre_webhook_retry_count: integerSchema,
    post_webhook_retry_count: integerSchema,
    notifications: object,
    media: object,
    url: uri,
    links,
  },
  (s: Service, context) => {
    const url = serviceUrl(context, s.sid)
    return {
      sid: s.sid,
      account_sid: s.accountSid,
      friendly_name: s.friendlyName,
      date_created: formatSeconds(s.createdAt),
      date_updated: formatSeconds(s.updatedAt),
      default_service_role_sid: s.defaultServiceRoleSid,
      default_channel_role_sid: s.defaultChannelRoleSid,
      default_channel_creator_role_sid: s.defaultChannelCreatorRoleSid,
      read_status_enabled: s.readStatusEnabled === 1,
      reachability_enabled: s.reachabilityEnabled === 1,
      typing_indicator_timeout: s.typingIndicatorTimeout,
      consumption_report_interval: s.consumptionReportInterval,
      limits: { channel_members: s.channelMembersLimit, user_channels: s.userChannelsLimit },
      pre_webhook_url: s.preWebhookUrl,
      post_webhook_url: s.postWebhookUrl,
      webhook_method: s.webhookMethod,
      webhook_filters: s.webhookFilters && JSON.parse(s.webhookFilters),
      pre_webhook_retry_count: s.preWebhookRetryCount,
      post_webhook_retry_count: s.postWebhookRetryCount,
      notifications: presentNotifications(JSON.parse(s.notifications)),
      media: { size_limit_mb: s.mediaSizeLimitMb, compatibility_message: s.mediaCompatibilityMessage },
      url,
      links: {
        channels: `${url}/Channels`,
        users: `${url}/Users`,
        roles: `${url}/Roles`,
        bindings: `${url}/Bindings`,
      },
    }
  },
)

/** Members that have never been set are not shown (rest-v2.md §2.2). */
function presentNotifications(settings: NotificationSettings): object {
  return {
    log_enabled: settings.logEnabled,
    new_message: presentNotification(settings.newMessage),
    added_to_channel: presentNotification(settings.addedToChannel),
    removed_from_channel: presentNotification(settings.removedFromChannel),
    invited_to_channel: presentNotification(settings.invitedToChannel),
  }
}

function presentNotification({ enabled, template, sound, badgeCountEnabled }: NotificationSetting): object {
  return { enabled, template, sound, badge_count_enabled: badgeCountEnabled }
}

export const createService = operation({
  id: 'CreateService',
  summary: 'Create a service with its four default roles',
  method: 'POST',
  path: '/v2/Services',
  status: 201,
  form: { FriendlyName: text },
  run: ({ chat, caller, form }) => create(chat, caller, { friendlyName: form.FriendlyName }),
  resource: service,
})

export const listServices = listOperation({
  id: 'ListService',
  summary: 'List the services of the account',
  path: '/v2/Services',
  key: 'services',
  maxPageSize: 100,
  tokens: sidTokens('IS'),
  run: ({ chat, caller, page }) => list(chat, caller, page),
  resource: service,
})

export const fetchService = operation({
  id: 'FetchService',
  summary: 'Fetch a service',
  method: 'GET',
  path: '/v2/Services/:Sid',
  status: 200,
  run: ({ chat, caller, path }) => fetch(chat, caller, path.Sid),
  resource: service,
})

export const updateService = operation({
  id: 'UpdateService',
  summary: 'Change the settings of a service',
  method: 'POST',
  path: '/v2/Services/:Sid',
  status: 200,
  form: serviceForm,
  async run({ chat, caller, path, form }) {
    return update(chat, caller, await fetch(chat, caller, path.Sid), toServiceChange(form))
  },
  resource: service,
})

export const deleteService = operation({
  id: 'DeleteService',
  summary: 'Delete a service with everything in it',
  method: 'DELETE',
  path: '/v2/Services/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    await remove(chat, caller, await fetch(chat, caller, path.Sid))
  },
})
