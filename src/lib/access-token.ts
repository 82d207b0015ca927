// Access tokens: the JWTs with which clients sign in (rest-v2.md §7).
import { SignJWT } from 'jose'

export const MAX_TOKEN_SECONDS = 86_400

export type TokenClaims = {
  accountSid: string
  apiKeySid: string
  apiKeySecret: string
  identity: string
  serviceSid: string
  /** Seconds, at most MAX_TOKEN_SECONDS. */
  ttl: number
  pushCredentialSid?: string
  /** Seconds since 1970. */
  issuedAt: number
}

/** A signed token for one identity in one service. */
export function mintAccessToken(claims: TokenClaims): Promise<string> {
  const { apiKeySid, issuedAt } = claims
  const chat = {
    service_sid: claims.serviceSid,
    ...(claims.pushCredentialSid && { push_credential_sid: claims.pushCredentialSid }),
  }
  return new SignJWT({ jti: `${apiKeySid}-${issuedAt}`, grants: { identity: claims.identity, chat } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' })
    .setIssuer(apiKeySid)
    .setSubject(claims.accountSid)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.ttl)
    .sign(new TextEncoder().encode(claims.apiKeySecret))
}
