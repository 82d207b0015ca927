// Access tokens for FCM: a service account's key signs a request for one, which then serves for an hour.
import { SignJWT } from 'jose'
import { parseObject } from '../../lib/json.ts'
import type { ProviderCredential } from '../../lib/push-credentials.ts'
import type { HttpExchange } from '../http-exchange.ts'
import { fcmCodes } from './codes.ts'
import { type PushResult, readRetryAfter, refused } from './result.ts'

export type ServiceAccount = Extract<ProviderCredential, { provider: 'fcm' }>
export type AccessToken = { token: string; expiresAt: number }

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ASSERTION_SECONDS = 3_600

/** A token, or what is to become of the push without one. Throws when there is no answer. */
export async function requestToken(
  http: HttpExchange,
  tokenUrl: string,
  account: ServiceAccount,
  now: number,
  signal: AbortSignal,
): Promise<AccessToken | PushResult> {
  const body = new URLSearchParams({
    grant_type: GRANT,
    assertion: await signAssertion(account, tokenUrl, now),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const request = { url: new URL(tokenUrl), method: 'POST', headers, body: body.toString() }
  const answer = await http.send(request, signal)
  const json = parseObject(answer.body) ?? {}
  if (answer.status === 200 && typeof json.access_token === 'string') {
    const seconds = typeof json.expires_in === 'number' ? json.expires_in : ASSERTION_SECONDS
    return { token: json.access_token, expiresAt: now + seconds * 1_000 }
  }
  const reason = `no access token: ${describe(json) ?? `status ${answer.status}`}`
  if (answer.status !== 429 && answer.status < 500)
    return refused(reason, fcmCodes.authenticationFailed, answer.status)
  const afterMs = readRetryAfter(answer.headers['retry-after'], now)
  return { kind: 'later', status: answer.status, reason, code: fcmCodes.unavailable, afterMs, whole: true }
}

function signAssertion(account: ServiceAccount, audience: string, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1_000)
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(account.keyId && { kid: account.keyId }) })
    .setIssuer(account.clientEmail)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_SECONDS)
    .sign(account.privateKey)
}

function describe({ error, error_description: description }: Record<string, unknown>): string | null {
  if (typeof error !== 'string') return null
  const text = typeof description === 'string' ? `${error} (${description})` : error
  return text.slice(0, 200)
}
