import { newSid, readSid, type Sid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import { holdRole, insertRole, type RoleType } from '../store/roles.ts'
import {
  findService,
  insertService,
  lockService,
  listServices as queryServices,
  type Service,
  updateService as saveService,
} from '../store/services.ts'
import { type Caller, isWithin } from './caller.ts'
import { applyChange, ifGiven } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { newDefaultRoles } from './default-roles.ts'
import { type ChatError, errors } from './errors.ts'
import { requireAccount } from './permissions.ts'
import { checkSettings, defaultSettings, type ServiceChange } from './service-settings.ts'
import { checkRequiredName } from './values.ts'

/** The service that a nested path names. Throws serviceNotFound (403/50050, §1.6 rule 3). */
export async function requireService(chat: Chat, caller: Caller, sid: string): Promise<Service> {
  const service = await lookUp(chat, caller, sid)
  if (!service) throw errors.serviceNotFound()
  return service
}

/** The service addressed by its own path. Throws notFound (404/20404). */
export async function fetchService(chat: Chat, caller: Caller, sid: string): Promise<Service> {
  const service = await lookUp(chat, caller, sid)
  if (!service) throw errors.notFound()
  return service
}

export function listServices(chat: Chat, caller: Caller, page: PageRequest): Promise<Page<Service>> {
  return queryServices(chat.db, caller.accountSid, page)
}

/** A new service with its four roles (§2.2, §3.2). Throws friendlyNameTooLong. */
export async function createService(
  chat: Chat,
  caller: Caller,
  draft: { friendlyName: string },
): Promise<Service> {
  requireAccount(caller)
  const friendlyName = checkRequiredName(draft.friendlyName, chat.limits.name)
  return commit(chat, { by: caller, serviceSid: null, budget: null }, async (tx, _emit, now) => {
    const sid = newSid('IS')
    const roles = newDefaultRoles(sid, now)
    const service: Service = {
      ...defaultSettings,
      sid,
      accountSid: caller.accountSid,
      friendlyName,
      defaultServiceRoleSid: roles.serviceUser.sid,
      defaultChannelRoleSid: roles.channelUser.sid,
      defaultChannelCreatorRoleSid: roles.channelAdmin.sid,
      deleted: 0,
      createdAt: now,
      updatedAt: now,
    }
    await insertService(tx, service)
    for (const role of Object.values(roles)) await insertRole(tx, role)
    return service
  })
}

/** Throws the error of the first setting that is wrong (§2.2). */
export async function updateService(
  chat: Chat,
  caller: Caller,
  service: Service,
  change: ServiceChange,
): Promise<Service> {
  requireAccount(caller)
  // One code for a length that is not 1 to 256 (§2.2). Only a create can lack the name.
  if (change.friendlyName === '') throw errors.friendlyNameTooLong()
  ifGiven(change.friendlyName, (name) => checkRequiredName(name, chat.limits.name))
  return commit(chat, { by: caller, serviceSid: service.sid, budget: null }, async (tx, emit, now) => {
    const current = await lockService(tx, service.sid)
    if (!current) throw errors.notFound()
    await checkDefaultRoles(tx, service.sid, change)
    const applied = applyChange(current, checkSettings(current, change, chat.limits))
    if (!applied.changed) return current
    const updated = { ...applied.row, updatedAt: now }
    await saveService(tx, updated)
    const reachabilityBegan = updated.reachabilityEnabled > current.reachabilityEnabled
    emit({ type: 'service.updated', service: updated, reachabilityBegan })
    return updated
  })
}

/** The service is gone at once; its rows are purged in the background (purge.ts). */
export async function deleteService(chat: Chat, caller: Caller, service: Service): Promise<void> {
  requireAccount(caller)
  await commit(chat, { by: caller, serviceSid: service.sid, budget: null }, async (tx, emit, now) => {
    const current = await lockService(tx, service.sid)
    if (!current) throw errors.notFound()
    await saveService(tx, { ...current, deleted: 1, updatedAt: now })
    emit({ type: 'service.removed', service: current })
  })
}

async function lookUp(chat: Chat, caller: Caller, text: string): Promise<Service | undefined> {
  const sid = readSid('IS', text)
  return sid && isWithin(caller, sid) ? findService(chat.db, caller.accountSid, sid) : undefined
}

async function checkDefaultRoles(tx: Tx, serviceSid: Sid<'IS'>, change: ServiceChange): Promise<void> {
  await requireRoleOfType(
    tx,
    serviceSid,
    change.defaultServiceRoleSid,
    'deployment',
    errors.deploymentRoleNotFound,
  )
  await requireRoleOfType(tx, serviceSid, change.defaultChannelRoleSid, 'channel', errors.channelRoleNotFound)
  await requireRoleOfType(
    tx,
    serviceSid,
    change.defaultChannelCreatorRoleSid,
    'channel',
    errors.channelCreatorRoleNotFound,
  )
}

async function requireRoleOfType(
  tx: Tx,
  serviceSid: Sid<'IS'>,
  sid: Sid<'RL'> | undefined,
  type: RoleType,
  missing: () => ChatError,
): Promise<void> {
  if (sid === undefined) return
  const role = await holdRole(tx, serviceSid, sid)
  if (role?.type !== type) throw missing()
}
