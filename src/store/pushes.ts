// The log of pushes. While a push waits it is also a job of its device's lane (lanes.ts).
import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import type { JobState } from './lanes.ts'
import { type Order, type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { limitTo, nothing, type Sql, sql } from './sql.ts'

/** One notification for one device. */
export type Push = {
  sid: Sid<'RU'>
  accountSid: Sid<'AC'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  /** What it tells of: no device is told twice of the same. */
  eventSid: Sid<'PE'>
  /** A PushType, or `badge`. */
  type: string
  bindingSid: Sid<'BS'>
  bindingType: string
  identity: string
  credentialSid: Sid<'CR'>
  lane: string
  seq: number
  /** What is held back as one when it fails: a credential, for browsers with their push service. */
  target: string
  /** JSON, as the provider gets it. */
  payload: string
  /** 1: it stays as it is when it is over. */
  logged: number
  state: JobState
  attempts: number
  lastAttemptAt: number | null
  durationMs: number | null
  responseStatus: number | null
  /** What the provider said, or why it was not asked. */
  reason: string | null
  errorCode: number | null
  createdAt: number
  updatedAt: number
}

export type PushFilter = {
  state?: JobState
  type?: string
  identity?: string
  channelSid?: Sid<'CH'>
  /** Milliseconds, inclusive. */
  createdFrom?: number
  /** Milliseconds, exclusive. */
  createdBefore?: number
}

export function findPush(db: Queryable, serviceSid: Sid<'IS'>, sid: Sid<'RU'>): Promise<Push | undefined> {
  return db.one<Push>(sql`select * from pushes where sid = ${sid} and service_sid = ${serviceSid}`)
}

/** In the order in which they were made, or the other way round. */
export async function listPushes(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  filter: PushFilter,
  order: Order,
  page: PageRequest,
): Promise<Page<Push>> {
  const rows = await db.many<Push>(sql`
    select * from pushes where service_sid = ${serviceSid} ${filterClauses(filter)}
    ${pageClauses(sql`sid`, page, order)}`)
  return toPage(rows, page, (push) => push.sid)
}

/** Newest first. */
export function listLastPushes(db: Queryable, bindingSid: Sid<'BS'>, limit: number): Promise<Push[]> {
  return db.many<Push>(sql`
    select * from pushes where binding_sid = ${bindingSid} order by sid desc ${limitTo(limit)}`)
}

/** False when this device has been told already. */
export async function insertPush(tx: Tx, p: Push): Promise<boolean> {
  const added = await tx.run(sql`
    insert into pushes (sid, account_sid, service_sid, channel_sid, event_sid, type, binding_sid, binding_type, identity,
      credential_sid, lane, seq, target, payload, logged, state, attempts, last_attempt_at, duration_ms, response_status,
      reason, error_code, created_at, updated_at)
    values (${p.sid}, ${p.accountSid}, ${p.serviceSid}, ${p.channelSid}, ${p.eventSid}, ${p.type}, ${p.bindingSid},
      ${p.bindingType}, ${p.identity}, ${p.credentialSid}, ${p.lane}, ${p.seq}, ${p.target}, ${p.payload}, ${p.logged},
      ${p.state}, ${p.attempts}, ${p.lastAttemptAt}, ${p.durationMs}, ${p.responseStatus}, ${p.reason}, ${p.errorCode},
      ${p.createdAt}, ${p.updatedAt})
    on conflict (event_sid, binding_sid) do nothing`)
  return added === 1
}

export function updatePush(tx: Tx, p: Push): void {
  tx.later(sql`
    update pushes set payload = ${p.payload}, state = ${p.state}, attempts = ${p.attempts},
      last_attempt_at = ${p.lastAttemptAt}, duration_ms = ${p.durationMs}, response_status = ${p.responseStatus},
      reason = ${p.reason}, error_code = ${p.errorCode}, updated_at = ${p.updatedAt}
    where sid = ${p.sid}`)
}

export function deletePush(tx: Tx, sid: Sid<'RU'>): void {
  tx.later(sql`delete from pushes where sid = ${sid}`)
}

/** The push whose turn it is. */
export function findNextPush(db: Queryable, lane: string): Promise<Push | undefined> {
  return db.one<Push>(sql`
    select * from pushes where lane = ${lane} and state = 'waiting' order by seq limit 1`)
}

function filterClauses(filter: PushFilter): Sql {
  const clauses: Sql[] = []
  if (filter.state !== undefined) clauses.push(sql`and state = ${filter.state}`)
  if (filter.type !== undefined) clauses.push(sql`and type = ${filter.type}`)
  if (filter.identity !== undefined) clauses.push(sql`and identity = ${filter.identity}`)
  if (filter.channelSid !== undefined) clauses.push(sql`and channel_sid = ${filter.channelSid}`)
  if (filter.createdFrom !== undefined) clauses.push(sql`and created_at >= ${filter.createdFrom}`)
  if (filter.createdBefore !== undefined) clauses.push(sql`and created_at < ${filter.createdBefore}`)
  return clauses.reduce((all, clause) => sql`${all} ${clause}`, nothing)
}
