import { MAX_TOKEN_SECONDS, mintAccessToken } from '../lib/access-token.ts'
import type { Sid } from '../lib/sid.ts'
import type { Service } from '../store/services.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'
import { requireAccount } from './permissions.ts'
import { checkIdentity } from './values.ts'

/** `ttl` is in seconds. */
type TokenDraft = { identity: string; ttl?: number; pushCredentialSid?: Sid<'CR'> }
/** `expiresAt` is in milliseconds since 1970. */
export type MintedToken = { token: string; identity: string; serviceSid: Sid<'IS'>; expiresAt: number }

const DEFAULT_SECONDS = 3_600
export const TTL_RANGE = `a number of seconds from 1 to ${MAX_TOKEN_SECONDS}`

/** An access token for a client, signed with the API key in use. Throws invalidParameter, unavailable without a key and the errors of identities. */
export async function mintToken(
  chat: Chat,
  caller: Caller,
  service: Service,
  { identity: text, ttl = DEFAULT_SECONDS, pushCredentialSid }: TokenDraft,
): Promise<MintedToken> {
  requireAccount(caller)
  const identity = checkIdentity(text, chat.limits)
  if (!isTtl(ttl)) throw errors.invalidParameter('Ttl', TTL_RANGE)
  if (!chat.apiKey) throw errors.unavailable()
  const issuedAt = Math.floor(chat.now() / 1000)
  const token = await mintAccessToken({
    accountSid: caller.accountSid,
    apiKeySid: chat.apiKey.sid,
    apiKeySecret: chat.apiKey.secret,
    identity,
    serviceSid: service.sid,
    ttl,
    pushCredentialSid,
    issuedAt,
  })
  return { token, identity, serviceSid: service.sid, expiresAt: (issuedAt + ttl) * 1000 }
}

export function isTtl(seconds: number): boolean {
  return seconds >= 1 && seconds <= MAX_TOKEN_SECONDS
}
