// Every URL that clients get. They send them back through the socket, where only the path counts; media alone is
// fetched for real (realtime-protocol.md §1.1).
import type { Sid } from '../lib/sid.ts'
import { type SyncObject, type SyncType, syncSidOf, typeOf } from './sync/objects.ts'

export type Urls = ReturnType<typeof createUrls>

const SYNC_FOLDERS: Record<SyncType, string> = { document: 'Documents', list: 'Lists', map: 'Maps' }

/**
 * Short where there are many: clients read every byte slowly. `publicUrl` is the configured base of all URLs; its own path is kept for media only.
 */
export function createUrls(publicUrl: string, serviceSid: Sid<'IS'>) {
  const { origin } = new URL(publicUrl)
  const client = `${origin}/Client/v2/Services/${serviceSid}`
  const object = (o: SyncObject): string => `${origin}/v3/${SYNC_FOLDERS[typeOf(o)]}/${syncSidOf(o)}`
  return {
    object,
    items: (o: SyncObject) => `${object(o)}/Items`,
    item: (o: SyncObject, key: string | number) =>
      `${object(o)}/Items/${typeof key === 'number' ? key : encodeURIComponent(key)}`,
    context: (o: SyncObject) => `${object(o)}/Context`,
    configuration: (version: string) => `${origin}/Client/${version}/Configuration`,
    conversations: `${client}/Conversations`,
    conversation: (sid: string) => `${client}/Conversations/${sid}`,
    users: `${client}/Users`,
    user: (key: string) => `${client}/Users/${encodeURIComponent(key)}`,
    ownConversations: (version: string, userSid: string) =>
      `${origin}/Client/${version}/Services/${serviceSid}/Users/${userSid}/Conversations`,
    typing: `${origin}/v1/Instances/${serviceSid}/Typing`,
    receipts: `${client}/Conversations/%s/Messages/%s/Receipts`,
    media: `${publicUrl}/v1/Services/${serviceSid}/Media`,
    mediaSet: `${publicUrl}/v1/Services/${serviceSid}/MediaSet`,
  }
}
