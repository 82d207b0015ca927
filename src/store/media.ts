import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { sql } from './sql.ts'

/** An uploaded file; the message it was sent with, once it was. */
export type Media = {
  sid: Sid<'ME'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'> | null
  messageSid: Sid<'IM'> | null
  author: string
  filename: string | null
  contentType: string
  size: number
  createdAt: number
  updatedAt: number
}

export function findMedia(db: Queryable, serviceSid: Sid<'IS'>, sid: Sid<'ME'>): Promise<Media | undefined> {
  return db.one<Media>(sql`select * from media where sid = ${sid} and service_sid = ${serviceSid}`)
}

export async function insertMedia(tx: Tx, m: Media): Promise<void> {
  await tx.run(sql`
    insert into media (sid, service_sid, channel_sid, message_sid, author, filename, content_type, size, created_at, updated_at)
    values (${m.sid}, ${m.serviceSid}, ${m.channelSid}, ${m.messageSid}, ${m.author}, ${m.filename}, ${m.contentType},
      ${m.size}, ${m.createdAt}, ${m.updatedAt})`)
}

/** Attaches the media to a message. False when it is attached already. */
export async function attachMedia(
  tx: Tx,
  sid: Sid<'ME'>,
  channelSid: Sid<'CH'>,
  messageSid: Sid<'IM'>,
): Promise<boolean> {
  const changed = await tx.run(sql`
    update media set channel_sid = ${channelSid}, message_sid = ${messageSid}
    where sid = ${sid} and message_sid is null`)
  return changed === 1
}
