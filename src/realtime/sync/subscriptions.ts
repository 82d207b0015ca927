// What one connection watches, and its limit.
import type { Hub } from '../hub.ts'
import { type SyncObject, syncSidOf } from './objects.ts'
import { type Client, type Subscription, watchObject } from './subscription.ts'

export type Subscriptions = {
  /** A fresh start also for an object that is watched already. Undefined when the connection watches too many. */
  add(object: SyncObject, takesMany: boolean): Subscription | undefined
  /** Still the one that was added: not canceled, replaced or cut meanwhile. */
  has(subscription: Subscription): boolean
  remove(object: SyncObject): void
  end(): void
}

export function createSubscriptions(hub: Hub, client: Client, limit: number): Subscriptions {
  const bySid = new Map<string, Subscription>()

  function remove(object: SyncObject): void {
    const sid = syncSidOf(object)
    bySid.get(sid)?.end()
    bySid.delete(sid)
  }

  return {
    add(object, takesMany) {
      remove(object)
      if (bySid.size >= limit) return undefined
      const sid = syncSidOf(object)
      const subscription = watchObject(hub, client, object, takesMany, () => {
        if (bySid.get(sid) === subscription) remove(object)
      })
      bySid.set(sid, subscription)
      return subscription
    },
    has: (subscription) => bySid.get(syncSidOf(subscription.object)) === subscription,
    remove,
    end() {
      for (const subscription of bySid.values()) subscription.end()
      bySid.clear()
    },
  }
}
