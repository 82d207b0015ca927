import type { Sid } from '../lib/sid.ts'
import { countersOf, saveChanged } from './counts.ts'
import type { Queryable, Tx } from './database.ts'
import { type Order, type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, type Sql, sql } from './sql.ts'
import type { User } from './users.ts'

export type Member = {
  sid: Sid<'MB'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  /** Null, like the identity, for a member that is no chat user. */
  userSid: Sid<'US'> | null
  identity: string | null
  roleSid: Sid<'RL'>
  attributes: string
  /** The read horizon: index of the last message the member has read; null before the first. */
  lastReadIndex: number | null
  lastReadAt: number | null
  createdEvent: number
  lastEvent: number
  deleted: number
  createdAt: number
  updatedAt: number
}

const counters = countersOf('members', ['last_read_index', 'last_read_at', 'last_event', 'updated_at'])

/** How a member is addressed: by sid, or by identity. */
type MemberKey = { sid: Sid<'MB'> } | { identity: string }

export function findMember(
  db: Queryable,
  channelSid: Sid<'CH'>,
  key: MemberKey,
): Promise<Member | undefined> {
  if ('sid' in key) {
    return db.one<Member>(
      sql`select * from members where sid = ${key.sid} and channel_sid = ${channelSid} and deleted = 0`,
    )
  }
  return db.one<Member>(
    sql`select * from members where channel_sid = ${channelSid} and identity = ${key.identity} and deleted = 0`,
  )
}

/** The role of a member in the channel; asked for with every message where webhooks are told. */
export async function findMemberRole(
  db: Queryable,
  channelSid: Sid<'CH'>,
  identity: string,
): Promise<Sid<'RL'> | null> {
  const row = await db.cached<Pick<Member, 'roleSid'>>(
    ['members'],
    sql`select role_sid from members where channel_sid = ${channelSid} and identity = ${identity} and deleted = 0`,
  )
  return row?.roleSid ?? null
}

/** The member, locked until the transaction ends. */
export function lockMember(tx: Tx, sid: Sid<'MB'>): Promise<Member | undefined> {
  return tx.lock<Member>(counters, [sid])
}

/** Members that are chat users; with `identities`, only those. */
export async function listMembers(
  db: Queryable,
  channelSid: Sid<'CH'>,
  identities: readonly string[],
  page: PageRequest,
  order: Order = 'asc',
): Promise<Page<Member>> {
  const wanted: Sql =
    identities.length > 0 ? sql`identity in ${inList(identities)}` : sql`identity is not null`
  const rows = await db.many<Member>(sql`
    select * from members where channel_sid = ${channelSid} and deleted = 0 and ${wanted}
    ${pageClauses(sql`sid`, page, order)}`)
  return toPage(rows, page, (member) => member.sid)
}

export type MemberUser = User & { memberSid: Sid<'MB'> }

/** The users that are members, by member sid. */
export async function listMemberUsers(
  db: Queryable,
  channelSid: Sid<'CH'>,
  page: PageRequest,
): Promise<Page<MemberUser>> {
  const rows = await db.many<MemberUser>(sql`
    select u.*, m.sid as member_sid from members m join users u on u.sid = m.user_sid
    where m.channel_sid = ${channelSid} and m.deleted = 0 ${pageClauses(sql`m.sid`, page)}`)
  return toPage(rows, page, ({ memberSid }) => memberSid)
}

/** The user's memberships in channels that exist, in the order in which transactions lock the channels. */
export function listMembershipsOf(db: Queryable, userSid: Sid<'US'>): Promise<Member[]> {
  return db.many<Member>(sql`
    select m.* from members m join channels c on c.sid = m.channel_sid and c.deleted = 0
    where m.user_sid = ${userSid} and m.deleted = 0 order by m.channel_sid`)
}

/** False when this identity is a member already. */
export async function insertMember(tx: Tx, m: Member): Promise<boolean> {
  const added = await tx.run(sql`
    insert into members (sid, service_sid, channel_sid, user_sid, identity, role_sid, attributes, last_read_index,
      last_read_at, created_event, last_event, deleted, created_at, updated_at)
    values (${m.sid}, ${m.serviceSid}, ${m.channelSid}, ${m.userSid}, ${m.identity}, ${m.roleSid}, ${m.attributes},
      ${m.lastReadIndex}, ${m.lastReadAt}, ${m.createdEvent}, ${m.lastEvent}, ${m.deleted}, ${m.createdAt}, ${m.updatedAt})
    on conflict (channel_sid, identity) where deleted = 0 do nothing`)
  return added === 1
}

/** Writes what has changed since `before`; a read horizon moves in the way of counters. */
export async function updateMember(tx: Tx, before: Member, m: Member): Promise<void> {
  await saveChanged(tx, counters, [m.sid], { before, after: m }, () => writeMember(tx, m))
}

function writeMember(tx: Tx, m: Member): Promise<number> {
  return tx.run(sql`
    update members set role_sid = ${m.roleSid}, attributes = ${m.attributes}, last_read_index = ${m.lastReadIndex},
      last_read_at = ${m.lastReadAt}, last_event = ${m.lastEvent}, deleted = ${m.deleted},
      created_at = ${m.createdAt}, updated_at = ${m.updatedAt}
    where sid = ${m.sid}`)
}
