// The answers of APNs, and what each means for the push.
import { parseObject } from '../../lib/json.ts'
import type { Answer } from '../http-exchange.ts'
import { apnsCodes } from './codes.ts'
import { type PushResult, readRetryAfter, refused } from './result.ts'

/** The device is gone. */
const DEAD: Readonly<Record<string, number>> = {
  BadDeviceToken: apnsCodes.badToken,
  Unregistered: apnsCodes.unregistered,
  ExpiredToken: apnsCodes.unregistered,
}
const LATER_WHOLE = new Set(['IdleTimeout', 'TooManyProviderTokenUpdates', 'ExpiredProviderToken'])
const CODES: Readonly<Record<string, number>> = {
  DeviceTokenNotForTopic: apnsCodes.tokenOfOtherTopic,
  MissingDeviceToken: apnsCodes.tokenMissing,
  PayloadTooLarge: apnsCodes.tooLarge,
  BadCertificate: apnsCodes.badCredentials,
  BadCertificateEnvironment: apnsCodes.badCredentials,
  BadEnvironmentKeyInToken: apnsCodes.badCredentials,
  BadTopic: apnsCodes.badCredentials,
  MissingTopic: apnsCodes.badCredentials,
  TopicDisallowed: apnsCodes.badCredentials,
  Forbidden: apnsCodes.authenticationFailed,
  InvalidProviderToken: apnsCodes.authenticationFailed,
  MissingProviderToken: apnsCodes.authenticationFailed,
}

export function judgeApnsAnswer({ status, headers, body }: Answer, now: number): PushResult {
  if (status === 200) return { kind: 'accepted', status }
  const { reason, timestamp } = readBody(body)
  const name = reason ?? `status ${status}`
  if (Object.hasOwn(DEAD, name)) {
    return { kind: 'dead', status, reason: name, code: DEAD[name] as number, since: timestamp }
  }
  if (status === 429 || status >= 500 || LATER_WHOLE.has(name)) {
    const afterMs = readRetryAfter(headers['retry-after'], now)
    // A 429 is about one device, unless it names the provider's token.
    const whole = status !== 429 || LATER_WHOLE.has(name)
    return { kind: 'later', status, reason: name, code: apnsCodes.unavailable, afterMs, whole }
  }
  return refused(name, Object.hasOwn(CODES, name) ? (CODES[name] as number) : apnsCodes.rejected, status)
}

/** The timestamp counts milliseconds. */
function readBody(text: string): { reason: string | null; timestamp: number | null } {
  const { reason, timestamp } = parseObject(text) ?? {}
  return {
    reason: typeof reason === 'string' ? reason.slice(0, 100) : null,
    timestamp: typeof timestamp === 'number' ? timestamp : null,
  }
}
