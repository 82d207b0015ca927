import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { inList, limitTo, sql } from './sql.ts'

export type MediaCategory = 'media' | 'body' | 'history'

/** An uploaded file; the message it was sent with, once it was. */
export type Media = {
  sid: Sid<'ME'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'> | null
  messageSid: Sid<'IM'> | null
  author: string
  filename: string | null
  contentType: string
  category: MediaCategory
  size: number
  /** Null while the file comes in. */
  uploadedAt: number | null
  /** Nobody sees it any more; its file is to be deleted. */
  discarded: number
  createdAt: number
  updatedAt: number
}

/** Of those that are here whole and whose channel has not been deleted. */
const VISIBLE = sql`discarded = 0 and uploaded_at is not null and (channel_sid is null
  or exists (select 1 from channels where channels.sid = media.channel_sid and channels.deleted = 0))`

export function findMedia(db: Queryable, serviceSid: Sid<'IS'>, sid: Sid<'ME'>): Promise<Media | undefined> {
  return db.one<Media>(
    sql`select * from media where sid = ${sid} and service_sid = ${serviceSid} and ${VISIBLE}`,
  )
}

/** Those of `sids` that there are, in no order. */
export async function listMedia(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sids: readonly Sid<'ME'>[],
): Promise<Media[]> {
  if (sids.length === 0) return []
  return db.many<Media>(
    sql`select * from media where sid in ${inList(sids)} and service_sid = ${serviceSid} and ${VISIBLE}`,
  )
}

/** How many files of this user no message has taken yet; those that still come in count, too. */
export async function countUnattachedMedia(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  author: string,
): Promise<number> {
  const row = await db.one<{ count: number }>(sql`
    select count(*) as count from media
    where service_sid = ${serviceSid} and author = ${author} and message_sid is null and discarded = 0`)
  return row?.count ?? 0
}

export async function insertMedia(tx: Tx, m: Media): Promise<void> {
  await tx.run(sql`
    insert into media (sid, service_sid, channel_sid, message_sid, author, filename, content_type, category, size,
      uploaded_at, discarded, created_at, updated_at)
    values (${m.sid}, ${m.serviceSid}, ${m.channelSid}, ${m.messageSid}, ${m.author}, ${m.filename}, ${m.contentType},
      ${m.category}, ${m.size}, ${m.uploadedAt}, ${m.discarded}, ${m.createdAt}, ${m.updatedAt})`)
}

/** Now the file is here. Undefined when it has been discarded meanwhile. */
export function finishMedia(tx: Tx, sid: Sid<'ME'>, size: number, now: number): Promise<Media | undefined> {
  return tx.one<Media>(sql`
    update media set size = ${size}, uploaded_at = ${now}, updated_at = ${now}
    where sid = ${sid} and uploaded_at is null and discarded = 0 returning *`)
}

/** Attaches the media to a message. False when it is attached already, or cannot be any more. */
export async function attachMedia(
  tx: Tx,
  sid: Sid<'ME'>,
  channelSid: Sid<'CH'>,
  messageSid: Sid<'IM'>,
  now: number,
): Promise<boolean> {
  const changed = await tx.run(sql`
    update media set channel_sid = ${channelSid}, message_sid = ${messageSid}, updated_at = ${now}
    where sid = ${sid} and message_sid is null and discarded = 0 and uploaded_at is not null`)
  return changed === 1
}

export async function discardMediaOfMessage(tx: Tx, messageSid: Sid<'IM'>): Promise<void> {
  await tx.run(sql`update media set discarded = 1 where message_sid = ${messageSid}`)
}

/** Discards up to `limit` that no message took before the time `before`, and uploads that never ended. Returns how many. */
export function discardUnattached(tx: Tx, before: number, limit: number): Promise<number> {
  // The condition stands twice: a message may take one between the two steps.
  const unattached = sql`message_sid is null and discarded = 0 and created_at < ${before}`
  return tx.run(sql`
    update media set discarded = 1
    where ${unattached} and sid in (select sid from media where ${unattached} order by created_at ${limitTo(limit)})`)
}

export type DiscardedMedia = Pick<Media, 'sid' | 'serviceSid' | 'uploadedAt'>

/**
 * Those whose files are to be deleted, after the sid `after`. An upload that began after `before` is left out: whoever
 * writes it may still be at work, and cleans up itself.
 */
export function listDiscarded(
  db: Queryable,
  after: string,
  before: number,
  limit: number,
): Promise<DiscardedMedia[]> {
  return db.many(sql`
    select sid, service_sid, uploaded_at from media
    where discarded = 1 and sid > ${after} and (uploaded_at is not null or created_at < ${before})
    order by sid ${limitTo(limit)}`)
}

export async function deleteMedia(tx: Tx, sid: Sid<'ME'>): Promise<void> {
  await tx.run(sql`delete from media where sid = ${sid}`)
}
