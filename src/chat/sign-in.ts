// From an access token to a caller (rest-v2.md §7).
import { type AccessToken, readAccessToken, TokenError } from '../lib/access-token.ts'
import { newSid, readSid, type Sid } from '../lib/sid.ts'
import type { ApiKey } from '../store/accounts.ts'
import { findRole } from '../store/roles.ts'
import { findService, type Service } from '../store/services.ts'
import { findUser, type User } from '../store/users.ts'
import type { UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { ChatError } from './errors.ts'
import { ensureUser } from './users.ts'
import { checkIdentity } from './values.ts'

export type SignedIn = {
  caller: UserCaller
  service: Service
  user: User
  token: AccessToken
}

/** What the token says, checked against key, account and service. Throws ChatError with status 401 and a code of the family 201xx. */
export async function verifyToken(chat: Chat, jwt: string): Promise<AccessToken & { service: Service }> {
  const token = await readToken(chat, jwt)
  const accountSid = readSid('AC', token.accountSid)
  const serviceSid = readSid('IS', token.serviceSid)
  const service = accountSid && serviceSid && (await findService(chat.db, accountSid, serviceSid))
  if (!service) throw refused(20106, 'Invalid Access Token grants: there is no such service in the account')
  if (token.identity.includes('\0')) throw refused(20106, 'Invalid Access Token grants: identity holds a NUL')
  try {
    checkIdentity(token.identity, chat.limits)
  } catch (error) {
    throw refused(20106, `Invalid Access Token grants: ${(error as Error).message}`)
  }
  return { ...token, service }
}

/** The token's user, made now when there is none (with the role the token names). Throws like verifyToken. */
export async function signIn(chat: Chat, jwt: string): Promise<SignedIn> {
  const { service, ...token } = await verifyToken(chat, jwt)
  const known = await findUser(chat.db, service.sid, token.identity)
  const user = known ?? (await makeUser(chat, service, token))
  return { caller: callerFor(service, user.sid, user.identity), service, user, token }
}

async function readToken(chat: Chat, jwt: string): Promise<AccessToken> {
  try {
    return await readAccessToken(jwt, (text) => findKey(chat, text), chat.now())
  } catch (error) {
    if (error instanceof TokenError) throw refused(error.code, error.message)
    throw error
  }
}

/** Only the key that is in use now: giving the installation another one ends all older tokens. */
function findKey({ apiKey }: Chat, text: string): ApiKey | undefined {
  return apiKey !== null && readSid('SK', text) === apiKey.sid ? apiKey : undefined
}

/** The user makes itself: webhooks hear of it as of something that a client did. */
async function makeUser(chat: Chat, service: Service, token: AccessToken): Promise<User> {
  const given = { sid: newSid('US'), roleSid: await roleFor(chat, service, token) }
  const by = callerFor(service, given.sid, token.identity)
  return commit(chat, { by, serviceSid: service.sid, budget: null }, (tx, emit, now) =>
    ensureUser(tx, emit, service, token.identity, now, given),
  )
}

function callerFor({ sid, accountSid }: Service, userSid: Sid<'US'>, identity: string): UserCaller {
  return { kind: 'user', accountSid, serviceSid: sid, userSid, identity }
}

async function roleFor(
  chat: Chat,
  service: Service,
  { roleSid }: AccessToken,
): Promise<Sid<'RL'> | undefined> {
  if (roleSid === null) return undefined
  const sid = readSid('RL', roleSid)
  const role = sid && (await findRole(chat.db, service.sid, sid))
  if (role?.type !== 'deployment') {
    throw refused(20106, 'Invalid Access Token grants: deployment_role_sid is no service role of the service')
  }
  return role.sid
}

function refused(code: number, message: string): ChatError {
  return new ChatError(code, 401, message)
}
