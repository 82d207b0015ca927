// What an operator looks for: channels by several marks, messages by a text in them. The engine lowers both sides, each in its
// own way: SQLite knows the case of ASCII letters only, and must not miss what is typed exactly.
import type { Sid } from '../lib/sid.ts'
import type { Channel, ChannelRef, ChannelType } from './channels.ts'
import type { Queryable } from './database.ts'
import { listMessages, type Message } from './messages.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { nothing, sql } from './sql.ts'

/** Undefined members do not filter. `prefix` is the start of either name, in any case. */
export type ChannelSearch = { prefix?: string; type?: ChannelType; memberIdentity?: string }

export async function searchChannels(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  { prefix, type, memberIdentity }: ChannelSearch,
  page: PageRequest,
): Promise<Page<Channel>> {
  const pattern = prefix === undefined ? '' : `${escapeLike(prefix)}%`
  const named =
    prefix === undefined
      ? nothing
      : sql`and (lower(friendly_name) like lower(${pattern}) escape '\\' or lower(unique_name) like lower(${pattern}) escape '\\')`
  const ofType = type === undefined ? nothing : sql`and type = ${type}`
  const joined =
    memberIdentity === undefined
      ? nothing
      : sql`and exists (select 1 from members m
          where m.channel_sid = channels.sid and m.identity = ${memberIdentity} and m.deleted = 0)`
  const rows = await db.many<Channel>(sql`
    select * from channels where service_sid = ${serviceSid} and deleted = 0
    ${named} ${ofType} ${joined} ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (channel) => channel.sid)
}

/** Messages of one channel whose body holds the text, in any case; newest first. */
export function searchMessages(
  db: Queryable,
  channel: ChannelRef,
  text: string,
  page: PageRequest<number>,
): Promise<Page<Message, number>> {
  const pattern = `%${escapeLike(text)}%`
  return listMessages(db, channel, 'desc', page, sql`and lower(body) like lower(${pattern}) escape '\\'`)
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
