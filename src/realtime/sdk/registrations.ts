// Push registrations (realtime-protocol.md §12.4).
import { createHash } from 'node:crypto'
import { PUSH_TYPES, type PushDialectName, type PushType } from '../../chat/push-dialect.ts'
import { registerBinding, removeRegistration } from '../../chat/push-registrations.ts'
import { newSid } from '../../lib/sid.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import { type Answer, decodePart } from '../tunnel.ts'
import { asObject, optionalText, requiredText } from '../values.ts'

const CHAT_PREFIX = 'twilio.channel.'
const CONVERSATIONS_PREFIX = 'twilio.conversations.'
const MAX_TYPES = 50

export const registrationRoutes: Route[] = [
  route('POST', '/v1/registrations', register),
  route('DELETE', '/v1/registrations', removeByAddress),
  route('DELETE', '/v1/registrations/:Id', async ({ params }, peer) =>
    remove(peer, decodePart(params.Id ?? '')),
  ),
]

/**
 * Without a push credential in the access token no push can ever be sent, but an error would make the SDKs ask again
 * without end: they get an id, and the diagnosis of pushes says that the user has no device.
 */
async function register({ body }: RoutedRequest, { chat, caller, token }: Peer): Promise<Answer> {
  const fields = body()
  if (token.pushCredentialSid === null) return { status: 201, body: { id: newSid('BS') } }
  const address = requiredText(asObject(fields.data) ?? {}, 'registration_id')
  const names = readNames(fields.message_types)
  const { sid } = await registerBinding(chat, caller, {
    channelType: requiredText(fields, 'channel_type'),
    address,
    endpointId: token.endpointId ?? endpointOf(address),
    credentialSid: token.pushCredentialSid,
    messageTypes: PUSH_TYPES.filter((type) => names.some((name) => isName(name, type))),
    dialect: dialectOf(names),
  })
  return { status: 201, body: { id: sid } }
}

async function removeByAddress({ body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const address = optionalText(body(), 'address')
  return address ? remove(peer, address) : { status: 204, body: null }
}

/** Also when there was none: a device that is not registered is what the client wants. */
async function remove({ chat, caller }: Peer, sidOrAddress: string): Promise<Answer> {
  await removeRegistration(chat, caller, sidOrAddress)
  return { status: 204, body: null }
}

function readNames(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, MAX_TYPES).filter((name) => typeof name === 'string')
}

/** Conversations have their own word in the same names. */
function isName(name: string, type: PushType): boolean {
  return (
    name === CHAT_PREFIX + type || name === CONVERSATIONS_PREFIX + type.replace(/channel$/, 'conversation')
  )
}

function dialectOf(names: readonly string[]): PushDialectName {
  return names.some((name) => name.startsWith(CONVERSATIONS_PREFIX)) ? 'conversations' : 'chat'
}

/** The same device keeps its endpoint where the token names none. */
function endpointOf(address: string): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 32)
}
