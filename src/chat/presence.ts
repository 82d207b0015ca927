// Whether users are online, where the service wants to know (rest-v2.md §6.4).
import { findServiceBySid } from '../store/services.ts'
import { findUserBySid, listOnlineUsers, lockUser } from '../store/users.ts'
import type { UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { saveReachability } from './reachability.ts'

const USERS_PER_STEP = 200

/**
 * Stores and tells that the user is online or no longer is, where the service enables reachability. Elsewhere nobody
 * comes online, and who still is from before goes without a word.
 */
export async function setOnline(chat: Chat, caller: UserCaller, online: boolean): Promise<void> {
  const service = await findServiceBySid(chat.db, caller.serviceSid)
  if (!service) return
  if (service.reachabilityEnabled) return write(chat, caller, online, true)
  const user = await findUserBySid(chat.db, caller.serviceSid, caller.userSid)
  if (!online && user?.isOnline === 1) await write(chat, caller, false, false)
}

/** Whoever was online when a process ended no longer is, unless `findConnected` finds the user among those it is asked for. */
export async function forgetOnlineUsers(
  chat: Chat,
  findConnected: (userSids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  let after = ''
  for (;;) {
    const users = await listOnlineUsers(chat.db, after, USERS_PER_STEP)
    const connected = await findConnected(users.map(({ userSid }) => userSid))
    for (const user of users) if (!connected.has(user.userSid)) await write(chat, user, false, true)
    const last = users.at(-1)
    if (users.length < USERS_PER_STEP || !last) return
    after = last.userSid
  }
}

/** Presence is nobody's action: webhooks are told of what REST would tell them of. */
async function write(
  chat: Chat,
  { accountSid, serviceSid, userSid }: Pick<UserCaller, 'accountSid' | 'serviceSid' | 'userSid'>,
  online: boolean,
  isTold: boolean,
): Promise<void> {
  const by = { kind: 'account', accountSid, webhooks: true } as const
  await commit(chat, { by, serviceSid, budget: null }, async (tx, emit, now) => {
    const user = await lockUser(tx, userSid)
    if (!user || user.isOnline === Number(online)) return
    await saveReachability(tx, emit, user, { isOnline: Number(online) }, isTold, now)
  })
}
