// What has changed after an event number, tombstones included: what a client that was away has missed.
// Everything is in ascending order of `lastEvent` and at most `limit` rows.
import type { Sid } from '../lib/sid.ts'
import type { Channel, ChannelRef } from './channels.ts'
import type { Queryable } from './database.ts'
import type { Member } from './members.ts'
import { liesIn } from './message-places.ts'
import { MESSAGE_COLUMNS, type Message, type MessageRow, placedIn } from './messages.ts'
import { limitTo, sql } from './sql.ts'
import type { UserChannelItem, UserKey } from './user-channels.ts'

/**
 * New messages are the last ones by index: of `n` events since then, each made at most one. Messages that changed
 * later are few and have an index of their own.
 */
export async function listChangedMessages(
  db: Queryable,
  channel: ChannelRef & Pick<Channel, 'nextMessageIndex' | 'messagesEvent'>,
  after: number,
  limit: number,
): Promise<Message[]> {
  const firstNew = Math.max(0, channel.nextMessageIndex - (channel.messagesEvent - after))
  const rows = await db.many<MessageRow>(sql`
    select * from (
      select ${MESSAGE_COLUMNS} from messages
      where ${liesIn(channel.number, { above: firstNew - 1 })} and last_event = created_event and last_event > ${after}
      order by place ${limitTo(limit)}) fresh
    union all select * from (
      select ${MESSAGE_COLUMNS} from messages
      where place >> 32 = ${channel.number} and last_event > created_event and last_event > ${after}
      order by last_event ${limitTo(limit)}) changed
    order by last_event ${limitTo(limit)}`)
  return placedIn(channel, rows)
}

/** Members that are chat users. */
export function listChangedMembers(
  db: Queryable,
  channelSid: Sid<'CH'>,
  after: number,
  limit: number,
): Promise<Member[]> {
  return db.many<Member>(sql`
    select * from members where channel_sid = ${channelSid} and last_event > ${after} and identity is not null
    order by last_event ${limitTo(limit)}`)
}

export function listChangedUserChannels(
  db: Queryable,
  { sid, identity }: UserKey,
  after: number,
  limit: number,
): Promise<UserChannelItem[]> {
  return db.many<UserChannelItem>(sql`
    select uc.*, c.type, m.last_read_index from user_channels uc
    left join channels c on c.sid = uc.channel_sid
    left join members m on m.channel_sid = uc.channel_sid and m.identity = ${identity} and m.deleted = 0
    where uc.user_sid = ${sid} and uc.last_event > ${after}
    order by uc.last_event ${limitTo(limit)}`)
}
