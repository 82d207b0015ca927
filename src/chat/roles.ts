import { newSid, readSid, type Sid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import {
  findRole,
  holdRole,
  insertRole,
  isRoleInUse,
  lockRole,
  listRoles as queryRoles,
  type Role,
  type RoleType,
  deleteRole as removeRole,
  updateRole as saveRole,
} from '../store/roles.ts'
import { lockService, type Service } from '../store/services.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { checkPermissions, requireAccount } from './permissions.ts'
import { checkRequiredName } from './values.ts'

type RoleDraft = { friendlyName: string; type: RoleType; permissions: string[] }

/** Throws notFound. */
export async function requireRole(chat: Chat, service: Service, text: string): Promise<Role> {
  const sid = readSid('RL', text)
  const role = sid && (await findRole(chat.db, service.sid, sid))
  if (!role) throw errors.notFound()
  return role
}

export function listRoles(chat: Chat, service: Service, page: PageRequest): Promise<Page<Role>> {
  return queryRoles(chat.db, service.sid, page)
}

/** Throws friendlyNameTooLong, permissionNotFound (§2.3). */
export async function createRole(
  chat: Chat,
  caller: Caller,
  service: Service,
  draft: RoleDraft,
): Promise<Role> {
  requireAccount(caller)
  const friendlyName = checkRequiredName(draft.friendlyName, chat.limits.shortName)
  const permissions = checkPermissions(draft.type, draft.permissions)
  const scope = { by: caller, serviceSid: service.sid, budget: service.sid }
  return commit(chat, scope, async (tx, _emit, now) => {
    if (!(await lockService(tx, service.sid))) throw errors.serviceNotFound()
    const role: Role = {
      sid: newSid('RL'),
      serviceSid: service.sid,
      type: draft.type,
      friendlyName,
      permissions: JSON.stringify(permissions),
      createdAt: now,
      updatedAt: now,
    }
    await insertRole(tx, role)
    return role
  })
}

/** Replaces the whole set of permissions. Throws permissionNotFound. */
export async function updateRole(chat: Chat, caller: Caller, role: Role, names: string[]): Promise<Role> {
  requireAccount(caller)
  const permissions = JSON.stringify(checkPermissions(role.type, names))
  const scope = { by: caller, serviceSid: role.serviceSid, budget: role.serviceSid }
  return commit(chat, scope, async (tx, emit, now) => {
    const current = await lockRole(tx, role.serviceSid, role.sid)
    if (!current) throw errors.notFound()
    if (current.permissions === permissions) return current
    const updated = { ...current, permissions, updatedAt: now }
    await saveRole(tx, updated)
    emit({ type: 'role.updated', role: updated })
    return updated
  })
}

/** Throws defaultRole, roleInUse (§2.3). */
export async function deleteRole(chat: Chat, caller: Caller, role: Role): Promise<void> {
  requireAccount(caller)
  const scope = { by: caller, serviceSid: role.serviceSid, budget: role.serviceSid }
  await commit(chat, scope, async (tx) => {
    const service = await lockService(tx, role.serviceSid)
    if (!service || !(await lockRole(tx, role.serviceSid, role.sid))) throw errors.notFound()
    if (isDefault(service, role.sid)) throw errors.defaultRole()
    if (await isRoleInUse(tx, role.sid)) throw errors.roleInUse()
    await removeRole(tx, role.sid)
  })
}

/** The sid of a role that a parameter names; it cannot be deleted meanwhile. Throws roleNotFound, or the error of the wrong type. */
export async function checkRole(
  tx: Tx,
  service: { sid: Sid<'IS'> },
  type: RoleType,
  sid: Sid<'RL'>,
): Promise<Sid<'RL'>> {
  const role = await holdRole(tx, service.sid, sid)
  if (!role) throw errors.roleNotFound()
  if (role.type === type) return role.sid
  throw type === 'channel' ? errors.channelRoleNotFound() : errors.deploymentRoleNotFound()
}

function isDefault(service: Service, sid: Sid<'RL'>): boolean {
  return [
    service.defaultServiceRoleSid,
    service.defaultChannelRoleSid,
    service.defaultChannelCreatorRoleSid,
  ].includes(sid)
}
