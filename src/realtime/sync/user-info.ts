// A user's own data as three items (realtime-protocol.md §6.5), in the order of their keys.
import type { User } from '../../store/users.ts'
import type { Item } from './items.ts'

export function userInfoItems(user: User): Item[] {
  const item = (key: string, data: object, lastEvent: number): Item => ({
    key,
    data,
    lastEvent,
    createdEvent: 0,
    deleted: false,
    createdAt: user.createdAt,
    updatedAt: user.updatedAt,
  })
  return [
    item('attributes', { value: user.attributes }, user.attributesEvent),
    item('friendlyName', { value: user.friendlyName }, user.friendlyNameEvent),
    item(
      'reachability',
      { online: user.isOnline === 1, notifiable: user.isNotifiable === 1 },
      user.reachabilityEvent,
    ),
  ]
}

/** Those that changed after the event `after`, in the order of their events. */
export function changedInfoItems(user: User, after: number): Item[] {
  return userInfoItems(user)
    .filter(({ lastEvent }) => lastEvent > after)
    .sort((a, b) => a.lastEvent - b.lastEvent)
}
