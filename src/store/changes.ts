// What has changed after an event number, tombstones included: what a client that was away has missed.
// Everything is in ascending order of `lastEvent` and at most `limit` rows.
import type { Sid } from '../lib/sid.ts'
import type { Channel } from './channels.ts'
import type { Queryable } from './database.ts'
import type { Member } from './members.ts'
import type { Message } from './messages.ts'
import { sql } from './sql.ts'
import type { UserChannelItem, UserKey } from './user-channels.ts'

/**
 * New messages are the last ones by index: of `n` events since then, each made at most one. Messages that changed
 * later are few and have an index of their own.
 */
export function listChangedMessages(
  db: Queryable,
  channel: Pick<Channel, 'sid' | 'nextMessageIndex' | 'messagesEvent'>,
  after: number,
  limit: number,
): Promise<Message[]> {
  const firstNew = Math.max(0, channel.nextMessageIndex - (channel.messagesEvent - after))
  return db.many<Message>(sql`
    select * from (
      select * from messages
      where channel_sid = ${channel.sid} and message_index >= ${firstNew} and last_event = created_event
        and last_event > ${after}
      order by message_index limit ${limit}) fresh
    union all select * from (
      select * from messages
      where channel_sid = ${channel.sid} and last_event > created_event and last_event > ${after}
      order by last_event limit ${limit}) changed
    order by last_event limit ${limit}`)
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
    order by last_event limit ${limit}`)
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
    order by uc.last_event limit ${limit}`)
}
