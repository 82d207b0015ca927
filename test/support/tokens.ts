// Access tokens as an app's back end makes them: with the official library.
import twilio from 'twilio'

const { AccessToken } = twilio.jwt

/** Whose key signs. */
export type Signer = { accountSid: string; apiKeySid: string; apiKeySecret: string }

export type TokenOptions = {
  /** Seconds. */
  ttl?: number
  /** Seconds since 1970. */
  nbf?: number
  pushCredentialSid?: string
}

/** The signer that the environment of a Parley process names. */
export function signerOf(env: Readonly<Record<string, string | undefined>>): Signer {
  const read = (name: string): string => env[name] ?? missing(name)
  return {
    accountSid: read('PARLEY_ACCOUNT_SID'),
    apiKeySid: read('PARLEY_API_KEY_SID'),
    apiKeySecret: read('PARLEY_API_KEY_SECRET'),
  }
}

export function mintToken(
  { accountSid, apiKeySid, apiKeySecret }: Signer,
  serviceSid: string,
  identity: string,
  { ttl = 3_600, nbf, pushCredentialSid }: TokenOptions = {},
): string {
  const token = new AccessToken(accountSid, apiKeySid, apiKeySecret, { identity, ttl, nbf })
  token.addGrant(new AccessToken.ChatGrant({ serviceSid, pushCredentialSid }))
  return token.toJwt()
}

function missing(name: string): never {
  throw new Error(`${name} is not set`)
}
