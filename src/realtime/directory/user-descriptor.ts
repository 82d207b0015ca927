// A user as directories and single reads show it (realtime-protocol.md §7.2).
import type { User } from '../../store/users.ts'
import type { Urls } from '../urls.ts'

export function userDescriptor(user: User, urls: Urls): object {
  const info = `${user.sid}.info`
  return {
    sid: user.sid,
    identity: user.identity,
    friendly_name: user.friendlyName,
    attributes: user.attributes,
    is_online: user.isOnline === 1,
    is_notifiable: user.isNotifiable === 1,
    sync_unique_name: info,
    sync_objects: { user_info_map: info },
    url: urls.user(user.identity),
  }
}
