import type { Sid } from '../lib/sid.ts'
import { countersOf, saveChanged } from './counts.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, limitTo, sql } from './sql.ts'

export type User = {
  sid: Sid<'US'>
  serviceSid: Sid<'IS'>
  identity: string
  friendlyName: string | null
  attributes: string
  roleSid: Sid<'RL'>
  /** Null until the user has been online once. */
  isOnline: number | null
  /** Null until the user had a push binding. */
  isNotifiable: number | null
  joinedChannelsCount: number
  channelsEvent: number
  infoEvent: number
  friendlyNameEvent: number
  attributesEvent: number
  reachabilityEvent: number
  createdAt: number
  updatedAt: number
}

const counters = countersOf(
  'users',
  ['channels_event', 'info_event', 'reachability_event', 'is_online', 'is_notifiable', 'updated_at'],
  { tombstones: false },
)

export function findUser(db: Queryable, serviceSid: Sid<'IS'>, identity: string): Promise<User | undefined> {
  return db.one<User>(sql`select * from users where service_sid = ${serviceSid} and identity = ${identity}`)
}

export function findUserBySid(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sid: Sid<'US'>,
): Promise<User | undefined> {
  return db.one<User>(sql`select * from users where sid = ${sid} and service_sid = ${serviceSid}`)
}

/** In no order; unknown ones are missing. `sids` must not be empty. */
export function findUsersBySid(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  sids: readonly Sid<'US'>[],
): Promise<User[]> {
  return db.many<User>(sql`select * from users where sid in ${inList(sids)} and service_sid = ${serviceSid}`)
}

/** Users of living services whose stored state says online. */
export function listOnlineUsers(
  db: Queryable,
  after: string,
  limit: number,
): Promise<{ accountSid: Sid<'AC'>; serviceSid: Sid<'IS'>; userSid: Sid<'US'> }[]> {
  return db.many(sql`
    select s.account_sid, s.sid as service_sid, u.sid as user_sid
    from users u join services s on s.sid = u.service_sid and s.deleted = 0
    where u.is_online = 1 and u.sid > ${after} order by u.sid ${limitTo(limit)}`)
}

/** Those of these users who are not online, in services that want to know. */
export async function listOfflineUsers(db: Queryable, userSids: readonly Sid<'US'>[]): Promise<Sid<'US'>[]> {
  if (userSids.length === 0) return []
  const rows = await db.many<{ sid: Sid<'US'> }>(sql`
    select u.sid from users u join services s on s.sid = u.service_sid and s.deleted = 0 and s.reachability_enabled = 1
    where u.sid in ${inList(userSids)} and coalesce(u.is_online, 0) = 0`)
  return rows.map(({ sid }) => sid)
}

/** The user, locked until the transaction ends. */
export function lockUser(tx: Tx, sid: Sid<'US'>): Promise<User | undefined> {
  return tx.lock<User>(counters, [sid])
}

export async function listUsers(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  page: PageRequest,
): Promise<Page<User>> {
  const rows = await db.many<User>(
    sql`select * from users where service_sid = ${serviceSid} ${pageClauses(sql`sid`, page)}`,
  )
  return toPage(rows, page, (user) => user.sid)
}

/** False when this identity has a user already. */
export async function insertUser(tx: Tx, u: User): Promise<boolean> {
  const added = await tx.run(sql`
    insert into users (sid, service_sid, identity, friendly_name, attributes, role_sid, is_online, is_notifiable,
      joined_channels_count, channels_event, info_event, friendly_name_event, attributes_event, reachability_event,
      created_at, updated_at)
    values (${u.sid}, ${u.serviceSid}, ${u.identity}, ${u.friendlyName}, ${u.attributes}, ${u.roleSid}, ${u.isOnline},
      ${u.isNotifiable}, ${u.joinedChannelsCount}, ${u.channelsEvent}, ${u.infoEvent}, ${u.friendlyNameEvent},
      ${u.attributesEvent}, ${u.reachabilityEvent}, ${u.createdAt}, ${u.updatedAt})
    on conflict (service_sid, identity) do nothing`)
  return added === 1
}

/** Writes what has changed since `before`: what a caller can edit, and the counters of the user's own data. */
export async function updateUser(tx: Tx, before: User, u: User): Promise<void> {
  await saveChanged(tx, counters, [u.sid], { before, after: u }, () => writeUser(tx, u))
}

function writeUser(tx: Tx, u: User): Promise<number> {
  return tx.run(sql`
    update users set friendly_name = ${u.friendlyName}, attributes = ${u.attributes}, role_sid = ${u.roleSid},
      is_online = ${u.isOnline}, is_notifiable = ${u.isNotifiable}, info_event = ${u.infoEvent},
      friendly_name_event = ${u.friendlyNameEvent}, attributes_event = ${u.attributesEvent},
      reachability_event = ${u.reachabilityEvent}, updated_at = ${u.updatedAt}
    where sid = ${u.sid}`)
}

/** Counts a change of what the user has set for a channel: read horizon or notification level. Undefined when the user is gone. */
export function countUserChannelEdit(tx: Tx, sid: Sid<'US'>): Promise<User | undefined> {
  return tx.count<User>(counters, [sid], { add: ['channelsEvent'], take: [], set: {} })
}

/** Counts a channel that comes, goes or changes its status; `joined` is how many more the user is in. Undefined when the user is gone. */
export function countUserChannelStatus(
  tx: Tx,
  sid: Sid<'US'>,
  joined: -1 | 0 | 1,
): Promise<User | undefined> {
  return tx.one<User>(sql`
    update users set channels_event = channels_event + 1, joined_channels_count = joined_channels_count + ${joined}
    where sid = ${sid} returning *`)
}

export async function deleteUser(tx: Tx, sid: Sid<'US'>): Promise<void> {
  await tx.run(sql`delete from users where sid = ${sid}`)
}
