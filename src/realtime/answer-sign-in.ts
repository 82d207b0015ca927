// `init` and `update` (realtime-protocol.md §2.5, §2.6): who the client is.
import { randomUUID } from 'node:crypto'
import { type SignedIn, signIn } from '../chat/sign-in.ts'
import type { Connection } from './connection.ts'
import { toChatError } from './tunnel.ts'
import type { Header } from './twilsock/frame.ts'
import { backoff, reply } from './twilsock/messages.ts'
import { asObject, asText } from './values.ts'

/** `signedIn` is null when the client was refused. */
type SignInAnswer = { frame: Buffer; signedIn: SignedIn | null }

/** What the server can do of what clients offer: no telemetry, and no cache that outlives a page (§5.9). */
const CAPABILITIES = ['client_update']
const TOO_MANY_CODE = 51202
/** A client over the limit comes back after this. */
const BACKOFF_MS = 30_000

/** Throws only what is our own fault. */
export async function answerSignIn(
  { context, peer }: Connection,
  header: Header,
  id: string,
): Promise<SignInAnswer> {
  let signedIn: SignedIn
  try {
    signedIn = await signIn(context.chat, asText(header.token) ?? '')
  } catch (thrown) {
    return refuse(thrown, id)
  }
  const { caller, token } = signedIn
  if (peer) {
    const isSame = caller.userSid === peer.caller.userSid && caller.serviceSid === peer.caller.serviceSid
    if (!isSame) return refusal(id, 401, 20101, 'The token is for another identity or service')
    peer.token = token
  } else if (context.users.count(caller.userSid) >= context.settings.connectionsPerUser) {
    return { frame: tooMany(id), signedIn: null }
  }
  const members = header.method === 'init' ? initMembers(header) : {}
  return { frame: reply(id, undefined, members), signedIn }
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
    const { product, type, message_types } = asObject(registration) ?? {}
    return product === undefined ? [] : [{ notification_ctx_id: randomUUID(), product, type, message_types }]
  })
}

function refuse(thrown: unknown, id: string): SignInAnswer {
  const error = toChatError(thrown)
  if (!error) throw thrown
  return refusal(id, error.status, error.code, error.message)
}

function refusal(id: string, code: number, errorCode: number, description: string): SignInAnswer {
  const status = { code, status: code === 401 ? 'UNAUTHORIZED' : 'REFUSED', description, errorCode }
  return { frame: reply(id, status), signedIn: null }
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
