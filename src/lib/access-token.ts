// Access tokens: the JWTs with which clients sign in (rest-v2.md §7).
import { decodeJwt, decodeProtectedHeader, errors as jwtErrors, jwtVerify, SignJWT } from 'jose'

export const MAX_TOKEN_SECONDS = 86_400
const ALGORITHMS = ['HS256', 'HS384', 'HS512']
/** How far clocks may differ. */
const LEEWAY_SECONDS = 60
/** A token is a few hundred bytes; whatever is much longer is none. */
const MAX_TOKEN_LENGTH = 16_384

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

/** What a valid token says. Texts are as they came, the grant's members perhaps missing. */
export type AccessToken = {
  apiKeySid: string
  accountSid: string
  identity: string
  serviceSid: string
  endpointId: string | null
  roleSid: string | null
  pushCredentialSid: string | null
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** Why a token is refused: one of the public error numbers 20101 to 20107 and 20157. */
export class TokenError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const refuse = {
  unreadable: () => new TokenError(20101, 'Invalid Access Token'),
  header: () => new TokenError(20102, 'Invalid Access Token header'),
  issuer: () => new TokenError(20103, 'Invalid Access Token issuer/subject'),
  expired: () => new TokenError(20104, 'Access Token expired or expiration date invalid'),
  notYetValid: () => new TokenError(20105, 'Access Token not yet valid'),
  grants: (what: string) => new TokenError(20106, `Invalid Access Token grants: ${what}`),
  signature: () => new TokenError(20107, 'Invalid Access Token signature'),
  lifetime: () => new TokenError(20157, 'Invalid Access Token: it must not be valid for more than 24 hours'),
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

export type SigningKey = { accountSid: string; secret: string }

/**
 * Checks signature, times, life of at most 24 hours and grants; `findKey` gives the key named by the token.
 * `now` is milliseconds since 1970. Throws TokenError.
 */
export async function readAccessToken(
  jwt: string,
  findKey: (sid: string) => SigningKey | undefined,
  now: number,
): Promise<AccessToken> {
  if (jwt.length > MAX_TOKEN_LENGTH) throw refuse.unreadable()
  checkHeader(jwt)
  const apiKeySid = issuerOf(jwt)
  const key = findKey(apiKeySid)
  if (!key) throw refuse.issuer()
  const claims = await verify(jwt, key.secret, now)
  if (claims.sub !== key.accountSid) throw refuse.issuer()
  const { exp = 0, iat, nbf } = claims
  // A beginning in the future makes no life longer.
  const start = Math.min(iat ?? nbf ?? now / 1000, now / 1000 + LEEWAY_SECONDS)
  if (exp - start > MAX_TOKEN_SECONDS) throw refuse.lifetime()
  return { apiKeySid, accountSid: key.accountSid, expiresAt: exp * 1000, ...readGrants(claims.grants) }
}

function checkHeader(jwt: string): void {
  try {
    if (ALGORITHMS.includes(String(decodeProtectedHeader(jwt).alg))) return
  } catch {
    throw refuse.unreadable()
  }
  throw refuse.header()
}

function issuerOf(jwt: string): string {
  let issuer: unknown
  try {
    issuer = decodeJwt(jwt).iss
  } catch {
    throw refuse.unreadable()
  }
  if (typeof issuer !== 'string' || issuer === '') throw refuse.issuer()
  return issuer
}

async function verify(jwt: string, secret: string, now: number) {
  try {
    const { payload } = await jwtVerify<{ grants?: unknown }>(jwt, new TextEncoder().encode(secret), {
      algorithms: ALGORITHMS,
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    })
    return payload
  } catch (error) {
    throw refusalFor(error)
  }
}

function refusalFor(error: unknown): TokenError {
  if (error instanceof jwtErrors.JWSSignatureVerificationFailed) return refuse.signature()
  if (error instanceof jwtErrors.JWTExpired) return refuse.expired()
  if (error instanceof jwtErrors.JWTClaimValidationFailed) {
    return error.claim === 'exp'
      ? refuse.expired()
      : error.claim === 'nbf'
        ? refuse.notYetValid()
        : refuse.unreadable()
  }
  return refuse.unreadable()
}

function readGrants(grants: unknown): Omit<AccessToken, 'apiKeySid' | 'accountSid' | 'expiresAt'> {
  const all = asObject(grants)
  const chat = asObject(all.chat ?? all.ip_messaging)
  const identity = typeof all.identity === 'number' ? String(all.identity) : all.identity
  if (typeof identity !== 'string' || identity === '') throw refuse.grants('identity is missing')
  if (typeof chat.service_sid !== 'string') throw refuse.grants('a chat grant with service_sid is missing')
  return {
    identity,
    serviceSid: chat.service_sid,
    endpointId: textOrNull(chat.endpoint_id),
    roleSid: textOrNull(chat.deployment_role_sid),
    pushCredentialSid: textOrNull(chat.push_credential_sid),
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
