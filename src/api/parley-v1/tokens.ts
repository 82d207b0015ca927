// Beyond the vendor's API: access tokens for trying things out, where no back end signs them yet.
import { requireService } from '../../chat/services.ts'
import { type MintedToken, mintToken } from '../../chat/tokens.ts'
import { isoDate } from '../../lib/iso-date.ts'
import { integer, sid, text } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { dateTime, resource, sidSchema, string } from '../http/resource.ts'

const token = resource(
  'Token',
  { token: string, identity: string, service_sid: sidSchema('IS'), date_expires: dateTime },
  (minted: MintedToken) => ({
    token: minted.token,
    identity: minted.identity,
    service_sid: minted.serviceSid,
    date_expires: isoDate(minted.expiresAt),
  }),
)

export const createToken = operation({
  id: 'CreateToken',
  summary: 'Sign an access token for a client; Ttl is in seconds',
  method: 'POST',
  path: '/parley/v1/Services/:ServiceSid/Tokens',
  status: 201,
  form: { Identity: text, Ttl: integer().optional, PushCredentialSid: sid('CR').optional },
  async run({ chat, caller, path, form }) {
    const service = await requireService(chat, caller, path.ServiceSid)
    const { Identity: identity, Ttl: ttl, PushCredentialSid: pushCredentialSid } = form
    return mintToken(chat, caller, service, { identity, ttl, pushCredentialSid })
  },
  resource: token,
})
