// The settings of a service, each with what it does.
import type { Service } from '../api/types.ts'
import type { RoleChoices } from '../explore/role-choices.ts'
import type { Choice, FieldSpec, Value, Values } from '../parts/fields.tsx'
import { notificationFields, notificationValues } from './notification-fields.ts'

export type SettingGroup = { title: string; fields: readonly FieldSpec[] }

const EVENTS = [
  'onMessageSend',
  'onMessageUpdate',
  'onMessageRemove',
  'onMediaMessageSend',
  'onChannelAdd',
  'onChannelUpdate',
  'onChannelDestroy',
  'onMemberAdd',
  'onMemberUpdate',
  'onMemberRemove',
  'onUserUpdate',
  'onMessageSent',
  'onMessageUpdated',
  'onMessageRemoved',
  'onMediaMessageSent',
  'onChannelAdded',
  'onChannelUpdated',
  'onChannelDestroyed',
  'onMemberAdded',
  'onMemberUpdated',
  'onMemberRemoved',
  'onUserAdded',
  'onUserUpdated',
]

const asChoices = (values: readonly string[]): Choice[] => values.map((value) => ({ value, label: value }))

export function settingGroups(inService: RoleChoices, inChannels: RoleChoices): readonly SettingGroup[] {
  return [general, rolesOf(inService, inChannels), reading, limits, webhooks, notificationFields]
}

const general: SettingGroup = {
  title: 'General',
  fields: [{ name: 'FriendlyName', label: 'Name', required: true }],
}

function rolesOf(inService: RoleChoices, inChannels: RoleChoices): SettingGroup {
  const role = (name: string, label: string, hint: string, { choices }: RoleChoices): FieldSpec => ({
    name,
    label,
    hint,
    kind: 'choice',
    choices,
    required: true,
  })
  return {
    title: 'Default roles',
    fields: [
      role('DefaultServiceRoleSid', 'New users', 'What they may do in the service', inService),
      role('DefaultChannelRoleSid', 'New members', 'What they may do in their channel', inChannels),
      role('DefaultChannelCreatorRoleSid', 'Who makes a channel', 'Their role in that channel', inChannels),
    ],
  }
}

const reading: SettingGroup = {
  title: 'Reading and presence',
  fields: [
    {
      name: 'ReadStatusEnabled',
      label: 'Read status',
      hint: 'Clients tell how far their user has read, and see it of others',
      kind: 'switch',
    },
    {
      name: 'ReachabilityEnabled',
      label: 'Reachability',
      hint: 'Users show as online and offline, and whether push reaches them',
      kind: 'switch',
    },
    {
      name: 'TypingIndicatorTimeout',
      label: 'Typing ends after',
      hint: 'Seconds without a key press after which "is typing" goes away',
      kind: 'number',
      min: 1,
    },
    {
      name: 'ConsumptionReportInterval',
      label: 'Read status is sent every',
      hint: 'Seconds; clients collect what was read in between',
      kind: 'number',
      min: 1,
    },
  ],
}

const limits: SettingGroup = {
  title: 'Limits',
  fields: [
    { name: 'Limits.ChannelMembers', label: 'Members of a channel', hint: 'At most', kind: 'number', min: 1 },
    { name: 'Limits.UserChannels', label: 'Channels of a user', hint: 'At most', kind: 'number', min: 1 },
    {
      name: 'Media.CompatibilityMessage',
      label: 'Text in place of files',
      hint: 'What clients without media show for a message with a file',
    },
  ],
}

const webhooks: SettingGroup = {
  title: 'Webhooks',
  fields: [
    {
      name: 'PreWebhookUrl',
      label: 'Pre-event URL',
      hint: 'Asked before something happens; its answer can change or refuse it. Empty turns it off',
      placeholder: 'https://…',
    },
    {
      name: 'PostWebhookUrl',
      label: 'Post-event URL',
      hint: 'Told after something has happened. Empty turns it off',
      placeholder: 'https://…',
    },
    {
      name: 'WebhookMethod',
      label: 'Method',
      kind: 'choice',
      choices: asChoices(['POST', 'GET']),
      required: true,
    },
    {
      name: 'WebhookFilters',
      label: 'Events',
      hint: 'Only these are sent: forms like onMessageSend before, forms like onMessageSent after',
      kind: 'choices',
      choices: asChoices(EVENTS),
    },
    {
      name: 'PreWebhookRetryCount',
      label: 'Tries of a pre-event',
      hint: 'How often it is asked again when there is no answer',
      kind: 'number',
      min: 0,
      max: 3,
    },
    {
      name: 'PostWebhookRetryCount',
      label: 'Tries of a post-event',
      hint: 'How often it is sent again when there is no answer',
      kind: 'number',
      min: 0,
      max: 3,
    },
  ],
}

export function settingValues(service: Service): Values {
  const or = (value: Value | null, empty: Value): Value => value ?? empty
  return {
    FriendlyName: service.friendly_name,
    DefaultServiceRoleSid: service.default_service_role_sid,
    DefaultChannelRoleSid: service.default_channel_role_sid,
    DefaultChannelCreatorRoleSid: service.default_channel_creator_role_sid,
    ReadStatusEnabled: service.read_status_enabled,
    ReachabilityEnabled: service.reachability_enabled,
    TypingIndicatorTimeout: service.typing_indicator_timeout,
    ConsumptionReportInterval: service.consumption_report_interval,
    'Limits.ChannelMembers': service.limits.channel_members,
    'Limits.UserChannels': service.limits.user_channels,
    'Media.CompatibilityMessage': service.media.compatibility_message,
    PreWebhookUrl: or(service.pre_webhook_url, ''),
    PostWebhookUrl: or(service.post_webhook_url, ''),
    WebhookMethod: or(service.webhook_method, 'POST'),
    WebhookFilters: or(service.webhook_filters, []),
    PreWebhookRetryCount: service.pre_webhook_retry_count,
    PostWebhookRetryCount: service.post_webhook_retry_count,
    ...notificationValues(service.notifications),
  }
}
