import type { Sid } from '../lib/sid.ts'
import type { Channel } from '../store/channels.ts'
import type { Tx } from '../store/database.ts'
import { attachMedia, findMedia } from '../store/media.ts'
import type { MessageMedia } from '../store/messages.ts'
import { errors } from './errors.ts'

/** Attaches uploaded media to a new message; the JSON to keep with it. Throws mediaNotFound, mediaAlreadySent. */
export async function claimMedia(
  tx: Tx,
  channel: Channel,
  messageSid: Sid<'IM'>,
  sids: readonly Sid<'ME'>[],
): Promise<string> {
  const list: MessageMedia[] = []
  for (const sid of sids) {
    const media = await findMedia(tx, channel.serviceSid, sid)
    if (!media) throw errors.mediaNotFound()
    if (!(await attachMedia(tx, sid, channel.sid, messageSid))) throw errors.mediaAlreadySent()
    list.push({ sid, filename: media.filename, contentType: media.contentType, size: media.size })
  }
  return JSON.stringify(list)
}
