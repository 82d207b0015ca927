// Whether a user can be reached: online, or with a device to notify (rest-v2.md §6.4).
import type { Tx } from '../store/database.ts'
import { type User, updateUser } from '../store/users.ts'
import type { Emit } from './events.ts'

/** Stores it, and tells of it where `isTold`. */
export async function saveReachability(
  tx: Tx,
  emit: Emit,
  user: User,
  change: Partial<Pick<User, 'isOnline' | 'isNotifiable'>>,
  isTold: boolean,
  now: number,
): Promise<void> {
  if (!isTold) return updateUser(tx, user, { ...user, ...change })
  const event = user.infoEvent + 1
  const updated: User = { ...user, ...change, infoEvent: event, reachabilityEvent: event, updatedAt: now }
  await updateUser(tx, user, updated)
  emit({ type: 'user.updated', user: updated })
}
