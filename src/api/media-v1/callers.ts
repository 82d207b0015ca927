// Who asks for media: a server with the account's credentials, or a client with its access token.
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { signIn } from '../../chat/sign-in.ts'
import type { Authenticate } from '../http/auth.ts'

/** Throws authenticate, and for tokens the errors of signIn. */
export async function mediaCaller(
  chat: Chat,
  authenticate: Authenticate,
  { headers }: FastifyRequest,
): Promise<Caller> {
  const token = headers['x-twilio-token']
  if (typeof token === 'string') return (await signIn(chat, token)).caller
  return authenticate(headers, false)
}
