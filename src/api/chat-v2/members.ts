import { requireChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import {
  addMember,
  listMembers as list,
  removeMember,
  requireMember,
  updateMember as update,
} from '../../chat/members.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Member } from '../../store/members.ts'
import { type FieldValues, instant, integer, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, integerSchema, nullable, resource, sidSchema, string, uri } from '../http/resource.ts'
import { memberUrl } from './urls.ts'

const COLLECTION = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Members'
const INSTANCE = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Members/:Sid'

const member = resource(
  'Member',
  {
    sid: sidSchema('MB'),
    account_sid: sidSchema('AC'),
    channel_sid: sidSchema('CH'),
    service_sid: sidSchema('IS'),
    identity: string,
    date_created: dateTime,
    date_updated: dateTime,
    role_sid: sidSchema('RL'),
    last_consumed_message_index: nullable(integerSchema),
    last_consumption_timestamp: nullable(dateTime),
    url: uri,
    attributes: string,
  },
  (m: Member, context) => ({
    sid: m.sid,
    account_sid: context.accountSid,
    channel_sid: m.channelSid,
    service_sid: m.serviceSid,
    identity: m.identity,
    date_created: formatSeconds(m.createdAt),
    date_updated: formatSeconds(m.updatedAt),
    role_sid: m.roleSid,
    last_consumed_message_index: m.lastReadIndex,
    last_consumption_timestamp: m.lastReadAt === null ? null : formatSeconds(m.lastReadAt),
    url: memberUrl(context, m, m.sid),
    attributes: m.attributes,
  }),
)

const changeForm = {
  RoleSid: sid('RL', errors.roleNotFound).optional,
  LastConsumedMessageIndex: integer(errors.invalidReadIndex).nullable,
  LastConsumptionTimestamp: instant(errors.invalidConsumptionTimestamp).optional,
  DateCreated: instant(errors.invalidDateCreated).optional,
  DateUpdated: instant(errors.invalidDateUpdated).optional,
  Attributes: text.optional,
}

const toChange = (form: FieldValues<typeof changeForm>) => ({
  roleSid: form.RoleSid,
  lastReadIndex: form.LastConsumedMessageIndex,
  lastReadAt: form.LastConsumptionTimestamp,
  createdAt: form.DateCreated,
  updatedAt: form.DateUpdated,
  attributes: form.Attributes,
})

export const createMember = operation({
  id: 'CreateMember',
  summary: 'Add a member; makes the user where there is none',
  method: 'POST',
  path: COLLECTION,
  status: 201,
  webhookHeader: true,
  form: { Identity: text, ...changeForm },
  async run({ chat, caller, path, form }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return addMember(chat, caller, channel, { identity: form.Identity, ...toChange(form) })
  },
  resource: member,
})

export const listMembers = listOperation({
  id: 'ListMember',
  summary: 'List the members of a channel',
  path: COLLECTION,
  key: 'members',
  maxPageSize: 100,
  tokens: sidTokens('MB'),
  query: { Identity: text.list },
  async run({ chat, caller, path, query, page }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return list(chat, channel, query.Identity, page)
  },
  resource: member,
})

export const fetchMember = operation({
  id: 'FetchMember',
  summary: 'Fetch a member by sid or identity',
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return requireMember(chat, channel, path.Sid)
  },
  resource: member,
})

export const updateMember = operation({
  id: 'UpdateMember',
  summary: 'Change a member, or set the read horizon',
  method: 'POST',
  path: INSTANCE,
  status: 200,
  webhookHeader: true,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return update(chat, caller, channel, await requireMember(chat, channel, path.Sid), toChange(form))
  },
  resource: member,
})

export const deleteMember = operation({
  id: 'DeleteMember',
  summary: 'Remove a member',
  method: 'DELETE',
  path: INSTANCE,
  status: 204,
  webhookHeader: true,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    await removeMember(chat, caller, channel, await requireMember(chat, channel, path.Sid))
  },
})
