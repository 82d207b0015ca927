// The installation's account and its API key: pinned by the configuration, or made once and kept.
import { randomBytes } from 'node:crypto'
import { randomSid, type Sid } from '../lib/sid.ts'
import {
  type Account,
  type ApiKey,
  listAccounts,
  listApiKeys,
  saveAccount,
  saveApiKey,
} from '../store/accounts.ts'
import type { Database, Tx } from '../store/database.ts'

/** What the configuration fixes; undefined members are taken from the database, or made. */
export type Pins = {
  accountSid?: Sid<'AC'>
  authToken?: string
  apiKeySid?: Sid<'SK'>
  apiKeySecret?: string
}

export type Identity = {
  account: Account
  apiKey: ApiKey
  /** The secrets made just now, to be shown once. */
  made: { authToken: boolean; apiKeySecret: boolean }
}

/** The account and its key. Processes that start together agree on them. */
export function ensureAccount(db: Database, pins: Pins, now: number): Promise<Identity> {
  return db.transaction(async (tx) => {
    await tx.lockSetup()
    const account = await chooseAccount(tx, pins, now)
    const apiKey = await chooseApiKey(tx, account.value.sid, pins, now)
    return {
      account: account.value,
      apiKey: apiKey.value,
      made: { authToken: account.made, apiKeySecret: apiKey.made },
    }
  })
}

async function chooseAccount(tx: Tx, pins: Pins, now: number): Promise<{ value: Account; made: boolean }> {
  const known = await listAccounts(tx)
  const stored = pins.accountSid ? known.find(({ sid }) => sid === pins.accountSid) : known[0]
  const value: Account = {
    sid: pins.accountSid ?? stored?.sid ?? randomSid('AC'),
    authToken: pins.authToken ?? stored?.authToken ?? newSecret(),
    createdAt: stored?.createdAt ?? now,
  }
  if (value.authToken !== stored?.authToken) await saveAccount(tx, value)
  return { value, made: !stored && pins.authToken === undefined }
}

async function chooseApiKey(
  tx: Tx,
  accountSid: Sid<'AC'>,
  pins: Pins,
  now: number,
): Promise<{ value: ApiKey; made: boolean }> {
  const known = (await listApiKeys(tx)).filter((key) => key.accountSid === accountSid)
  const stored = pins.apiKeySid ? known.find(({ sid }) => sid === pins.apiKeySid) : known[0]
  const value: ApiKey = {
    sid: pins.apiKeySid ?? stored?.sid ?? randomSid('SK'),
    accountSid,
    secret: pins.apiKeySecret ?? stored?.secret ?? newSecret(),
    createdAt: stored?.createdAt ?? now,
  }
  if (value.secret !== stored?.secret) await saveApiKey(tx, value)
  return { value, made: !stored && pins.apiKeySecret === undefined }
}

function newSecret(): string {
  return randomBytes(16).toString('hex')
}
