import { errors } from '../../chat/errors.ts'
import { requireService } from '../../chat/services.ts'
import {
  createUser as create,
  listUsers as list,
  deleteUser as remove,
  requireUser,
  updateUser as update,
} from '../../chat/users.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { User } from '../../store/users.ts'
import { clearableText, sid, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import {
  booleanSchema,
  dateTime,
  integerSchema,
  links,
  nullable,
  resource,
  sidSchema,
  string,
  uri,
} from '../http/resource.ts'
import { userUrl } from './urls.ts'

/** Reachability is shown for one user at a time, and only where the service has it on (rest-v2.md §2.4). */
type ShownUser = { user: User; showsReachability: boolean }

const user = resource(
  'User',
  {
    sid: sidSchema('US'),
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    attributes: string,
    friendly_name: nullable(string),
    role_sid: sidSchema('RL'),
    identity: string,
    is_online: nullable(booleanSchema),
    is_notifiable: nullable(booleanSchema),
    date_created: dateTime,
    date_updated: dateTime,
    joined_channels_count: integerSchema,
    links,
    url: uri,
  },
  ({ user: u, showsReachability }: ShownUser, context) => {
    const url = userUrl(context, u, u.sid)
    return {
      sid: u.sid,
      account_sid: context.accountSid,
      service_sid: u.serviceSid,
      attributes: u.attributes,
      friendly_name: u.friendlyName,
      role_sid: u.roleSid,
      identity: u.identity,
      is_online: showsReachability ? toBoolean(u.isOnline) : null,
      is_notifiable: showsReachability ? toBoolean(u.isNotifiable) : null,
      date_created: formatSeconds(u.createdAt),
      date_updated: formatSeconds(u.updatedAt),
      joined_channels_count: u.joinedChannelsCount,
      links: { user_channels: `${url}/Channels`, user_bindings: `${url}/Bindings` },
      url,
    }
  },
)

const changeForm = {
  RoleSid: sid('RL', errors.roleNotFound).optional,
  Attributes: text.optional,
  FriendlyName: clearableText,
}

function toBoolean(flag: number | null): boolean | null {
  return flag === null ? null : flag === 1
}

export const createUser = operation({
  id: 'CreateUser',
  summary: 'Create a user',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Users',
  status: 201,
  webhookHeader: true,
  form: { Identity: text, ...changeForm },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const draft = {
      identity: form.Identity,
      roleSid: form.RoleSid,
      attributes: form.Attributes,
      friendlyName: form.FriendlyName,
    }
    const created = await create(chat, caller, service, draft)
    return { user: created, showsReachability: service.reachabilityEnabled === 1 }
  },
  resource: user,
})

export const listUsers = listOperation({
  id: 'ListUser',
  summary: 'List the users of a service',
  path: '/v2/Services/:ServiceSid/Users',
  key: 'users',
  maxPageSize: 100,
  tokens: sidTokens('US'),
  async run({ chat, caller, path, page }) {
    const { items, ...places } = await list(chat, await requireService(chat, caller, path.ServiceSid), page)
    return { items: items.map((item) => ({ user: item, showsReachability: false })), ...places }
  },
  resource: user,
})

export const fetchUser = operation({
  id: 'FetchUser',
  summary: 'Fetch a user by sid or identity',
  method: 'GET',
  path: '/v2/Services/:ServiceSid/Users/:Sid',
  status: 200,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const found = await requireUser(chat, service, path.Sid)
    return { user: found, showsReachability: service.reachabilityEnabled === 1 }
  },
  resource: user,
})

export const updateUser = operation({
  id: 'UpdateUser',
  summary: 'Change a user',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Users/:Sid',
  status: 200,
  webhookHeader: true,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const found = await requireUser(chat, service, path.Sid)
    const change = { roleSid: form.RoleSid, attributes: form.Attributes, friendlyName: form.FriendlyName }
    const updated = await update(chat, caller, service, found, change)
    return { user: updated, showsReachability: service.reachabilityEnabled === 1 }
  },
  resource: user,
})

export const deleteUser = operation({
  id: 'DeleteUser',
  summary: 'Delete a user; messages stay',
  method: 'DELETE',
  path: '/v2/Services/:ServiceSid/Users/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    await remove(chat, caller, await requireUser(chat, service, path.Sid))
  },
})
