// Devices register for push, and sign off again (rest-v2.md §5.5).
import { newSid, readSid, type Sid } from '../lib/sid.ts'
import { readSubscription } from '../lib/web-push-subscription.ts'
import {
  type Binding,
  deleteBinding,
  findBinding,
  listAllBindingsOf,
  listBindingsOfDevice,
  saveBinding,
} from '../store/bindings.ts'
import type { CredentialType } from '../store/credentials.ts'
import { LOST_RACE, orLostRace, type Tx } from '../store/database.ts'
import { countUnreadChannels } from '../store/push-recipients.ts'
import { lockUser } from '../store/users.ts'
import type { UserCaller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'
import type { Limits } from './limits.ts'
import { followBindings } from './notifiable.ts'
import { PUSH_TYPES, type PushDialectName, type PushType } from './push-dialect.ts'

export type Registration = {
  /** `web` is a browser's own Web Push, kept as `fcm`: the SDKs of browsers can say nothing else. */
  channelType: string
  /** The provider's token of the device; of a browser, its subscription as JSON. */
  address: string
  endpointId: string
  /** The access token's `push_credential_sid`. */
  credentialSid: string | null
  messageTypes: readonly PushType[]
  dialect: PushDialectName
}

type Device = Pick<
  Binding,
  'bindingType' | 'address' | 'endpoint' | 'credentialSid' | 'messageTypes' | 'dialect'
>

const TYPES: Record<string, CredentialType> = { fcm: 'fcm', gcm: 'gcm', apn: 'apn', web: 'fcm' }
/** Two registrations of one device may run into each other. */
const MAX_ATTEMPTS = 20

/**
 * Registers a device of the caller, in place of what its endpoint or its address was registered as before. Again with the
 * same values it returns the binding with the same sid. Throws pushCredentialMissing, invalidBindingType, invalidParameter.
 */
export async function registerBinding(
  chat: Chat,
  caller: UserCaller,
  registration: Registration,
): Promise<Binding> {
  const device = checkDevice(chat.limits, registration)
  for (let attempt = 1; ; attempt++) {
    const binding = await orLostRace(saveDevice(chat, caller, device))
    if (binding !== LOST_RACE) return binding
    if (attempt >= MAX_ATTEMPTS) throw errors.userConflict()
  }
}

/** Signs a device of the caller off, by its binding's sid or its address. False when there was none. */
export async function removeRegistration(
  chat: Chat,
  caller: UserCaller,
  sidOrAddress: string,
): Promise<boolean> {
  const sid = readSid('BS', sidOrAddress)
  const address = canonicalAddress(sidOrAddress)
  const scope = { by: caller, serviceSid: caller.serviceSid, budget: null }
  return commit(chat, scope, async (tx, emit, now) => {
    await lockUser(tx, caller.userSid)
    const own = await listAllBindingsOf(tx, [caller.userSid])
    const gone = own.filter((binding) => binding.sid === sid || binding.address === address)
    for (const binding of gone) await remove(tx, emit, binding)
    if (gone.length > 0) await followBindings(tx, emit, caller.userSid, now)
    return gone.length > 0
  })
}

/** The provider says that the device is gone, since `deadSince` at the latest: whoever registered it later stays. False when nothing was removed. */
export async function removeDeadBinding(
  chat: Chat,
  accountSid: Sid<'AC'>,
  { serviceSid, sid }: Pick<Binding, 'serviceSid' | 'sid'>,
  deadSince: number,
): Promise<boolean> {
  const by = { kind: 'account', accountSid, webhooks: true } as const
  return commit(chat, { by, serviceSid, budget: null }, async (tx, emit, now) => {
    const known = await findBinding(tx, serviceSid, sid)
    if (known) await lockUser(tx, known.userSid)
    const binding = known && (await findBinding(tx, serviceSid, sid))
    if (!binding || binding.updatedAt > deadSince) return false
    await remove(tx, emit, binding)
    await followBindings(tx, emit, binding.userSid, now)
    return true
  })
}

async function saveDevice(
  chat: Chat,
  caller: UserCaller,
  device: Device,
): Promise<Binding | typeof LOST_RACE> {
  const { serviceSid, userSid, identity } = caller
  return commit(chat, { by: caller, serviceSid, budget: null }, async (tx, emit, now) => {
    const users = await lockOwners(tx, userSid, { serviceSid, ...device })
    if (!users.has(userSid)) throw errors.userNotFound()
    const replaced = await listBindingsOfDevice(tx, { serviceSid, ...device })
    if (replaced.some((binding) => !users.has(binding.userSid))) return LOST_RACE
    const own = replaced.filter((binding) => binding.userSid === userSid)
    const same = own.find(({ address }) => address === device.address) ?? own[0]
    for (const other of replaced) if (other !== same) await remove(tx, emit, other)
    const binding: Binding = {
      ...device,
      serviceSid,
      userSid,
      identity,
      sid: same?.sid ?? newSid('BS'),
      badge: same?.badge ?? (await badgeOf(tx, device, userSid)),
      createdAt: same?.createdAt ?? now,
      updatedAt: now,
    }
    await saveBinding(tx, binding)
    await dropOldest(chat, tx, emit, userSid)
    for (const user of users) await followBindings(tx, emit, user, now)
    return binding
  })
}

/** What an iPhone that has only now become known may show: reading is to lower it there as well (§5.3). */
async function badgeOf(tx: Tx, { bindingType }: Device, userSid: Sid<'US'>): Promise<number | null> {
  return bindingType === 'apn' ? ((await countUnreadChannels(tx, [userSid])).get(userSid) ?? 0) : null
}

/** Locks the caller and whoever the device belongs to, always in the same order; those who are gone are left out. */
async function lockOwners(
  tx: Tx,
  caller: Sid<'US'>,
  device: Device & Pick<Binding, 'serviceSid'>,
): Promise<Set<Sid<'US'>>> {
  const owners = (await listBindingsOfDevice(tx, device)).map(({ userSid }) => userSid)
  const locked = new Set<Sid<'US'>>()
  for (const sid of [...new Set([caller, ...owners])].sort()) {
    if (await lockUser(tx, sid)) locked.add(sid)
  }
  return locked
}

/** A client that invents devices takes its own places only. */
async function dropOldest({ limits }: Chat, tx: Tx, emit: Emit, userSid: Sid<'US'>): Promise<void> {
  const own = await listAllBindingsOf(tx, [userSid])
  const oldestFirst = own.toSorted((a, b) => a.updatedAt - b.updatedAt)
  for (const binding of oldestFirst.slice(0, Math.max(0, own.length - limits.userBindings))) {
    await remove(tx, emit, binding)
  }
}

async function remove(tx: Tx, emit: Emit, binding: Binding): Promise<void> {
  if (await deleteBinding(tx, binding.sid)) emit({ type: 'binding.removed', binding })
}

function checkDevice(limits: Limits, given: Registration): Device {
  const bindingType = Object.hasOwn(TYPES, given.channelType) ? TYPES[given.channelType] : undefined
  if (!bindingType) throw errors.invalidBindingType()
  const credentialSid = readSid('CR', given.credentialSid ?? '')
  if (!credentialSid) throw errors.pushCredentialMissing()
  const address = canonicalAddress(given.address)
  if (!isPlain(address, limits.bindingAddress)) {
    throw errors.invalidParameter('registration_id', 'the token that the push provider gave to the device')
  }
  if (given.channelType === 'web' && !readSubscription(address)) {
    throw errors.invalidParameter('registration_id', 'a push subscription of a browser, as JSON')
  }
  if (!isPlain(given.endpointId, limits.bindingEndpoint)) {
    throw errors.invalidParameter('endpoint_id', `1 to ${limits.bindingEndpoint} printable characters`)
  }
  const messageTypes = PUSH_TYPES.filter((type) => given.messageTypes.includes(type))
  return {
    bindingType,
    address,
    credentialSid,
    dialect: given.dialect,
    endpoint: given.endpointId,
    messageTypes: JSON.stringify(messageTypes),
  }
}

/** A subscription means the same however it is written. */
function canonicalAddress(address: string): string {
  const subscription = readSubscription(address)
  return subscription ? JSON.stringify(subscription) : address
}

/** Something, of at most so many UTF-8 bytes, without control characters. */
function isPlain(text: string, limit: number): boolean {
  return text !== '' && Buffer.byteLength(text) <= limit && !/\p{Cc}/u.test(text)
}
