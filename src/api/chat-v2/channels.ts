import {
  createChannel as create,
  listChannels as list,
  deleteChannel as remove,
  requireChannel,
  updateChannel as update,
} from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { requireService } from '../../chat/services.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Channel } from '../../store/channels.ts'
import { clearableText, type FieldValues, instant, oneOf, sid, text } from '../http/fields.ts'
import { listOperation, operation, type PresentContext } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import {
  dateTime,
  enumSchema,
  integerSchema,
  links,
  nullable,
  resource,
  sidSchema,
  string,
  uri,
} from '../http/resource.ts'
import { channelUrl } from './urls.ts'

const TYPES = ['public', 'private'] as const

const common = {
  sid: sidSchema('CH'),
  account_sid: sidSchema('AC'),
  service_sid: sidSchema('IS'),
  friendly_name: nullable(string),
  unique_name: nullable(string),
  attributes: string,
  type: enumSchema(...TYPES),
  date_created: dateTime,
  date_updated: dateTime,
  created_by: string,
  members_count: integerSchema,
  messages_count: integerSchema,
  url: uri,
}

const presentCommon = (c: Channel, { accountSid }: PresentContext) => ({
  sid: c.sid,
  account_sid: accountSid,
  service_sid: c.serviceSid,
  friendly_name: c.friendlyName,
  unique_name: c.uniqueName,
  attributes: c.attributes,
  type: c.type,
  date_created: formatSeconds(c.createdAt),
  date_updated: formatSeconds(c.updatedAt),
  created_by: c.createdBy,
  members_count: c.membersCount,
  messages_count: c.messagesCount,
})

const channel = resource('Channel', { ...common, links }, (c: Channel, context) => {
  const url = channelUrl(context, { serviceSid: c.serviceSid, channelSid: c.sid })
  return {
    ...presentCommon(c, context),
    url,
    links: {
      members: `${url}/Members`,
      messages: `${url}/Messages`,
      invites: `${url}/Invites`,
      webhooks: `${url}/Webhooks`,
      last_message: c.lastMessageSid && `${url}/Messages/${c.lastMessageSid}`,
    },
  }
})

/** Version 3 has one operation, which answers in a form of its own. */
const channelV3 = resource(
  'ChannelV3',
  { ...common, messaging_service_sid: nullable(sidSchema('MG')) },
  (c: Channel, context) => ({
    ...presentCommon(c, context),
    messaging_service_sid: c.messagingServiceSid,
    url: `${context.baseUrl}/v3/Services/${c.serviceSid}/Channels/${c.sid}`,
  }),
)

const changeForm = {
  FriendlyName: clearableText,
  UniqueName: clearableText,
  Attributes: text.optional,
  DateCreated: instant(errors.invalidDateCreated).optional,
  DateUpdated: instant(errors.invalidDateUpdated).optional,
  CreatedBy: text.optional,
}

const toChange = (form: FieldValues<typeof changeForm>) => ({
  friendlyName: form.FriendlyName,
  uniqueName: form.UniqueName,
  attributes: form.Attributes,
  createdAt: form.DateCreated,
  updatedAt: form.DateUpdated,
  createdBy: form.CreatedBy,
})

export const createChannel = operation({
  id: 'CreateChannel',
  summary: 'Create a channel; nobody becomes a member',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Channels',
  status: 201,
  webhookHeader: true,
  form: { ...changeForm, Type: oneOf(TYPES).optional },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return create(chat, caller, service, { ...toChange(form), type: form.Type })
  },
  resource: channel,
})

export const listChannels = listOperation({
  id: 'ListChannel',
  summary: 'List the channels of a service, of all types unless filtered',
  path: '/v2/Services/:ServiceSid/Channels',
  key: 'channels',
  maxPageSize: 100,
  tokens: sidTokens('CH'),
  query: { Type: oneOf(TYPES).list },
  async run({ chat, caller, path, query, page }) {
    return list(chat, await requireService(chat, caller, path.ServiceSid), query.Type, page)
  },
  resource: channel,
})

export const fetchChannel = operation({
  id: 'FetchChannel',
  summary: 'Fetch a channel by sid or unique name',
  method: 'GET',
  path: '/v2/Services/:ServiceSid/Channels/:Sid',
  status: 200,
  run: ({ chat, caller, path }) => requireChannel(chat, caller, path.ServiceSid, path.Sid),
  resource: channel,
})

export const updateChannel = operation({
  id: 'UpdateChannel',
  summary: 'Change a channel',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Channels/:Sid',
  status: 200,
  webhookHeader: true,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const found = await requireChannel(chat, caller, path.ServiceSid, path.Sid)
    return update(chat, caller, found, toChange(form))
  },
  resource: channel,
})

export const deleteChannel = operation({
  id: 'DeleteChannel',
  summary: 'Delete a channel with everything in it',
  method: 'DELETE',
  path: '/v2/Services/:ServiceSid/Channels/:Sid',
  status: 204,
  webhookHeader: true,
  async run({ chat, caller, path }) {
    await remove(chat, caller, await requireChannel(chat, caller, path.ServiceSid, path.Sid))
  },
})

export const updateChannelType = operation({
  id: 'UpdateChannelType',
  summary: 'Change the type of a channel',
  method: 'POST',
  path: '/v3/Services/:ServiceSid/Channels/:Sid',
  status: 200,
  webhookHeader: true,
  form: { Type: oneOf(TYPES).optional, MessagingServiceSid: sid('MG').nullable },
  async run({ chat, caller, path, form }) {
    const found = await requireChannel(chat, caller, path.ServiceSid, path.Sid)
    return update(chat, caller, found, { type: form.Type, messagingServiceSid: form.MessagingServiceSid })
  },
  resource: channelV3,
})
