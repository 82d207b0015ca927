// What one connection watches, and its limit.
import type { Hub } from '../hub.ts'
import { type SyncObject, syncSidOf } from './objects.ts'
import { type Client, Subscription } from './subscription.ts'

export type Subscriptions = {
  /** A fresh start also for an object that is watched already. Undefined when the connection watches too many. */
  add(object: SyncObject, takesMany: boolean): Subscription | undefined
  /** Still the one that was added: not canceled, replaced or cut meanwhile. */
  has(subscription: Subscription): boolean
  /** Of one that has been added still: tells it what comes after the event `position`. */
  goLive(subscription: Subscription, position: number): void
  remove(object: SyncObject): void
  end(): void
}

export function createSubscriptions(hub: Hub, client: Client, limit: number): Subscriptions {
  const bySid = new Map<string, Subscription>()

  function remove(object: SyncObject): void {
    const sid = syncSidOf(object)
    const subscription = bySid.get(sid)
    if (!subscription) return
    hub.leave(sid, subscription)
    bySid.delete(sid)
  }

  const has = (subscription: Subscription): boolean =>
    bySid.get(syncSidOf(subscription.object)) === subscription
  const end = (subscription: Subscription): void => {
    if (has(subscription)) remove(subscription.object)
  }

  return {
    add(object, takesMany) {
      remove(object)
      if (bySid.size >= limit) return undefined
      const sid = syncSidOf(object)
      const subscription = new Subscription(client, object, takesMany, end)
      bySid.set(sid, subscription)
      hub.watch(sid, subscription)
      return subscription
    },
    has,
    goLive(subscription, position) {
      if (!has(subscription)) return
      hub.know(syncSidOf(subscription.object), position)
      subscription.goLive(position)
    },
    remove,
    end() {
      for (const [sid, subscription] of bySid) hub.leave(sid, subscription)
      bySid.clear()
    },
  }
}
