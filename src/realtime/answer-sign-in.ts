// `init` and `update` (realtime-protocol.md §2.5, §2.6): who the client is.
import { randomUUID } from 'node:crypto'
import { explain } from '../chat/errors.ts'
import { type SignedIn, signIn } from '../chat/sign-in.ts'
import type { Connection } from './connection.ts'
import { setMessageTypes } from './message-types.ts'
import type { Header } from './twilsock/frame.ts'
import { backoff, reply } from './twilsock/messages.ts'
import { asObject, asText } from './values.ts'

/** What the server can do of what clients offer: no telemetry, and no cache that outlives a page (§5.9). */
const CAPABILITIES = ['client_update']
const TOO_MANY_CODE = 51202
/** A client over the limit comes back after this. */
const BACKOFF_MS = 30_000

/** Signs the connection in, or gives it the new token, and returns the reply. Throws only what is our own fault. */
export async function answerSignIn(connection: Connection, header: Header, id: string): Promise<Buffer> {
  let signedIn: SignedIn
  try {
    signedIn = await signIn(connection.context.chat, asText(header.token) ?? '')
  } catch (thrown) {
    return refuse(connection, thrown, id)
  }
  // No await from here on: of clients that come at once, each sees those before it counted.
  const { context, peer } = connection
  const { caller, token } = signedIn
  if (peer) {
    const isSame = caller.userSid === peer.caller.userSid && caller.serviceSid === peer.caller.serviceSid
    if (!isSame) return refusal(id, 401, 20101, 'The token is for another identity or service')
    peer.token = token
  } else if (context.users.count(caller.userSid) >= context.settings.connectionsPerUser) {
    return tooMany(id)
  }
  const isInit = header.method === 'init'
  if (isInit) setMessageTypes(connection, 'init', header.registrations)
  connection.accept(signedIn)
  return reply(id, undefined, isInit ? initMembers(header) : {})
}

function initMembers(header: Header): object {
  const given = asText(header.continuation_token)
  return {
    continuation_token: given ?? randomUUID(),
    continuation_token_status: given
      ? { reissued: false }
      : { reissued: true, reissue_reason: 'MISSING', reissue_message: 'Continuation token is not provided' },
    capabilities: CAPABILITIES,
    init_registrations: confirmRegistrations(header.registrations),
  }
}

function confirmRegistrations(registrations: unknown): object[] {
  if (!Array.isArray(registrations)) return []
  return registrations.slice(0, 10).flatMap((registration) => {
    const { product, type, message_types: types } = asObject(registration) ?? {}
    if (product === undefined) return []
    const message_types = Array.isArray(types) ? types.filter((one) => typeof one === 'string') : []
    return [
      { notification_ctx_id: randomUUID(), product: asText(product), type: asText(type), message_types },
    ]
  })
}

function refuse({ context }: Connection, thrown: unknown, id: string): Buffer {
  const known = explain(thrown)
  if (!known) throw thrown
  if (known.isOutage) context.logOutage(thrown)
  const { error } = known
  return refusal(id, error.status, error.code, error.message)
}

function refusal(id: string, code: number, errorCode: number, description: string): Buffer {
  const status = { code, status: code === 401 ? 'UNAUTHORIZED' : 'REFUSED', description, errorCode }
  return reply(id, status)
}

function tooMany(id: string): Buffer {
  const status = {
    code: 429,
    status: 'TOO_MANY_REQUESTS',
    description: 'Too many connections of this user',
    errorCode: TOO_MANY_CODE,
  }
  return reply(id, status, {}, backoff(BACKOFF_MS))
}
