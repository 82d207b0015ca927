// Whether users are online, where the service wants to know (rest-v2.md §6.4).
import type { Sid } from '../lib/sid.ts'
import { findServiceBySid } from '../store/services.ts'
import { findUserBySid, listOfflineUsers, listOnlineUsers, lockUser } from '../store/users.ts'
import type { UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { saveReachability } from './reachability.ts'

const USERS_PER_STEP = 2_000

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

export type Forgetting = {
  /** False ends it early. */
  isWanted(): boolean
  isHere(userSid: string): boolean
  /** Those of these users, and perhaps others, who are connected to other processes. */
  findElsewhere(userSids: readonly string[]): Promise<ReadonlySet<string>>
  /** It is written that the user is offline. */
  onForgotten(userSid: string): void
}

/** Whoever was online when a process ended no longer is, unless connected somewhere. */
export async function forgetOnlineUsers(chat: Chat, forgetting: Forgetting): Promise<void> {
  const { isWanted, isHere, findElsewhere, onForgotten } = forgetting
  let after = ''
  while (isWanted()) {
    const users = await listOnlineUsers(chat.db, after, USERS_PER_STEP)
    const elsewhere = await findElsewhere(users.map(({ userSid }) => userSid))
    for (const user of users) {
      if (!isWanted()) return
      if (elsewhere.has(user.userSid) || isHere(user.userSid)) continue
      await write(chat, user, false, true)
      onForgotten(user.userSid)
    }
    const last = users.at(-1)
    if (users.length < USERS_PER_STEP || !last) return
    after = last.userSid
  }
}

/** Those of these users whom their service takes for offline although it wants to know. */
export async function findUsersTakenForOffline(
  chat: Chat,
  userSids: readonly Sid<'US'>[],
): Promise<Sid<'US'>[]> {
  const found: Sid<'US'>[] = []
  for (let i = 0; i < userSids.length; i += USERS_PER_STEP) {
    found.push(...(await listOfflineUsers(chat.db, userSids.slice(i, i + USERS_PER_STEP))))
  }
  return found
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
