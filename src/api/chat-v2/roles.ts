import { errors } from '../../chat/errors.ts'
import {
  createRole as create,
  listRoles as list,
  deleteRole as remove,
  requireRole,
  updateRole as update,
} from '../../chat/roles.ts'
import { requireService } from '../../chat/services.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Role } from '../../store/roles.ts'
import { oneOf, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, enumSchema, resource, sidSchema, string, strings, uri } from '../http/resource.ts'
import { serviceUrl } from './urls.ts'

const TYPES = ['deployment', 'channel'] as const

const role = resource(
  'Role',
  {
    sid: sidSchema('RL'),
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    friendly_name: string,
    type: enumSchema(...TYPES),
    permissions: strings,
    date_created: dateTime,
    date_updated: dateTime,
    url: uri,
  },
  (r: Role, context) => ({
    sid: r.sid,
    account_sid: context.accountSid,
    service_sid: r.serviceSid,
    friendly_name: r.friendlyName,
    type: r.type,
    permissions: JSON.parse(r.permissions),
    date_created: formatSeconds(r.createdAt),
    date_updated: formatSeconds(r.updatedAt),
    url: `${serviceUrl(context, r.serviceSid)}/Roles/${r.sid}`,
  }),
)

export const createRole = operation({
  id: 'CreateRole',
  summary: 'Create a role',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Roles',
  status: 201,
  form: { FriendlyName: text, Type: oneOf(TYPES, errors.invalidRoleType), Permission: text.requiredList },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const draft = { friendlyName: form.FriendlyName, type: form.Type, permissions: form.Permission }
    return create(chat, caller, service, draft)
  },
  resource: role,
})

export const listRoles = listOperation({
  id: 'ListRole',
  summary: 'List the roles of a service',
  path: '/v2/Services/:ServiceSid/Roles',
  key: 'roles',
  maxPageSize: 100,
  tokens: sidTokens('RL'),
  async run({ chat, caller, path, page }) {
    return list(chat, await requireService(chat, caller, path.ServiceSid), page)
  },
  resource: role,
})

export const fetchRole = operation({
  id: 'FetchRole',
  summary: 'Fetch a role',
  method: 'GET',
  path: '/v2/Services/:ServiceSid/Roles/:Sid',
  status: 200,
  async run({ chat, caller, path }) {
    return requireRole(chat, await requireService(chat, caller, path.ServiceSid), path.Sid)
  },
  resource: role,
})

export const updateRole = operation({
  id: 'UpdateRole',
  summary: 'Replace the permissions of a role',
  method: 'POST',
  path: '/v2/Services/:ServiceSid/Roles/:Sid',
  status: 200,
  form: { Permission: text.requiredList },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return update(chat, caller, await requireRole(chat, service, path.Sid), form.Permission)
  },
  resource: role,
})

export const deleteRole = operation({
  id: 'DeleteRole',
  summary: 'Delete a role that nobody has',
  method: 'DELETE',
  path: '/v2/Services/:ServiceSid/Roles/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    await remove(chat, caller, await requireRole(chat, service, path.Sid))
  },
})
