// Beyond the vendor's API: where this installation is.
import { identityOf } from '../../chat/caller.ts'
import { operation } from '../http/operation.ts'
import { resource, sidSchema, string, uri } from '../http/resource.ts'

const account = resource(
  'Account',
  { sid: sidSchema('AC'), identity: string, url: uri, socket_url: uri },
  (identity: string, { baseUrl, accountSid }) => ({
    sid: accountSid,
    identity,
    url: baseUrl,
    socket_url: `${baseUrl.replace(/^http/, 'ws')}/v3/wsconnect`,
  }),
)

export const fetchAccount = operation({
  id: 'FetchAccount',
  summary: 'Fetch who is signed in, and the addresses that clients use',
  method: 'GET',
  path: '/parley/v1/Account',
  status: 200,
  run: async ({ caller }) => identityOf(caller),
  resource: account,
})
