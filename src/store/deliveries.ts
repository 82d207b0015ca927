// The log of webhook deliveries. While a delivery waits it is also a job of its lane (lanes.ts).
import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import type { JobState } from './lanes.ts'
import { type Order, type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { limitTo, nothing, type Sql, sql } from './sql.ts'

export type Delivery = {
  sid: Sid<'WD'>
  accountSid: Sid<'AC'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'> | null
  /** Null for the service's own webhook. */
  webhookSid: Sid<'WH'> | null
  event: string
  lane: string
  seq: number
  /** Where it goes, as a whole: a target that fails is held back as one. */
  target: string
  url: string
  method: 'GET' | 'POST'
  /** JSON: WebhookParameters. */
  parameters: string
  /** The same for every attempt. */
  idempotencyToken: string
  /** How many retries may follow the first attempt. */
  retryLimit: number
  state: JobState
  /** All attempts so far. */
  attempts: number
  /** Retries so far: the next attempt's RetryCount. */
  retries: number
  lastAttemptAt: number | null
  durationMs: number | null
  responseStatus: number | null
  /** The beginning of the answer. */
  responseBody: string | null
  error: string | null
  createdAt: number
  updatedAt: number
}

export type DeliveryFilter = {
  state?: JobState
  event?: string
  channelSid?: Sid<'CH'>
  /** Milliseconds, inclusive. */
  createdFrom?: number
  /** Milliseconds, exclusive. */
  createdBefore?: number
}

export function findDelivery(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sid: Sid<'WD'>,
): Promise<Delivery | undefined> {
  return db.one<Delivery>(sql`select * from deliveries where sid = ${sid} and service_sid = ${serviceSid}`)
}

/** The delivery, locked until the transaction ends. */
export function lockDelivery(tx: Tx, sid: Sid<'WD'>): Promise<Delivery | undefined> {
  return tx.one<Delivery>(sql`select * from deliveries where sid = ${sid} ${tx.forUpdate}`)
}

/** In the order in which they were made, or the other way round. */
export async function listDeliveries(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  filter: DeliveryFilter,
  order: Order,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const rows = await db.many<Delivery>(sql`
    select * from deliveries where service_sid = ${serviceSid} ${filterClauses(filter)}
    ${pageClauses(sql`sid`, page, order)}`)
  return toPage(rows, page, (delivery) => delivery.sid)
}

export function insertDelivery(tx: Tx, d: Delivery): void {
  tx.later(sql`
    insert into deliveries (sid, account_sid, service_sid, channel_sid, webhook_sid, event, lane, seq, target, url,
      method, parameters, idempotency_token, retry_limit, state, attempts, retries, last_attempt_at, duration_ms,
      response_status, response_body, error, created_at, updated_at)
    values (${d.sid}, ${d.accountSid}, ${d.serviceSid}, ${d.channelSid}, ${d.webhookSid}, ${d.event}, ${d.lane}, ${d.seq},
      ${d.target}, ${d.url}, ${d.method}, ${d.parameters}, ${d.idempotencyToken}, ${d.retryLimit}, ${d.state},
      ${d.attempts}, ${d.retries}, ${d.lastAttemptAt}, ${d.durationMs}, ${d.responseStatus}, ${d.responseBody},
      ${d.error}, ${d.createdAt}, ${d.updatedAt})`)
}

export function updateDelivery(tx: Tx, d: Delivery): void {
  tx.later(sql`
    update deliveries set seq = ${d.seq}, state = ${d.state}, attempts = ${d.attempts}, retries = ${d.retries},
      last_attempt_at = ${d.lastAttemptAt}, duration_ms = ${d.durationMs}, response_status = ${d.responseStatus},
      response_body = ${d.responseBody}, error = ${d.error}, updated_at = ${d.updatedAt}
    where sid = ${d.sid}`)
}

/** The delivery whose turn it is. */
export function findNextDelivery(db: Queryable, lane: string): Promise<Delivery | undefined> {
  return db.one<Delivery>(sql`
    select * from deliveries where lane = ${lane} and state = 'waiting' order by seq limit 1`)
}

/** Failed deliveries that fit the filter, oldest first; at most `limit`, after the sid `after`. */
export function listFailedDeliveries(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  filter: DeliveryFilter,
  after: string,
  limit: number,
): Promise<Delivery[]> {
  return db.many<Delivery>(sql`
    select * from deliveries where service_sid = ${serviceSid} and state = 'failed' and sid > ${after}
    ${filterClauses({ ...filter, state: undefined })} order by sid ${limitTo(limit)}`)
}

function filterClauses(filter: DeliveryFilter): Sql {
  const clauses: Sql[] = []
  if (filter.state !== undefined) clauses.push(sql`and state = ${filter.state}`)
  if (filter.event !== undefined) clauses.push(sql`and event = ${filter.event}`)
  if (filter.channelSid !== undefined) clauses.push(sql`and channel_sid = ${filter.channelSid}`)
  if (filter.createdFrom !== undefined) clauses.push(sql`and created_at >= ${filter.createdFrom}`)
  if (filter.createdBefore !== undefined) clauses.push(sql`and created_at < ${filter.createdBefore}`)
  return clauses.reduce((all, clause) => sql`${all} ${clause}`, nothing)
}
