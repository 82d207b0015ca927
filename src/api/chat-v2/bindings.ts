import {
  listBindings as list,
  listUserBindings as listOfUser,
  deleteBinding as remove,
  requireBinding,
  requireUserBinding,
} from '../../chat/bindings.ts'
import { errors } from '../../chat/errors.ts'
import { requireService } from '../../chat/services.ts'
import { requireUser } from '../../chat/users.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Binding } from '../../store/bindings.ts'
import { oneOf, text } from '../http/fields.ts'
import { listOperation, operation, type PresentContext } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, enumSchema, links, resource, sidSchema, string, strings, uri } from '../http/resource.ts'
import { serviceUrl, userUrl } from './urls.ts'

const TYPES = ['gcm', 'apn', 'fcm'] as const
const MAX_PAGE_SIZE = 50
const bindingType = oneOf(TYPES, errors.invalidBindingType)

const common = {
  sid: sidSchema('BS'),
  account_sid: sidSchema('AC'),
  service_sid: sidSchema('IS'),
  date_created: dateTime,
  date_updated: dateTime,
  endpoint: string,
  identity: string,
  credential_sid: sidSchema('CR'),
  binding_type: enumSchema(...TYPES),
  message_types: strings,
  url: uri,
}

/** The device's address is secret and never returned. */
const presentCommon = (b: Binding, { accountSid }: PresentContext) => ({
  sid: b.sid,
  account_sid: accountSid,
  service_sid: b.serviceSid,
  date_created: formatSeconds(b.createdAt),
  date_updated: formatSeconds(b.updatedAt),
  endpoint: b.endpoint,
  identity: b.identity,
  credential_sid: b.credentialSid,
  binding_type: b.bindingType,
  message_types: JSON.parse(b.messageTypes),
})

/** `links.user` names the user by identity (rest-v2.md §1.7). */
const binding = resource('Binding', { ...common, links }, (b: Binding, context) => ({
  ...presentCommon(b, context),
  url: `${serviceUrl(context, b.serviceSid)}/Bindings/${b.sid}`,
  links: { user: userUrl(context, b, b.identity) },
}))

const userBinding = resource(
  'UserBinding',
  { ...common, user_sid: sidSchema('US') },
  (b: Binding, context) => ({
    ...presentCommon(b, context),
    user_sid: b.userSid,
    url: `${userUrl(context, b, b.userSid)}/Bindings/${b.sid}`,
  }),
)

export const listBindings = listOperation({
  id: 'ListBinding',
  summary: 'List the push bindings of a service',
  path: '/v2/Services/:ServiceSid/Bindings',
  key: 'bindings',
  maxPageSize: MAX_PAGE_SIZE,
  tokens: sidTokens('BS'),
  query: { BindingType: bindingType.list, Identity: text.list },
  async run({ chat, caller, path, query, page }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return list(chat, service, { types: query.BindingType, identities: query.Identity }, page)
  },
  resource: binding,
})

export const fetchBinding = operation({
  id: 'FetchBinding',
  summary: 'Fetch a push binding',
  method: 'GET',
  path: '/v2/Services/:ServiceSid/Bindings/:Sid',
  status: 200,
  async run({ chat, caller, path }) {
    return requireBinding(chat, await requireService(chat, caller, path.ServiceSid), path.Sid)
  },
  resource: binding,
})

export const deleteBinding = operation({
  id: 'DeleteBinding',
  summary: 'Delete a push binding',
  method: 'DELETE',
  path: '/v2/Services/:ServiceSid/Bindings/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    await remove(chat, caller, await requireBinding(chat, service, path.Sid))
  },
})

export const listUserBindings = listOperation({
  id: 'ListUserBinding',
  summary: 'List the push bindings of a user',
  path: '/v2/Services/:ServiceSid/Users/:UserSid/Bindings',
  key: 'bindings',
  maxPageSize: MAX_PAGE_SIZE,
  tokens: sidTokens('BS'),
  query: { BindingType: bindingType.list },
  async run({ chat, caller, path, query, page }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return listOfUser(chat, await requireUser(chat, service, path.UserSid), query.BindingType, page)
  },
  resource: userBinding,
})

export const fetchUserBinding = operation({
  id: 'FetchUserBinding',
  summary: 'Fetch a push binding of a user',
  method: 'GET',
  path: '/v2/Services/:ServiceSid/Users/:UserSid/Bindings/:Sid',
  status: 200,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    return requireUserBinding(chat, service, await requireUser(chat, service, path.UserSid), path.Sid)
  },
  resource: userBinding,
})

export const deleteUserBinding = operation({
  id: 'DeleteUserBinding',
  summary: 'Delete a push binding of a user',
  method: 'DELETE',
  path: '/v2/Services/:ServiceSid/Users/:UserSid/Bindings/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const user = await requireUser(chat, service, path.UserSid)
    await remove(chat, caller, await requireUserBinding(chat, service, user, path.Sid))
  },
})
