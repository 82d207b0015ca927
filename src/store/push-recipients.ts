// Who is to be told of something in a channel, and the number on their badge.
import type { Sid } from '../lib/sid.ts'
import type { Queryable } from './database.ts'
import { inList, limitTo, sql } from './sql.ts'

type PushSettings = { accountSid: Sid<'AC'>; notifications: string }

/** The service's settings, unless it has no device at all: then nothing is to be done. */
export function findPushSettings(db: Queryable, serviceSid: Sid<'IS'>): Promise<PushSettings | undefined> {
  return db.cached<PushSettings>(
    ['services', 'bindings'],
    sql`
    select s.account_sid, s.notifications from services s
    where s.sid = ${serviceSid} and s.deleted = 0
      and exists (select 1 from bindings b where b.service_sid = s.sid)`,
  )
}

export type Audience = { memberSid: Sid<'MB'>; userSid: Sid<'US'>; identity: string; muted: number }

/** Members by sid, after one, who are in the channel since `rosterEvent` or longer; at most `limit`. */
export function listAudience(
  db: Queryable,
  channelSid: Sid<'CH'>,
  rosterEvent: number,
  after: string,
  limit: number,
): Promise<Audience[]> {
  return db.many<Audience>(sql`
    select m.sid as member_sid, m.user_sid, m.identity,
      case when uc.notification_level = 'muted' then 1 else 0 end as muted
    from members m
    left join user_channels uc on uc.user_sid = m.user_sid and uc.channel_sid = m.channel_sid and uc.deleted = 0
    where m.channel_sid = ${channelSid} and m.deleted = 0 and m.user_sid is not null
      and m.created_event <= ${rosterEvent} and m.sid > ${after}
    order by m.sid ${limitTo(limit)}`)
}

/** For each of these users the number of channels with something unread; one without a read horizon does not count (rest-v2.md §5.3). */
export async function countUnreadChannels(
  db: Queryable,
  userSids: readonly Sid<'US'>[],
): Promise<Map<string, number>> {
  if (userSids.length === 0) return new Map()
  const rows = await db.many<{ userSid: string; unread: number }>(sql`
    select m.user_sid, count(*) as unread from members m
    join channels c on c.sid = m.channel_sid and c.deleted = 0
    where m.user_sid in ${inList(userSids)} and m.deleted = 0 and m.last_read_index is not null
      and exists (select 1 from messages i
        where i.place > (c.number << 32) + m.last_read_index and i.place < ((c.number + 1) << 32) and i.deleted = 0)
    group by m.user_sid`)
  return new Map(rows.map(({ userSid, unread }) => [userSid, unread]))
}
