// The installation's account and its API key: pinned by the configuration, or made once and kept.
import { randomBytes } from 'node:crypto'
import { randomSid, type Sid } from '../lib/sid.ts'
import {
  type Account,
  type ApiKey,
  deleteOtherApiKeys,
  listAccounts,
  listApiKeys,
  renameAccount,
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
  /** What has been made just now, to be shown once. */
  made: { accountSid: boolean; authToken: boolean; apiKeySid: boolean; apiKeySecret: boolean }
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
      made: {
        accountSid: account.isNew && pins.accountSid === undefined,
        authToken: account.isNew && pins.authToken === undefined,
        apiKeySid: apiKey.isNew && pins.apiKeySid === undefined,
        apiKeySecret: apiKey.isNew && pins.apiKeySecret === undefined,
      },
    }
  })
}

/** An installation has one account: under another sid it is the same one. */
async function chooseAccount(tx: Tx, pins: Pins, now: number): Promise<{ value: Account; isNew: boolean }> {
  const known = await listAccounts(tx)
  const stored = known.find(({ sid }) => sid === pins.accountSid) ?? known[0]
  if (stored && pins.accountSid && stored.sid !== pins.accountSid) {
    await renameAccount(tx, stored.sid, pins.accountSid)
  }
  const value: Account = {
    sid: pins.accountSid ?? stored?.sid ?? randomSid('AC'),
    authToken: pins.authToken ?? stored?.authToken ?? newSecret(),
    createdAt: stored?.createdAt ?? now,
  }
  if (value.authToken !== stored?.authToken) await saveAccount(tx, value)
  return { value, isNew: !stored }
}

async function chooseApiKey(
  tx: Tx,
  accountSid: Sid<'AC'>,
  pins: Pins,
  now: number,
): Promise<{ value: ApiKey; isNew: boolean }> {
  const known = (await listApiKeys(tx)).filter((key) => key.accountSid === accountSid)
  const stored = pins.apiKeySid ? known.find(({ sid }) => sid === pins.apiKeySid) : known.at(-1)
  const value: ApiKey = {
    sid: pins.apiKeySid ?? stored?.sid ?? randomSid('SK'),
    accountSid,
    secret: pins.apiKeySecret ?? stored?.secret ?? newSecret(),
    createdAt: stored?.createdAt ?? now,
  }
  if (value.secret !== stored?.secret) await saveApiKey(tx, value)
  // A key that was replaced does not come back.
  if (known.length > 0) await deleteOtherApiKeys(tx, value)
  return { value, isNew: !stored }
}

function newSecret(): string {
  return randomBytes(16).toString('hex')
}
