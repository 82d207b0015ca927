// A browser with a subscription, and the push service that it chose.
import { createECDH, type ECDH, randomBytes } from 'node:crypto'
import ece from 'http_ece'
import { importJWK, jwtVerify } from 'jose'
import { startHttp } from './fake-http.ts'
import { Inbox, type Responder } from './pushed.ts'

export type BrowserPush = {
  path: string
  headers: Record<string, string>
  /** Decrypted with the browser's keys. */
  payload: unknown
  /** Bytes on the wire. */
  size: number
}

export type FakeBrowser = AsyncDisposable & {
  /** What `JSON.stringify(subscription)` gives in the browser. */
  subscription: string
  origin: string
  inbox: Inbox<BrowserPush>
}

export async function startBrowser(
  respond: Responder<BrowserPush> = () => ({ status: 201 }),
): Promise<FakeBrowser> {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  const auth = randomBytes(16)
  const inbox = new Inbox(respond)
  const http = await startHttp(async ({ path, headers, body }) =>
    inbox.take({ path, headers, payload: decrypt(body, keys, auth), size: body.length }),
  )
  const subscription = {
    endpoint: `${http.url}/send/1`,
    expirationTime: null,
    keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
  }
  return {
    ...{ subscription: JSON.stringify(subscription), origin: http.url, inbox },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  }
}

function decrypt(body: Buffer, privateKey: ECDH, auth: Buffer): unknown {
  const options = { version: 'aes128gcm', privateKey, authSecret: auth.toString('base64url') }
  return JSON.parse(ece.decrypt(body, options).toString('utf8'))
}

/** What an `authorization` header says, when the keys of `publicKey` signed it (RFC 8292). */
export async function readVapid(authorization = '', publicKey: string) {
  const [, token = '', key] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? []
  const point = Buffer.from(publicKey, 'base64url')
  const jwk = {
    ...{ kty: 'EC', crv: 'P-256' },
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  }
  const { payload } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { algorithms: ['ES256'] })
  return { claims: payload, key }
}
