// A browser's push subscription, as `JSON.stringify(subscription)` writes it.
import { asObject, parseObject } from './json.ts'

export type WebPushSubscription = { endpoint: string; keys: { p256dh: string; auth: string } }

/** An uncompressed point of P-256, and 16 bytes. */
const P256DH_BYTES = 65
const AUTH_BYTES = 16

/** The subscription with just what sending needs, or undefined when the text is none. */
export function readSubscription(text: string): WebPushSubscription | undefined {
  const { endpoint, keys } = parseObject(text) ?? {}
  if (typeof endpoint !== 'string' || !/^https?:\/\/\S+$/.test(endpoint) || !URL.canParse(endpoint)) {
    return undefined
  }
  const { p256dh, auth } = asObject(keys) ?? {}
  if (!isKey(p256dh, P256DH_BYTES) || !isKey(auth, AUTH_BYTES)) return undefined
  return { endpoint, keys: { p256dh, auth } }
}

function isKey(value: unknown, bytes: number): value is string {
  return (
    typeof value === 'string' &&
    /^[\w+/-]+=*$/.test(value) &&
    Buffer.from(value, 'base64url').length === bytes
  )
}
