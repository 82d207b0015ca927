// The JSON of a medium, with a link to its content made just now (rest-v2.md §8).
import { isoDate } from '../../lib/iso-date.ts'
import type { Media } from '../../store/media.ts'

export type RecordContext = {
  accountSid: string
  baseUrl: string
  /** A URL of the content that works for a while without credentials. */
  temporaryUrl(media: Media): Promise<string>
}

export async function presentRecord(media: Media, context: RecordContext): Promise<object> {
  const url = mediaUrl(context.baseUrl, media)
  return {
    sid: media.sid,
    account_sid: context.accountSid,
    service_sid: media.serviceSid,
    channel_sid: media.channelSid,
    message_sid: media.messageSid,
    date_created: isoDate(media.createdAt),
    date_upload_updated: isoDate(media.uploadedAt ?? media.createdAt),
    date_updated: isoDate(media.updatedAt),
    size: media.size,
    content_type: media.contentType,
    filename: media.filename,
    category: media.category,
    author: media.author,
    is_multipart_upstream: false,
    url,
    links: { content: `${url}/Content`, content_direct_temporary: await context.temporaryUrl(media) },
  }
}

export function mediaUrl(baseUrl: string, { serviceSid, sid }: Pick<Media, 'serviceSid' | 'sid'>): string {
  return `${baseUrl}/v1/Services/${serviceSid}/Media/${sid}`
}
