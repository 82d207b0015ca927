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
  /** JSON: a list of notification types. */
  messageTypes: string
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

/** A device that registers again replaces its binding. */
export async function saveBinding(tx: Tx, b: Binding): Promise<void> {
  await tx.run(sql`
    insert into bindings (sid, service_sid, user_sid, identity, endpoint, credential_sid, binding_type, address,
      message_types, created_at, updated_at)
    values (${b.sid}, ${b.serviceSid}, ${b.userSid}, ${b.identity}, ${b.endpoint}, ${b.credentialSid}, ${b.bindingType},
      ${b.address}, ${b.messageTypes}, ${b.createdAt}, ${b.updatedAt})
    on conflict (service_sid, endpoint, binding_type) do update set sid = excluded.sid, user_sid = excluded.user_sid,
      identity = excluded.identity, credential_sid = excluded.credential_sid, address = excluded.address,
      message_types = excluded.message_types, created_at = excluded.created_at, updated_at = excluded.updated_at`)
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
