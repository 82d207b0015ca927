// What has happened and may cause pushes: a row waits until it is known whom to tell.
import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { sql } from './sql.ts'

export type PushEvent = {
  sid: Sid<'PE'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  /** The one to tell; null for the channel's members. */
  userSid: Sid<'US'> | null
  /** A PushType, or `badge`. */
  type: string
  /** The channel's roster at that moment: whoever was added later is not told. */
  rosterEvent: number
  /** JSON: PushFacts. */
  facts: string
  /** The last member that has been handled; empty before the first. */
  position: string
  createdAt: number
}

export function insertPushEvent(tx: Tx, e: PushEvent): void {
  tx.later(sql`
    insert into push_events (sid, service_sid, channel_sid, user_sid, type, roster_event, facts, position, created_at)
    values (${e.sid}, ${e.serviceSid}, ${e.channelSid}, ${e.userSid}, ${e.type}, ${e.rosterEvent}, ${e.facts},
      ${e.position}, ${e.createdAt})`)
}

/** The oldest, locked: whoever plans waits for whoever plans already, so pushes keep the order of events. */
export function lockOldestPushEvent(tx: Tx): Promise<PushEvent | undefined> {
  return tx.one<PushEvent>(sql`select * from push_events order by sid limit 1 ${tx.forUpdate}`)
}

export async function hasPushEvent(db: Queryable): Promise<boolean> {
  return (await db.one(sql`select 1 as found from push_events limit 1`)) !== undefined
}

export async function movePushEvent(tx: Tx, sid: Sid<'PE'>, position: string): Promise<void> {
  await tx.run(sql`update push_events set position = ${position} where sid = ${sid}`)
}

export async function deletePushEvent(tx: Tx, sid: Sid<'PE'>): Promise<void> {
  await tx.run(sql`delete from push_events where sid = ${sid}`)
}
