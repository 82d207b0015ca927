// FCM as a provider sees it: an endpoint for access tokens and the HTTP v1 API.
import { createPublicKey } from 'node:crypto'
import { decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import { makeServiceAccount, type ServiceAccount } from './certificates.ts'
import { type HttpRequest, startHttp } from './fake-http.ts'
import { type Answer, Inbox, type Responder } from './pushed.ts'

export type FcmRequest = {
  path: string
  headers: Record<string, string>
  /** The bytes that came, as text. */
  body: string
  /** Of the body. */
  message: { token: string; data: Record<string, string>; android: { priority: string; ttl: string } }
}
/** A request for an access token: its assertion, verified with the service account's key. */
export type TokenRequest = { form: Record<string, string>; claims: JWTPayload; keyId: string | undefined }

export type FakeFcm = AsyncDisposable & {
  url: string
  tokenUrl: string
  account: ServiceAccount
  inbox: Inbox<FcmRequest>
  tokens: Inbox<TokenRequest>
}

const accepted = (_request: FcmRequest, count: number): Answer => ({
  status: 200,
  body: JSON.stringify({ name: `projects/parley-test/messages/${count}` }),
})

/** Tokens are `token-1`, `token-2` and so on. */
export const granted = (_request: TokenRequest, count: number): Answer => ({
  status: 200,
  body: JSON.stringify({ access_token: `token-${count}`, expires_in: 3_599, token_type: 'Bearer' }),
})

/** An error as FCM writes it; `errorCode` is FCM's own, `status` is Google's. */
export function fcmError(code: number, status: string, errorCode?: string, message = 'no'): Answer {
  const type = 'type.googleapis.com/google.firebase.fcm.v1.FcmError'
  const details = errorCode === undefined ? {} : { details: [{ '@type': type, errorCode }] }
  return { status: code, body: JSON.stringify({ error: { code, message, status, ...details } }) }
}

export async function startFcm(respond: Responder<FcmRequest> = accepted): Promise<FakeFcm> {
  const account = makeServiceAccount('parley-test')
  const inbox = new Inbox(respond)
  const tokens = new Inbox<TokenRequest>(granted)
  const http = await startHttp(async (request) =>
    request.path === '/token'
      ? tokens.take(await readTokenRequest(request, account, `${http.url}/token`))
      : inbox.take(readMessage(request)),
  )
  return {
    ...{ url: http.url, tokenUrl: `${http.url}/token`, account, inbox, tokens },
    [Symbol.asyncDispose]: () => http[Symbol.asyncDispose](),
  }
}

function readMessage({ path, headers, body }: HttpRequest): FcmRequest {
  const text = body.toString('utf8')
  return { path, headers, body: text, message: JSON.parse(text).message }
}

async function readTokenRequest(
  { body }: HttpRequest,
  { publicKey, clientEmail }: ServiceAccount,
  audience: string,
): Promise<TokenRequest> {
  const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')))
  const assertion = form.assertion ?? ''
  // By the clock of the server, which a test may have changed.
  const currentDate = new Date((decodeJwt(assertion).iat ?? 0) * 1_000)
  const { payload, protectedHeader } = await jwtVerify(assertion, createPublicKey(publicKey), {
    currentDate,
    audience,
    issuer: clientEmail,
    algorithms: ['RS256'],
  })
  return { form, claims: payload, keyId: protectedHeader.kid }
}
