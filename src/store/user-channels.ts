import type { Sid } from '../lib/sid.ts'
import type { ChannelType } from './channels.ts'
import { countersOf } from './counts.ts'
import type { Queryable, Tx } from './database.ts'
import { type Order, type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { type Sql, sql } from './sql.ts'

export type UserChannelStatus = 'joined' | 'invited'
export type NotificationLevel = 'default' | 'muted'

/** One item of "the user's channels". */
export type UserChannel = {
  userSid: Sid<'US'>
  channelSid: Sid<'CH'>
  status: UserChannelStatus
  notificationLevel: NotificationLevel
  createdEvent: number
  lastEvent: number
  deleted: number
}

/** The item with what clients see of the channel in it; null once the channel is purged. */
export type UserChannelItem = UserChannel & { type: ChannelType | null; lastReadIndex: number | null }

/** Whose channels are asked for. */
export type UserKey = { sid: Sid<'US'>; identity: string }

/** A user's channel with what is read together with it. */
export type UserChannelView = Pick<UserChannel, 'channelSid' | 'status' | 'notificationLevel'> & {
  memberSid: Sid<'MB'> | null
  lastReadIndex: number | null
  nextMessageIndex: number
  /** Tombstones after the read horizon. */
  deletedAfterHorizon: number
}

/** Most channels have no tombstones, and their counters tell. With `+`, SQLite finds the others by their index. */
const selectView = ({ sid, identity }: UserKey): Sql => sql`
  select uc.channel_sid, uc.status, uc.notification_level, m.sid as member_sid, m.last_read_index, c.next_message_index,
    case when c.messages_count = c.next_message_index then 0 else (select count(*) from messages d
      where d.place >> 32 = +c.number and d.deleted = 1 and d.message_index > m.last_read_index) end as deleted_after_horizon
  from user_channels uc
  join channels c on c.sid = uc.channel_sid and c.deleted = 0
  left join members m on m.channel_sid = uc.channel_sid and m.identity = ${identity} and m.deleted = 0
  where uc.user_sid = ${sid} and uc.deleted = 0`

export function findUserChannel(
  db: Queryable,
  user: UserKey,
  channelSid: Sid<'CH'>,
): Promise<UserChannelView | undefined> {
  return db.one<UserChannelView>(sql`${selectView(user)} and uc.channel_sid = ${channelSid}`)
}

/** Joined and invited channels, by channel sid. */
export async function listUserChannels(
  db: Queryable,
  user: UserKey,
  page: PageRequest,
): Promise<Page<UserChannelView>> {
  const rows = await db.many<UserChannelView>(
    sql`${selectView(user)} ${pageClauses(sql`uc.channel_sid`, page)}`,
  )
  return toPage(rows, page, (row) => row.channelSid)
}

/** The same as items, without tombstones. */
export async function listUserChannelItems(
  db: Queryable,
  { sid, identity }: UserKey,
  page: PageRequest,
  order: Order,
): Promise<Page<UserChannelItem>> {
  const rows = await db.many<UserChannelItem>(sql`
    select uc.*, c.type, m.last_read_index from user_channels uc
    join channels c on c.sid = uc.channel_sid and c.deleted = 0
    left join members m on m.channel_sid = uc.channel_sid and m.identity = ${identity} and m.deleted = 0
    where uc.user_sid = ${sid} and uc.deleted = 0 ${pageClauses(sql`uc.channel_sid`, page, order)}`)
  return toPage(rows, page, (row) => row.channelSid)
}

/** The item also when it is a tombstone. */
export function findUserChannelItem(
  db: Queryable,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'>,
): Promise<UserChannel | undefined> {
  return db.one<UserChannel>(
    sql`select * from user_channels where user_sid = ${userSid} and channel_sid = ${channelSid}`,
  )
}

const counters = countersOf('user_channels', ['notification_level', 'last_event'], {
  key: ['user_sid', 'channel_sid'],
})

/** The item, locked until the transaction ends; undefined also for a tombstone. */
export function lockUserChannel(
  tx: Tx,
  userSid: Sid<'US'>,
  channelSid: Sid<'CH'>,
): Promise<UserChannel | undefined> {
  return tx.lock<UserChannel>(counters, [userSid, channelSid])
}

/** Undefined for a tombstone. */
export function changeUserChannel(
  tx: Tx,
  { userSid, channelSid }: UserChannel,
  change: Partial<Pick<UserChannel, 'notificationLevel' | 'lastEvent'>>,
): Promise<UserChannel | undefined> {
  return tx.count<UserChannel>(counters, [userSid, channelSid], { add: [], take: [], set: change })
}

export async function saveUserChannel(tx: Tx, uc: UserChannel): Promise<void> {
  await tx.run(sql`
    insert into user_channels (user_sid, channel_sid, status, notification_level, created_event, last_event, deleted)
    values (${uc.userSid}, ${uc.channelSid}, ${uc.status}, ${uc.notificationLevel}, ${uc.createdEvent}, ${uc.lastEvent}, ${uc.deleted})
    on conflict (user_sid, channel_sid) do update set status = excluded.status,
      notification_level = excluded.notification_level, created_event = excluded.created_event,
      last_event = excluded.last_event, deleted = excluded.deleted`)
}

/** Makes the channel's item a tombstone for everyone who is in it or invited, and counts that for each user. Returns the tombstones. */
export async function removeChannelFromUsers(tx: Tx, channelSid: Sid<'CH'>): Promise<UserChannel[]> {
  // Two statements, as joined_channels_count counts the joined and not the invited.
  await tx.run(sql`
    update users set channels_event = channels_event + 1, joined_channels_count = joined_channels_count - 1
    where sid in (select user_sid from user_channels
      where channel_sid = ${channelSid} and deleted = 0 and status = 'joined')`)
  await tx.run(sql`
    update users set channels_event = channels_event + 1
    where sid in (select user_sid from user_channels
      where channel_sid = ${channelSid} and deleted = 0 and status = 'invited')`)
  return tx.many<UserChannel>(sql`
    update user_channels set deleted = 1,
      last_event = (select u.channels_event from users u where u.sid = user_channels.user_sid)
    where channel_sid = ${channelSid} and deleted = 0 returning *`)
}

export async function deleteUserChannelsOf(tx: Tx, userSid: Sid<'US'>): Promise<void> {
  await tx.run(sql`delete from user_channels where user_sid = ${userSid}`)
}
