import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { sql } from './sql.ts'

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

/** Inserts the key, or gives the stored one this secret and account. */
export async function saveApiKey(tx: Tx, k: ApiKey): Promise<void> {
  await tx.run(sql`
    insert into api_keys (sid, account_sid, secret, created_at)
    values (${k.sid}, ${k.accountSid}, ${k.secret}, ${k.createdAt})
    on conflict (sid) do update set account_sid = excluded.account_sid, secret = excluded.secret`)
}
