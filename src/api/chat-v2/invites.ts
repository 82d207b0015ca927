import { requireChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import {
  createInvite as create,
  listInvites as list,
  deleteInvite as remove,
  requireInvite,
} from '../../chat/invites.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Invite } from '../../store/invites.ts'
import { sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, resource, sidSchema, string, uri } from '../http/resource.ts'
import { channelUrl } from './urls.ts'

const COLLECTION = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Invites'
const INSTANCE = '/v2/Services/:ServiceSid/Channels/:ChannelSid/Invites/:Sid'

const invite = resource(
  'Invite',
  {
    sid: sidSchema('IN'),
    account_sid: sidSchema('AC'),
    channel_sid: sidSchema('CH'),
    service_sid: sidSchema('IS'),
    identity: string,
    date_created: dateTime,
    date_updated: dateTime,
    role_sid: sidSchema('RL'),
    created_by: string,
    url: uri,
  },
  (i: Invite, context) => ({
    sid: i.sid,
    account_sid: context.accountSid,
    channel_sid: i.channelSid,
    service_sid: i.serviceSid,
    identity: i.identity,
    date_created: formatSeconds(i.createdAt),
    date_updated: formatSeconds(i.updatedAt),
    role_sid: i.roleSid,
    created_by: i.createdBy,
    url: `${channelUrl(context, i)}/Invites/${i.sid}`,
  }),
)

export const createInvite = operation({
  id: 'CreateInvite',
  summary: 'Invite an existing user to a channel',
  method: 'POST',
  path: COLLECTION,
  status: 201,
  form: { Identity: text, RoleSid: sid('RL', errors.roleNotFound).optional },
  async run({ chat, caller, path, form }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return create(chat, caller, channel, { identity: form.Identity, roleSid: form.RoleSid })
  },
  resource: invite,
})

export const listInvites = listOperation({
  id: 'ListInvite',
  summary: 'List the open invites of a channel',
  path: COLLECTION,
  key: 'invites',
  maxPageSize: 100,
  tokens: sidTokens('IN'),
  query: { Identity: text.list },
  async run({ chat, caller, path, query, page }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return list(chat, channel, query.Identity, page)
  },
  resource: invite,
})

export const fetchInvite = operation({
  id: 'FetchInvite',
  summary: 'Fetch an open invite',
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    return requireInvite(chat, channel, path.Sid)
  },
  resource: invite,
})

export const deleteInvite = operation({
  id: 'DeleteInvite',
  summary: 'Revoke an invite',
  method: 'DELETE',
  path: INSTANCE,
  status: 204,
  async run({ chat, caller, path }) {
    const channel = await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid)
    await remove(chat, caller, channel, await requireInvite(chat, channel, path.Sid))
  },
})
