import {
  createWebhook as create,
  listWebhooks as list,
  deleteWebhook as remove,
  requireWebhook,
  updateWebhook as update,
} from '../../chat/channel-webhooks.ts'
import { requireChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { ChannelWebhook } from '../../store/channel-webhooks.ts'
import { type FieldValues, integer, oneOf, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, enumSchema, object, resource, sidSchema, uri } from '../http/resource.ts'
import { CHANNEL_WEBHOOK_EVENTS } from './filters.ts'
import { channelUrl } from './urls.ts'

const COLLECTION = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Webhooks'
const INSTANCE = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Webhooks/:Sid'
const TYPES = ['webhook', 'trigger', 'studio'] as const

const webhook = resource(
  'ChannelWebhook',
  {
    sid: sidSchema('WH'),
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    channel_sid: sidSchema('CH'),
    type: enumSchema(...TYPES),
    url: uri,
    configuration: object,
    date_created: dateTime,
    date_updated: dateTime,
  },
  (w: ChannelWebhook, context) => ({
    sid: w.sid,
    account_sid: context.accountSid,
    service_sid: w.serviceSid,
    channel_sid: w.channelSid,
    type: w.type,
    url: `${channelUrl(context, w)}/Webhooks/${w.sid}`,
    configuration: presentConfiguration(w),
    date_created: formatSeconds(w.createdAt),
    date_updated: formatSeconds(w.updatedAt),
  }),
)

function presentConfiguration(w: ChannelWebhook): object {
  if (w.type === 'studio') return { flow_sid: w.flowSid, retry_count: w.retryCount ?? undefined }
  const target = { url: w.url, method: w.method, retry_count: w.retryCount }
  if (w.type === 'webhook') return { ...target, filters: JSON.parse(w.filters ?? '[]') }
  return { ...target, triggers: JSON.parse(w.triggers ?? '[]') }
}

const changeForm = {
  'Configuration.Url': text.optional,
  'Configuration.Method': oneOf(['GET', 'POST'], errors.invalidWebhookMethod).optional,
  'Configuration.Filters': oneOf(CHANNEL_WEBHOOK_EVENTS, errors.invalidWebhookFilter).optionalList,
  'Configuration.Triggers': text.list,
  'Configuration.FlowSid': sid('FW', errors.invalidWebhookFlowSid).optional,
  'Configuration.RetryCount': integer(errors.invalidWebhookRetryCount).optional,
}

const toChange = (form: FieldValues<typeof changeForm>) => ({
  url: form['Configuration.Url'],
  method: form['Configuration.Method'],
  filters: form['Configuration.Filters'],
  triggers: form['Configuration.Triggers'].length > 0 ? form['Configuration.Triggers'] : undefined,
  flowSid: form['Configuration.FlowSid'],
  retryCount: form['Configuration.RetryCount'],
})

export const createChannelWebhook = operation({
  id: 'CreateChannelWebhook',
  summary: 'Create a webhook of a channel, at most five',
  method: 'POST',
  path: COLLECTION,
  status: 201,
  form: { Type: oneOf(TYPES, errors.invalidWebhookType), ...changeForm },
  async run({ chat, caller, path, form }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return create(chat, caller, channel, { type: form.Type, ...toChange(form) })
  },
  resource: webhook,
})

export const listChannelWebhooks = listOperation({
  id: 'ListChannelWebhook',
  summary: 'List the webhooks of a channel',
  path: COLLECTION,
  key: 'webhooks',
  maxPageSize: 5,
  defaultPageSize: 5,
  tokens: sidTokens('WH'),
  async run({ chat, caller, path, page }) {
    return list(chat, await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid), page)
  },
  resource: webhook,
})

export const fetchChannelWebhook = operation({
  id: 'FetchChannelWebhook',
  summary: 'Fetch a webhook of a channel',
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return requireWebhook(chat, channel, path.Sid)
  },
  resource: webhook,
})

export const updateChannelWebhook = operation({
  id: 'UpdateChannelWebhook',
  summary: 'Change a webhook of a channel',
  method: 'POST',
  path: INSTANCE,
  status: 200,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return update(chat, caller, channel, await requireWebhook(chat, channel, path.Sid), toChange(form))
  },
  resource: webhook,
})

export const deleteChannelWebhook = operation({
  id: 'DeleteChannelWebhook',
  summary: 'Delete a webhook of a channel',
  method: 'DELETE',
  path: INSTANCE,
  status: 204,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    await remove(chat, caller, channel, await requireWebhook(chat, channel, path.Sid))
  },
})
