import {
  createCredential as create,
  listCredentials as list,
  deleteCredential as remove,
  requireCredential,
  updateCredential as update,
} from '../../chat/credentials.ts'
import { formatSeconds } from '../../lib/iso-date.ts'
import type { Credential } from '../../store/credentials.ts'
import { boolean, oneOf, text } from '../http/fields.ts'
import { listOperation, operation } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { dateTime, enumSchema, nullable, resource, sidSchema, string, uri } from '../http/resource.ts'

const TYPES = ['apn', 'gcm', 'fcm'] as const

/** The secrets of a credential are never returned. `sandbox` is a string here (rest-v2.md §2.1). */
const credential = resource(
  'Credential',
  {
    sid: sidSchema('CR'),
    account_sid: sidSchema('AC'),
    friendly_name: nullable(string),
    type: enumSchema(...TYPES),
    sandbox: nullable(enumSchema('True', 'False')),
    date_created: dateTime,
    date_updated: dateTime,
    url: uri,
  },
  (c: Credential, { baseUrl }) => ({
    sid: c.sid,
    account_sid: c.accountSid,
    friendly_name: c.friendlyName,
    type: c.type,
    sandbox: c.sandbox === null ? null : c.sandbox === 1 ? 'True' : 'False',
    date_created: formatSeconds(c.createdAt),
    date_updated: formatSeconds(c.updatedAt),
    url: `${baseUrl}/v2/Credentials/${c.sid}`,
  }),
)

const changeForm = {
  FriendlyName: text.optional,
  Certificate: text.optional,
  PrivateKey: text.optional,
  Sandbox: boolean.optional,
  ApiKey: text.optional,
  Secret: text.optional,
}

type ChangeForm = { [K in keyof typeof changeForm]: ReturnType<(typeof changeForm)[K]['read']> }

const toChange = (form: ChangeForm) => ({
  friendlyName: form.FriendlyName,
  certificate: form.Certificate,
  privateKey: form.PrivateKey,
  sandbox: form.Sandbox,
  apiKey: form.ApiKey,
  secret: form.Secret,
})

export const createCredential = operation({
  id: 'CreateCredential',
  summary: 'Create a push credential',
  method: 'POST',
  path: '/v2/Credentials',
  status: 201,
  form: { Type: oneOf(TYPES), ...changeForm },
  run: ({ chat, caller, form }) => create(chat, caller, { type: form.Type, ...toChange(form) }),
  resource: credential,
})

export const listCredentials = listOperation({
  id: 'ListCredential',
  summary: 'List the push credentials of the account',
  path: '/v2/Credentials',
  key: 'credentials',
  maxPageSize: 1000,
  tokens: sidTokens('CR'),
  run: ({ chat, caller, page }) => list(chat, caller, page),
  resource: credential,
})

export const fetchCredential = operation({
  id: 'FetchCredential',
  summary: 'Fetch a push credential',
  method: 'GET',
  path: '/v2/Credentials/:Sid',
  status: 200,
  run: ({ chat, caller, path }) => requireCredential(chat, caller, path.Sid),
  resource: credential,
})

export const updateCredential = operation({
  id: 'UpdateCredential',
  summary: 'Replace parts of a push credential',
  method: 'POST',
  path: '/v2/Credentials/:Sid',
  status: 200,
  form: changeForm,
  async run({ chat, caller, path, form }) {
    const found = await requireCredential(chat, caller, path.Sid)
    return update(chat, caller, found, toChange(form))
  },
  resource: credential,
})

export const deleteCredential = operation({
  id: 'DeleteCredential',
  summary: 'Delete a push credential',
  method: 'DELETE',
  path: '/v2/Credentials/:Sid',
  status: 204,
  async run({ chat, caller, path }) {
    await remove(chat, caller, await requireCredential(chat, caller, path.Sid))
  },
})
