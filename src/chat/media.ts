// Uploaded files: who may see them, and how they get into messages (rest-v2.md §8). Uploading is in media-upload.ts.
import { readSid, type Sid } from '../lib/sid.ts'
import type { Channel } from '../store/channels.ts'
import type { Tx } from '../store/database.ts'
import { attachMedia, findMedia, listMedia, type Media } from '../store/media.ts'
import { findMember } from '../store/members.ts'
import type { Message, MessageMedia } from '../store/messages.ts'
import { findServiceBySid, type Service } from '../store/services.ts'
import { type Caller, isUser } from './caller.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'
import { MEGABYTE } from './limits.ts'

/** For the account, whoever uploaded it, and the members of the channel it was sent to. Throws notFound, notAuthorized. */
export async function requireMedia(
  chat: Chat,
  caller: Caller,
  service: Service,
  text: string,
): Promise<Media> {
  const sid = readSid('ME', text)
  const media = sid && (await findMedia(chat.db, service.sid, sid))
  if (!media) throw errors.notFound()
  if (!(await maySee(chat, caller, media))) throw errors.notAuthorized()
  return media
}

/** Without asking who wants it: for links that were made for somebody who may. Throws notFound. */
export async function requireLinkedMedia(
  { db }: Chat,
  serviceSid: Sid<'IS'>,
  sid: Sid<'ME'>,
): Promise<Media> {
  const media = (await findServiceBySid(db, serviceSid)) && (await findMedia(db, serviceSid, sid))
  if (!media) throw errors.notFound()
  return media
}

/** Those of `sids` that there are and that the caller may see. */
export async function findMediaSet(
  chat: Chat,
  caller: Caller,
  service: Service,
  sids: readonly Sid<'ME'>[],
): Promise<Map<Sid<'ME'>, Media>> {
  const visible = new Map<Sid<'ME'>, Media>()
  for (const media of await listMedia(chat.db, service.sid, sids)) {
    if (await maySee(chat, caller, media)) visible.set(media.sid, media)
  }
  return visible
}

/**
 * Attaches uploaded media to a new message; the JSON to keep with it. A user attaches own uploads only.
 * Throws mediaNotFound, mediaAlreadySent, messageMediaTooLarge.
 */
export async function claimMedia(
  tx: Tx,
  caller: Caller,
  channel: Channel,
  messageSid: Sid<'IM'>,
  sids: readonly Sid<'ME'>[],
  now: number,
): Promise<string> {
  const list: MessageMedia[] = []
  for (const sid of sids) {
    const media = await findMedia(tx, channel.serviceSid, sid)
    if (!media || !isOwn(caller, media)) throw errors.mediaNotFound()
    if (!(await attachMedia(tx, sid, channel.sid, messageSid, now))) throw errors.mediaAlreadySent()
    list.push(describeMedia(media))
  }
  if (list.length > 1) await requireTotal(tx, channel, list)
  return JSON.stringify(list)
}

/** What one file may have is what all files of a message may have (realtime-protocol.md §8.1). */
async function requireTotal(tx: Tx, channel: Channel, list: readonly MessageMedia[]): Promise<void> {
  const limitMb = (await findServiceBySid(tx, channel.serviceSid))?.mediaSizeLimitMb ?? 0
  const bytes = list.reduce((sum, { size }) => sum + size, 0)
  if (bytes > limitMb * MEGABYTE) throw errors.messageMediaTooLarge(limitMb)
}

/** The media that a message carries, in the order in which they were given; empty for a text message. */
export function mediaOf({ media }: Pick<Message, 'media'>): MessageMedia[] {
  if (media === null) return []
  const list = JSON.parse(media) as (Omit<MessageMedia, 'category'> & Partial<MessageMedia>)[]
  return list.map((one) => ({ ...one, category: one.category ?? 'media' }))
}

/** What a message and its webhooks tell of a medium. */
export function describeMedia({ sid, filename, contentType, size, category }: Media): MessageMedia {
  return { sid, filename, contentType, size, category }
}

async function maySee(chat: Chat, caller: Caller, media: Media): Promise<boolean> {
  if (isOwn(caller, media)) return true
  if (caller.kind !== 'user' || caller.serviceSid !== media.serviceSid || !media.channelSid) return false
  return (await findMember(chat.db, media.channelSid, { identity: caller.identity })) !== undefined
}

/** The account owns them all, a user what the user has uploaded. */
function isOwn(caller: Caller, media: Media): boolean {
  return caller.kind === 'account' || isUser(caller, media.serviceSid, media.author)
}
