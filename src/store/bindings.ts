import type { Sid } from '../lib/sid.ts'
import type { CredentialType } from './credentials.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, nothing, type Sql, sql } from './sql.ts'

/** A device that receives push notifications. */
export type Binding = {
  sid: Sid<'BS'>
  serviceSid: Sid<'IS'>
  userSid: Sid<'US'>
  identity: string
  endpoint: string
  credentialSid: Sid<'CR'>
  bindingType: CredentialType
  /** The provider's token of the device: secret. */
  address: string
  /** JSON: a list of PushType. */
  messageTypes: string
  /** Of which product's SDK it is. */
  dialect: 'chat' | 'conversations'
  /** The badge that was last queued for it; null before the first. */
  badge: number | null
  createdAt: number
  updatedAt: number
}

export type BindingFilter = { types: readonly CredentialType[]; identities: readonly string[] }

export function findBinding(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sid: Sid<'BS'>,
): Promise<Binding | undefined> {
  return db.one<Binding>(sql`select * from bindings where sid = ${sid} and service_sid = ${serviceSid}`)
}

export async function listBindings(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  filter: BindingFilter,
  page: PageRequest,
): Promise<Page<Binding>> {
  const ofIdentity: Sql =
    filter.identities.length > 0 ? sql`and identity in ${inList(filter.identities)}` : nothing
  const rows = await db.many<Binding>(sql`
    select * from bindings where service_sid = ${serviceSid} ${ofIdentity} ${ofType(filter.types)}
    ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (binding) => binding.sid)
}

export async function listUserBindings(
  db: Queryable,
  userSid: Sid<'US'>,
  types: readonly CredentialType[],
  page: PageRequest,
): Promise<Page<Binding>> {
  const rows = await db.many<Binding>(sql`
    select * from bindings where user_sid = ${userSid} ${ofType(types)} ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (binding) => binding.sid)
}

/** Throws UniqueViolation when the device has another binding, by its endpoint or its address. */
export async function saveBinding(tx: Tx, b: Binding): Promise<void> {
  await tx.run(sql`
    insert into bindings (sid, service_sid, user_sid, identity, endpoint, credential_sid, binding_type, address,
      message_types, dialect, badge, created_at, updated_at)
    values (${b.sid}, ${b.serviceSid}, ${b.userSid}, ${b.identity}, ${b.endpoint}, ${b.credentialSid}, ${b.bindingType},
      ${b.address}, ${b.messageTypes}, ${b.dialect}, ${b.badge}, ${b.createdAt}, ${b.updatedAt})
    on conflict (sid) do update set endpoint = excluded.endpoint, user_sid = excluded.user_sid,
      identity = excluded.identity, credential_sid = excluded.credential_sid, address = excluded.address,
      message_types = excluded.message_types, dialect = excluded.dialect, badge = excluded.badge,
      created_at = excluded.created_at, updated_at = excluded.updated_at`)
}

/** What this device is registered as: by its endpoint, and by its address. */
export function listBindingsOfDevice(
  db: Queryable,
  device: Pick<Binding, 'serviceSid' | 'bindingType' | 'endpoint' | 'address'>,
): Promise<Binding[]> {
  return db.many<Binding>(sql`
    select * from bindings where service_sid = ${device.serviceSid} and binding_type = ${device.bindingType}
      and (endpoint = ${device.endpoint} or address = ${device.address})`)
}

/** Oldest first. */
export function listAllBindingsOf(db: Queryable, userSids: readonly Sid<'US'>[]): Promise<Binding[]> {
  return db.many<Binding>(sql`select * from bindings where user_sid in ${inList(userSids)} order by sid`)
}

export async function setBadge(tx: Tx, sid: Sid<'BS'>, badge: number): Promise<void> {
  await tx.run(sql`update bindings set badge = ${badge} where sid = ${sid}`)
}

/** True when a badge was queued for one of the user's devices, and not just zero. */
export async function showsBadge(db: Queryable, userSid: Sid<'US'>): Promise<boolean> {
  const found = await db.one(
    sql`select 1 as found from bindings where user_sid = ${userSid} and badge > 0 limit 1`,
  )
  return found !== undefined
}

/** False when there was no such binding. */
export async function deleteBinding(tx: Tx, sid: Sid<'BS'>): Promise<boolean> {
  return (await tx.run(sql`delete from bindings where sid = ${sid}`)) === 1
}

export async function deleteBindingsOf(tx: Tx, userSid: Sid<'US'>): Promise<void> {
  await tx.run(sql`delete from bindings where user_sid = ${userSid}`)
}

export async function hasBinding(db: Queryable, userSid: Sid<'US'>): Promise<boolean> {
  return (
    (await db.one(sql`select 1 as found from bindings where user_sid = ${userSid} limit 1`)) !== undefined
  )
}

function ofType(types: readonly CredentialType[]): Sql {
  return types.length > 0 ? sql`and binding_type in ${inList(types)}` : nothing
}
