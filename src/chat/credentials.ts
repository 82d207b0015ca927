// Credentials for push providers; they belong to the account (rest-v2.md §2.1).
import { newSid, readSid } from '../lib/sid.ts'
import {
  type Credential,
  type CredentialType,
  findCredential,
  insertCredential,
  lockCredential,
  listCredentials as queryCredentials,
  deleteCredential as removeCredential,
  updateCredential as saveCredential,
} from '../store/credentials.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import type { Caller } from './caller.ts'
import { applyChange } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { requireAccount } from './permissions.ts'
import { checkName } from './values.ts'

type CredentialChange = {
  friendlyName?: string
  certificate?: string
  privateKey?: string
  sandbox?: boolean
  apiKey?: string
  secret?: string
}
type CredentialDraft = CredentialChange & { type: CredentialType }

/** Throws notFound. */
export async function requireCredential(chat: Chat, caller: Caller, text: string): Promise<Credential> {
  const sid = readSid('CR', text)
  const credential = sid && (await findCredential(chat.db, caller.accountSid, sid))
  if (!credential) throw errors.notFound()
  return credential
}

export function listCredentials(chat: Chat, caller: Caller, page: PageRequest): Promise<Page<Credential>> {
  return queryCredentials(chat.db, caller.accountSid, page)
}

/** Throws friendlyNameTooLong, missingParameter for an `apn` credential without its certificate or key. */
export async function createCredential(
  chat: Chat,
  caller: Caller,
  draft: CredentialDraft,
): Promise<Credential> {
  requireAccount(caller)
  const { type, ...given } = draft
  if (type === 'apn' && !given.certificate) throw errors.missingParameter('Certificate')
  if (type === 'apn' && !given.privateKey) throw errors.missingParameter('PrivateKey')
  const columns = checkColumns(chat, type, given)
  return commit(chat, { by: caller, serviceSid: null, budget: null }, async (tx, _emit, now) => {
    const credential: Credential = {
      sid: newSid('CR'),
      accountSid: caller.accountSid,
      type,
      friendlyName: columns.friendlyName ?? null,
      sandbox: type === 'apn' ? (columns.sandbox ?? 0) : null,
      certificate: columns.certificate ?? null,
      privateKey: columns.privateKey ?? null,
      apiKey: columns.apiKey ?? null,
      secret: columns.secret ?? null,
      createdAt: now,
      updatedAt: now,
    }
    await insertCredential(tx, credential)
    return credential
  })
}

/** Replaces only what is given. Throws friendlyNameTooLong. */
export async function updateCredential(
  chat: Chat,
  caller: Caller,
  credential: Credential,
  change: CredentialChange,
): Promise<Credential> {
  requireAccount(caller)
  return commit(chat, { by: caller, serviceSid: null, budget: null }, async (tx, _emit, now) => {
    const current = await lockCredential(tx, credential.sid)
    if (!current) throw errors.notFound()
    const applied = applyChange(current, checkColumns(chat, current.type, change))
    if (!applied.changed) return current
    const updated = { ...applied.row, updatedAt: now }
    await saveCredential(tx, updated)
    return updated
  })
}

export async function deleteCredential(chat: Chat, caller: Caller, credential: Credential): Promise<void> {
  requireAccount(caller)
  await commit(chat, { by: caller, serviceSid: null, budget: null }, async (tx) => {
    if (!(await removeCredential(tx, caller.accountSid, credential.sid))) throw errors.notFound()
  })
}

/** What belongs to another type of credential is ignored. */
function checkColumns(chat: Chat, type: CredentialType, given: CredentialChange): Partial<Credential> {
  const { friendlyName, sandbox, certificate, privateKey, apiKey, secret } = given
  const named =
    friendlyName === undefined
      ? {}
      : { friendlyName: checkName(friendlyName, chat.limits.shortName, errors.friendlyNameTooLong) }
  if (type === 'gcm') return { ...named, apiKey }
  if (type === 'fcm') return { ...named, secret }
  return { ...named, certificate, privateKey, sandbox: sandbox === undefined ? undefined : Number(sandbox) }
}
