// Whether a user has a device to notify, kept in step with the bindings (rest-v2.md §2.4).
import type { Sid } from '../lib/sid.ts'
import { hasBinding } from '../store/bindings.ts'
import type { Tx } from '../store/database.ts'
import { findServiceBySid } from '../store/services.ts'
import { lockUser } from '../store/users.ts'
import type { Emit } from './events.ts'
import { saveReachability } from './reachability.ts'

/** Stores it when it has changed, and tells of it where the service wants reachability. */
export async function followBindings(tx: Tx, emit: Emit, userSid: Sid<'US'>, now: number): Promise<void> {
  const user = await lockUser(tx, userSid)
  if (!user) return
  const isNotifiable = Number(await hasBinding(tx, userSid))
  if (isNotifiable === user.isNotifiable) return
  const service = await findServiceBySid(tx, user.serviceSid)
  await saveReachability(tx, emit, user, { isNotifiable }, service?.reachabilityEnabled === 1, now)
}
