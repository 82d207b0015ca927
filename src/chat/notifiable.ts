// Whether a user has a device to notify, kept in step with the bindings (rest-v2.md §2.4).
import type { Sid } from '../lib/sid.ts'
import { hasBinding } from '../store/bindings.ts'
import type { Tx } from '../store/database.ts'
import { findServiceBySid } from '../store/services.ts'
import { lockUser, updateUser } from '../store/users.ts'
import type { Emit } from './events.ts'

/** Stores it when it has changed, and tells of it where the service wants reachability. */
export async function followBindings(tx: Tx, emit: Emit, userSid: Sid<'US'>, now: number): Promise<void> {
  const user = await lockUser(tx, userSid)
  if (!user) return
  const isNotifiable = Number(await hasBinding(tx, userSid))
  if (isNotifiable === user.isNotifiable) return
  const service = await findServiceBySid(tx, user.serviceSid)
  if (!service?.reachabilityEnabled) return updateUser(tx, user, { ...user, isNotifiable })
  const event = user.infoEvent + 1
  const updated = { ...user, isNotifiable, infoEvent: event, reachabilityEvent: event, updatedAt: now }
  await updateUser(tx, user, updated)
  emit({ type: 'user.updated', user: updated })
}
