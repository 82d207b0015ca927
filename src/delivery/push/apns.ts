// Apple's push service: HTTP/2, with a certificate or with a token that our key signs.
import { SignJWT } from 'jose'
import type { ProviderCredential } from '../../lib/push-credentials.ts'
import type { Push } from '../../store/pushes.ts'
import { describeFailure } from '../http-exchange.ts'
import { judgeApnsAnswer } from './apns-answers.ts'
import { ApnsConnection } from './apns-connection.ts'
import { apnsCodes } from './codes.ts'
import { PerCredential } from './per-credential.ts'
import { type PushResult, refused, unanswered } from './result.ts'
import type { Outgoing, Sender } from './sender.ts'

type ApnsOptions = {
  production: string
  sandbox: string
  ca: string[] | null
  now(): number
}

type Apns = 'apns' | 'apns-token'
type TokenKey = Extract<ProviderCredential, { provider: 'apns-token' }>
type SignedToken = { token: Promise<string>; signedAt: number }

/** Apple wants a new one at least every hour, and no more often than every 20 minutes. */
const TOKEN_MS = 50 * 60_000

export function createApnsSender(options: ApnsOptions): Sender<Apns> {
  const { now } = options
  const connections = new PerCredential<ApnsConnection>((connection) => connection.close())
  const tokens = new PerCredential<SignedToken>()

  function connectionFor({ credential, access }: Outgoing<Apns>): ApnsConnection {
    return connections.get(credential, () => {
      const origin = credential.sandbox === 1 ? options.sandbox : options.production
      const identity = access.provider === 'apns' ? { cert: access.certificate, key: access.privateKey } : {}
      return new ApnsConnection(origin, { ...identity, ...(options.ca && { ca: options.ca }) })
    })
  }

  function tokenFor({ credential, access }: Outgoing<Apns>): SignedToken | null {
    if (access.provider === 'apns') return null
    const make = (): SignedToken => ({ token: signToken(access, now()), signedAt: now() })
    const kept = tokens.get(credential, make)
    if (now() - kept.signedAt < TOKEN_MS) return kept
    tokens.forget(credential, kept)
    return tokens.get(credential, make)
  }

  return {
    async send(outgoing, signal) {
      try {
        const signed = tokenFor(outgoing)
        const headers = composeHeaders(outgoing, signed && (await signed.token))
        const answer = await connectionFor(outgoing).post(headers, outgoing.push.payload, signal)
        const result = judgeApnsAnswer(answer, now())
        if (signed && 'reason' in result && result.reason === 'ExpiredProviderToken') {
          tokens.forget(outgoing.credential, signed)
        }
        return result
      } catch (error) {
        return judgeFailure(error, signal)
      }
    },
    close: () => connections.close(),
  }
}

function composeHeaders({ push, binding, access, expiresAt }: Outgoing<Apns>, token: string | null) {
  return {
    ':path': `/3/device/${encodeURIComponent(binding.address)}`,
    ...(token && { authorization: `bearer ${token}` }),
    ...(access.topic && { 'apns-topic': access.topic }),
    'apns-id': uuidOf(push),
    'apns-push-type': 'alert',
    'apns-priority': push.type === 'badge' ? '5' : '10',
    'apns-expiration': String(Math.floor(expiresAt / 1_000)),
    // Should a push be sent twice after a crash, the device shows it once.
    'apns-collapse-id': push.sid,
    'content-type': 'application/json',
  }
}

/** The 32 digits of the sid, as APNs wants them. */
function uuidOf({ sid }: Push): string {
  return sid.slice(2).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function signToken({ keyId, teamId, privateKey }: TokenKey, now: number): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'ES256', kid: keyId })
    .setIssuer(teamId)
    .setIssuedAt(Math.floor(now / 1_000))
    .sign(privateKey)
}

/** OpenSSL refuses some keys and certificates that can be read; that will not get better. */
function judgeFailure(error: unknown, signal: AbortSignal): PushResult {
  const reason = describeFailure(error, signal)
  const isLocal = /^ERR_OSSL|^ERR_TLS|^ERR_CRYPTO/.test(reason) && !/CERT_ALTNAME/.test(reason)
  return isLocal ? refused(reason, apnsCodes.badCredentials) : unanswered(reason, apnsCodes.unavailable)
}
