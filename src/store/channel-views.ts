// Channels as one user sees them: each with the user's own status, notification level and read horizon.
import type { Sid } from '../lib/sid.ts'
import type { Channel, ChannelKey } from './channels.ts'
import type { Queryable } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, type Sql, sql } from './sql.ts'
import type { NotificationLevel, UserChannelStatus } from './user-channels.ts'

type Viewer = { serviceSid: Sid<'IS'>; userSid: Sid<'US'>; identity: string }

export type ChannelView = Channel & {
  /** Null when the user is neither in the channel nor invited; then so are the next five. */
  status: UserChannelStatus | null
  notificationLevel: NotificationLevel | null
  /** The event numbers of the channel as an item of "the user's channels". */
  ownCreatedEvent: number | null
  ownLastEvent: number | null
  memberSid: Sid<'MB'> | null
  lastReadIndex: number | null
  /** Tombstones after the read horizon. */
  deletedAfterHorizon: number
}

const COLUMNS: Sql = sql`
  select c.*, uc.status, uc.notification_level, uc.created_event as own_created_event,
    uc.last_event as own_last_event, m.sid as member_sid, m.last_read_index,
    case when c.messages_count = c.next_message_index then 0 else (select count(*) from messages d
      where d.place >> 32 = +c.number and d.deleted = 1 and d.message_index > m.last_read_index) end as deleted_after_horizon`

/** Members are found by identity, as that index has the channel in front. */
const fromChannels = ({ userSid, identity }: Viewer): Sql => sql`
  ${COLUMNS} from channels c
  left join user_channels uc on uc.channel_sid = c.sid and uc.user_sid = ${userSid} and uc.deleted = 0
  left join members m on m.channel_sid = c.sid and m.identity = ${identity} and m.deleted = 0`

export function findChannelView(
  db: Queryable,
  viewer: Viewer,
  key: ChannelKey,
): Promise<ChannelView | undefined> {
  const named = 'sid' in key ? sql`c.sid = ${key.sid}` : sql`c.unique_name = ${key.uniqueName}`
  return db.one<ChannelView>(sql`
    ${fromChannels(viewer)} where ${named} and c.service_sid = ${viewer.serviceSid} and c.deleted = 0`)
}

/** In no order; unknown ones are missing. `sids` must not be empty. */
export function findChannelViews(
  db: Queryable,
  viewer: Viewer,
  sids: readonly Sid<'CH'>[],
): Promise<ChannelView[]> {
  return db.many<ChannelView>(sql`
    ${fromChannels(viewer)} where c.sid in ${inList(sids)} and c.service_sid = ${viewer.serviceSid} and c.deleted = 0`)
}

/** The public channels of the service, by sid. */
export async function listPublicChannelViews(
  db: Queryable,
  viewer: Viewer,
  page: PageRequest,
): Promise<Page<ChannelView>> {
  const rows = await db.many<ChannelView>(sql`
    ${fromChannels(viewer)} where c.service_sid = ${viewer.serviceSid} and c.type = 'public' and c.deleted = 0
    ${pageClauses(sql`c.sid`, page)}`)
  return toPage(rows, page, ({ sid }) => sid)
}

/** The channels that the user is in or invited to, by sid. */
export async function listOwnChannelViews(
  db: Queryable,
  { userSid, identity }: Viewer,
  page: PageRequest,
): Promise<Page<ChannelView>> {
  const rows = await db.many<ChannelView>(sql`
    ${COLUMNS} from user_channels uc
    join channels c on c.sid = uc.channel_sid and c.deleted = 0
    left join members m on m.channel_sid = uc.channel_sid and m.identity = ${identity} and m.deleted = 0
    where uc.user_sid = ${userSid} and uc.deleted = 0 ${pageClauses(sql`uc.channel_sid`, page)}`)
  return toPage(rows, page, ({ sid }) => sid)
}
