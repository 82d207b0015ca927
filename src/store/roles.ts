import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { sql } from './sql.ts'

/** `deployment` roles belong to users and act in the whole service, `channel` roles belong to members. */
export type RoleType = 'deployment' | 'channel'

export type Role = {
  sid: Sid<'RL'>
  serviceSid: Sid<'IS'>
  type: RoleType
  friendlyName: string
  /** JSON: a list of permission names. */
  permissions: string
  createdAt: number
  updatedAt: number
}

export function findRole(db: Queryable, serviceSid: Sid<'IS'>, sid: Sid<'RL'>): Promise<Role | undefined> {
  return db.one<Role>(sql`select * from roles where sid = ${sid} and service_sid = ${serviceSid}`)
}

/** The role, kept from being changed or deleted until the transaction ends. */
export function holdRole(tx: Tx, serviceSid: Sid<'IS'>, sid: Sid<'RL'>): Promise<Role | undefined> {
  return tx.one<Role>(
    sql`select * from roles where sid = ${sid} and service_sid = ${serviceSid} ${tx.forShare}`,
  )
}

/** The role, locked until the transaction ends. */
export function lockRole(tx: Tx, serviceSid: Sid<'IS'>, sid: Sid<'RL'>): Promise<Role | undefined> {
  return tx.one<Role>(
    sql`select * from roles where sid = ${sid} and service_sid = ${serviceSid} ${tx.forUpdate}`,
  )
}

export async function listRoles(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  page: PageRequest,
): Promise<Page<Role>> {
  const rows = await db.many<Role>(
    sql`select * from roles where service_sid = ${serviceSid} ${pageClauses(sql`sid`, page)}`,
  )
  return toPage(rows, page, (role) => role.sid)
}

export async function insertRole(tx: Tx, r: Role): Promise<void> {
  await tx.run(sql`
    insert into roles (sid, service_sid, type, friendly_name, permissions, created_at, updated_at)
    values (${r.sid}, ${r.serviceSid}, ${r.type}, ${r.friendlyName}, ${r.permissions}, ${r.createdAt}, ${r.updatedAt})`)
}

export async function updateRole(tx: Tx, r: Role): Promise<void> {
  await tx.run(
    sql`update roles set permissions = ${r.permissions}, updated_at = ${r.updatedAt} where sid = ${r.sid}`,
  )
}

export async function deleteRole(tx: Tx, sid: Sid<'RL'>): Promise<void> {
  await tx.run(sql`delete from roles where sid = ${sid}`)
}

/** True while a user, a member or an invite has this role. */
export async function isRoleInUse(db: Queryable, sid: Sid<'RL'>): Promise<boolean> {
  const row = await db.one(sql`
    select 1 as found from users where role_sid = ${sid}
    union all select 1 from members m join channels c on c.sid = m.channel_sid and c.deleted = 0
      where m.role_sid = ${sid} and m.deleted = 0
    union all select 1 from invites i join channels c on c.sid = i.channel_sid and c.deleted = 0
      where i.role_sid = ${sid}
    limit 1`)
  return row !== undefined
}

type PermissionLists = { service: string; channel: string | null; memberSid: Sid<'MB'> | null }

/** The permissions (JSON lists) of a user's service role and, when a member of the channel, of the member's role, with that member. */
export function findPermissions(
  db: Queryable,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'> | null,
): Promise<PermissionLists | undefined> {
  return db.cached<PermissionLists>(
    ['users', 'roles', 'members'],
    sql`
    select service_role.permissions as service, channel_role.permissions as channel, m.sid as member_sid
    from users u
    join roles service_role on service_role.sid = u.role_sid
    left join members m on m.channel_sid = ${channelSid} and m.identity = u.identity and m.user_sid = u.sid and m.deleted = 0
    left join roles channel_role on channel_role.sid = m.role_sid
    where u.sid = ${userSid}`,
  )
}
