// Rows of deleted channels and services go in small steps, so that a purge never holds up a send.
import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { liesIn } from './message-places.ts'
import { limitTo, type Sql, sql } from './sql.ts'

export function findChannelToPurge(db: Queryable): Promise<{ sid: Sid<'CH'> } | undefined> {
  return db.one(sql`select sid from channels where deleted = 1 order by sid limit 1`)
}

export function findServiceToPurge(db: Queryable): Promise<{ sid: Sid<'IS'> } | undefined> {
  return db.one(sql`select sid from services where deleted = 1 order by sid limit 1`)
}

/** Deletes up to `size` rows of a deleted channel, at last the channel. False when nothing was left. */
export async function purgeChannelStep(tx: Tx, sid: Sid<'CH'>, size: number): Promise<boolean> {
  const inChannel = liesIn(sql`(select number from channels where sid = ${sid})`)
  const places = sql`select place from messages where ${inChannel} ${limitTo(size)}`
  if ((await tx.run(sql`delete from messages where place in (${places})`)) > 0) return true
  for (const table of CHANNEL_TABLES) {
    const select = sql`select sid from ${table} where channel_sid = ${sid} ${limitTo(size)}`
    if ((await tx.run(sql`delete from ${table} where sid in (${select})`)) > 0) return true
  }
  if (await discardMedia(tx, sql`channel_sid = ${sid}`, size)) return true
  return (await tx.run(sql`delete from channels where sid = ${sid} and deleted = 1`)) > 0
}

/** Deletes up to `size` rows of a deleted service, at last the service; its channels are marked for the purge of channels. False when nothing was left. */
export async function purgeServiceStep(tx: Tx, sid: Sid<'IS'>, size: number): Promise<boolean> {
  const channels = sql`select sid from channels where service_sid = ${sid} and deleted = 0 ${limitTo(size)}`
  if ((await tx.run(sql`update channels set deleted = 1 where sid in (${channels})`)) > 0) return true
  const items = sql`
    select uc.user_sid, uc.channel_sid from user_channels uc join users u on u.sid = uc.user_sid
    where u.service_sid = ${sid} ${limitTo(size)}`
  if ((await tx.run(sql`delete from user_channels where (user_sid, channel_sid) in (${items})`)) > 0)
    return true
  for (const table of SERVICE_TABLES) {
    const select = sql`select sid from ${table} where service_sid = ${sid} ${limitTo(size)}`
    if ((await tx.run(sql`delete from ${table} where sid in (${select})`)) > 0) return true
  }
  if (await discardMedia(tx, sql`service_sid = ${sid}`, size)) return true
  return (await tx.run(sql`delete from services where sid = ${sid} and deleted = 1`)) > 0
}

/** Rows of media stay until their files are gone (chat/media-collector.ts). */
async function discardMedia(tx: Tx, which: Sql, size: number): Promise<boolean> {
  const select = sql`select sid from media where ${which} and discarded = 0 ${limitTo(size)}`
  return (await tx.run(sql`update media set discarded = 1 where sid in (${select})`)) > 0
}

/** The items in "the user's channels" stay as tombstones, for clients that were away. */
const CHANNEL_TABLES: readonly Sql[] = [sql`members`, sql`invites`, sql`channel_webhooks`]
const SERVICE_TABLES: readonly Sql[] = [
  sql`users`,
  sql`bindings`,
  sql`roles`,
  sql`deliveries`,
  sql`push_events`,
  sql`pushes`,
]
