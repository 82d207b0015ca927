import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { sql } from './sql.ts'

export type CredentialType = 'apn' | 'gcm' | 'fcm'

export type Credential = {
  sid: Sid<'CR'>
  accountSid: Sid<'AC'>
  type: CredentialType
  friendlyName: string | null
  sandbox: number | null
  certificate: string | null
  privateKey: string | null
  apiKey: string | null
  secret: string | null
  createdAt: number
  updatedAt: number
}

export function findCredential(
  db: Queryable,
  accountSid: Sid<'AC'>,
  sid: Sid<'CR'>,
): Promise<Credential | undefined> {
  return db.one<Credential>(sql`select * from credentials where sid = ${sid} and account_sid = ${accountSid}`)
}

/** The credential, locked until the transaction ends. */
export function lockCredential(tx: Tx, sid: Sid<'CR'>): Promise<Credential | undefined> {
  return tx.one<Credential>(sql`select * from credentials where sid = ${sid} ${tx.forUpdate}`)
}

export async function listCredentials(
  db: Queryable,
  accountSid: Sid<'AC'>,
  page: PageRequest,
): Promise<Page<Credential>> {
  const rows = await db.many<Credential>(sql`
    select * from credentials where account_sid = ${accountSid} ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (credential) => credential.sid)
}

export async function insertCredential(tx: Tx, c: Credential): Promise<void> {
  await tx.run(sql`
    insert into credentials (sid, account_sid, type, friendly_name, sandbox, certificate, private_key,
      api_key, secret, created_at, updated_at)
    values (${c.sid}, ${c.accountSid}, ${c.type}, ${c.friendlyName}, ${c.sandbox}, ${c.certificate}, ${c.privateKey},
      ${c.apiKey}, ${c.secret}, ${c.createdAt}, ${c.updatedAt})`)
}

export async function updateCredential(tx: Tx, c: Credential): Promise<void> {
  await tx.run(sql`
    update credentials set friendly_name = ${c.friendlyName}, sandbox = ${c.sandbox},
      certificate = ${c.certificate}, private_key = ${c.privateKey}, api_key = ${c.apiKey}, secret = ${c.secret},
      updated_at = ${c.updatedAt}
    where sid = ${c.sid}`)
}

/** False when there was no such credential. */
export async function deleteCredential(tx: Tx, accountSid: Sid<'AC'>, sid: Sid<'CR'>): Promise<boolean> {
  return (await tx.run(sql`delete from credentials where sid = ${sid} and account_sid = ${accountSid}`)) === 1
}
