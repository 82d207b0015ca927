import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Sql, sql } from './sql.ts'

export type Account = { sid: Sid<'AC'>; authToken: string; createdAt: number }
export type ApiKey = { sid: Sid<'SK'>; accountSid: Sid<'AC'>; secret: string; createdAt: number }

export function listAccounts(db: Queryable): Promise<Account[]> {
  return db.many<Account>(sql`select * from accounts order by created_at, sid`)
}

export function listApiKeys(db: Queryable): Promise<ApiKey[]> {
  return db.many<ApiKey>(sql`select * from api_keys order by created_at, sid`)
}

/** Inserts the account, or gives the stored one this auth token. */
export async function saveAccount(tx: Tx, a: Account): Promise<void> {
  await tx.run(sql`
    insert into accounts (sid, auth_token, created_at) values (${a.sid}, ${a.authToken}, ${a.createdAt})
    on conflict (sid) do update set auth_token = excluded.auth_token`)
}

const TABLES = ['api_keys', 'credentials', 'services', 'deliveries', 'pushes'] as const

/** Everything of the account `from` belongs to the account `to` from here on, which keeps its other values. */
export async function renameAccount(tx: Tx, from: Sid<'AC'>, to: Sid<'AC'>): Promise<void> {
  await tx.run(sql`update accounts set sid = ${to} where sid = ${from}`)
  for (const table of TABLES) {
    const name: Sql = { strings: [table], values: [] }
    await tx.run(sql`update ${name} set account_sid = ${to} where account_sid = ${from}`)
  }
}

/** Leaves the account with this one. */
export async function deleteOtherApiKeys(tx: Tx, { sid, accountSid }: ApiKey): Promise<void> {
  await tx.run(sql`delete from api_keys where account_sid = ${accountSid} and sid <> ${sid}`)
}

/** Inserts the key, or gives the stored one this secret and account. */
export async function saveApiKey(tx: Tx, k: ApiKey): Promise<void> {
  await tx.run(sql`
    insert into api_keys (sid, account_sid, secret, created_at)
    values (${k.sid}, ${k.accountSid}, ${k.secret}, ${k.createdAt})
    on conflict (sid) do update set account_sid = excluded.account_sid, secret = excluded.secret`)
}
