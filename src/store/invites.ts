import type { Sid } from '../lib/sid.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, nothing, type Sql, sql } from './sql.ts'

export type Invite = {
  sid: Sid<'IN'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  userSid: Sid<'US'>
  identity: string
  roleSid: Sid<'RL'>
  createdBy: string
  createdAt: number
  updatedAt: number
}

export function findInvite(
  db: Queryable,
  channelSid: Sid<'CH'>,
  sid: Sid<'IN'>,
): Promise<Invite | undefined> {
  return db.one<Invite>(sql`select * from invites where sid = ${sid} and channel_sid = ${channelSid}`)
}

export function findInviteOf(
  db: Queryable,
  channelSid: Sid<'CH'>,
  identity: string,
): Promise<Invite | undefined> {
  return db.one<Invite>(
    sql`select * from invites where channel_sid = ${channelSid} and identity = ${identity}`,
  )
}

/** With `identities`, only their invites. */
export async function listInvites(
  db: Queryable,
  channelSid: Sid<'CH'>,
  identities: readonly string[],
  page: PageRequest,
): Promise<Page<Invite>> {
  const wanted: Sql = identities.length > 0 ? sql`and identity in ${inList(identities)}` : nothing
  const rows = await db.many<Invite>(sql`
    select * from invites where channel_sid = ${channelSid} ${wanted} ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (invite) => invite.sid)
}

export function listInvitesOf(db: Queryable, userSid: Sid<'US'>): Promise<Invite[]> {
  return db.many<Invite>(sql`select * from invites where user_sid = ${userSid} order by channel_sid`)
}

/** False when this identity has an invite already. */
export async function insertInvite(tx: Tx, i: Invite): Promise<boolean> {
  const added = await tx.run(sql`
    insert into invites (sid, service_sid, channel_sid, user_sid, identity, role_sid, created_by, created_at, updated_at)
    values (${i.sid}, ${i.serviceSid}, ${i.channelSid}, ${i.userSid}, ${i.identity}, ${i.roleSid}, ${i.createdBy},
      ${i.createdAt}, ${i.updatedAt})
    on conflict (channel_sid, identity) do nothing`)
  return added === 1
}

/** The invite that was deleted. */
export function deleteInvite(tx: Tx, channelSid: Sid<'CH'>, identity: string): Promise<Invite | undefined> {
  return tx.one<Invite>(
    sql`delete from invites where channel_sid = ${channelSid} and identity = ${identity} returning *`,
  )
}
