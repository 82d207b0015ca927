import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { limitTo, sql } from './sql.ts'

export type ChannelWebhookType = 'webhook' | 'trigger' | 'studio'

export type ChannelWebhook = {
  sid: Sid<'WH'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  type: ChannelWebhookType
  url: string | null
  method: string | null
  /** JSON: a list of event names. */
  filters: string | null
  /** JSON: a list of strings to look for. */
  triggers: string | null
  flowSid: string | null
  retryCount: number | null
  createdAt: number
  updatedAt: number
}

export function findChannelWebhook(
  db: Queryable,
  channelSid: Sid<'CH'>,
  sid: Sid<'WH'>,
): Promise<ChannelWebhook | undefined> {
  return db.one<ChannelWebhook>(
    sql`select * from channel_webhooks where sid = ${sid} and channel_sid = ${channelSid}`,
  )
}

export async function listChannelWebhooks(
  db: Queryable,
  channelSid: Sid<'CH'>,
  page: PageRequest,
): Promise<Page<ChannelWebhook>> {
  const rows = await db.many<ChannelWebhook>(
    sql`select * from channel_webhooks where channel_sid = ${channelSid} ${pageClauses(sql`sid`, page)}`,
  )
  return toPage(rows, page, (webhook) => webhook.sid)
}

/** At most `limit`; asked for with every message in a channel that has webhooks. */
export function listKeptChannelWebhooks(
  db: Queryable,
  channelSid: Sid<'CH'>,
  limit: number,
): Promise<readonly ChannelWebhook[]> {
  return db.cachedMany<ChannelWebhook>(
    ['channel_webhooks'],
    sql`select * from channel_webhooks where channel_sid = ${channelSid} order by sid ${limitTo(limit)}`,
  )
}

export async function countChannelWebhooks(db: Queryable, channelSid: Sid<'CH'>): Promise<number> {
  const row = await db.one<{ count: number }>(
    sql`select count(*) as count from channel_webhooks where channel_sid = ${channelSid}`,
  )
  return row?.count ?? 0
}

export async function insertChannelWebhook(tx: Tx, w: ChannelWebhook): Promise<void> {
  await tx.run(sql`
    insert into channel_webhooks (sid, service_sid, channel_sid, type, url, method, filters, triggers, flow_sid,
      retry_count, created_at, updated_at)
    values (${w.sid}, ${w.serviceSid}, ${w.channelSid}, ${w.type}, ${w.url}, ${w.method}, ${w.filters}, ${w.triggers},
      ${w.flowSid}, ${w.retryCount}, ${w.createdAt}, ${w.updatedAt})`)
}

export async function updateChannelWebhook(tx: Tx, w: ChannelWebhook): Promise<void> {
  await tx.run(sql`
    update channel_webhooks set url = ${w.url}, method = ${w.method}, filters = ${w.filters},
      triggers = ${w.triggers}, flow_sid = ${w.flowSid}, retry_count = ${w.retryCount}, updated_at = ${w.updatedAt}
    where sid = ${w.sid}`)
}

/** False when there was no such webhook. */
export async function deleteChannelWebhook(tx: Tx, channelSid: Sid<'CH'>, sid: Sid<'WH'>): Promise<boolean> {
  const removed = await tx.run(
    sql`delete from channel_webhooks where sid = ${sid} and channel_sid = ${channelSid}`,
  )
  return removed === 1
}
