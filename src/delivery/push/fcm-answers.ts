// The answers of FCM's HTTP v1 API, and what each means for the push.
import { asObject, parseObject } from '../../lib/json.ts'
import type { Answer } from '../http-exchange.ts'
import { fcmCodes } from './codes.ts'
import { type PushResult, readRetryAfter, refused } from './result.ts'

const CODES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: fcmCodes.badMessage,
  SENDER_ID_MISMATCH: fcmCodes.senderMismatch,
  THIRD_PARTY_AUTH_ERROR: fcmCodes.authenticationFailed,
  PERMISSION_DENIED: fcmCodes.authenticationFailed,
  UNAUTHENTICATED: fcmCodes.authenticationFailed,
  NOT_FOUND: fcmCodes.keyInvalid,
}
/** What Google asks for where it says nothing. */
const QUOTA_PAUSE_MS = 60_000

export function judgeFcmAnswer({ status, headers, body }: Answer, now: number): PushResult {
  if (status >= 200 && status < 300) return { kind: 'accepted', status }
  const { name, isAboutToken } = readError(body)
  const reason = name ?? `status ${status}`
  if (reason === 'UNREGISTERED')
    return { kind: 'dead', status, reason, code: fcmCodes.uninstalled, since: null }
  if (isAboutToken) return { kind: 'dead', status, reason, code: fcmCodes.badToken, since: null }
  const asked = readRetryAfter(headers['retry-after'], now)
  if (status === 429) {
    return {
      kind: 'later',
      status,
      reason,
      code: fcmCodes.rateExceeded,
      afterMs: asked ?? QUOTA_PAUSE_MS,
      whole: true,
    }
  }
  if (status >= 500)
    return { kind: 'later', status, reason, code: fcmCodes.unavailable, afterMs: asked, whole: true }
  return refused(reason, Object.hasOwn(CODES, reason) ? (CODES[reason] as number) : null, status)
}

/** `isAboutToken`: the request was wrong in nothing but the device's token. */
function readError(text: string): { name: string | null; isAboutToken: boolean } {
  const error = asObject(parseObject(text)?.error) ?? {}
  const details = Array.isArray(error.details) ? error.details.map((detail) => asObject(detail) ?? {}) : []
  const name = details.map(({ errorCode }) => errorCode).find((code) => typeof code === 'string')
  const fields = details.flatMap(({ fieldViolations }) =>
    Array.isArray(fieldViolations) ? fieldViolations.map((violation) => asObject(violation)?.field) : [],
  )
  const isInvalid = error.status === 'INVALID_ARGUMENT'
  const namesToken = fields.length > 0 && fields.every((field) => field === 'message.token')
  const speaksOfToken = fields.length === 0 && /registration token/i.test(String(error.message))
  return {
    name: (name as string | undefined) ?? (typeof error.status === 'string' ? error.status : null),
    isAboutToken: isInvalid && (namesToken || speaksOfToken),
  }
}
