import type { Sid } from '../lib/sid.ts'
import type { LastMessage } from './channels.ts'
import type { Queryable, Tx } from './database.ts'
import type { Media } from './media.ts'
import { type Order, type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { sql } from './sql.ts'

export type Message = {
  sid: Sid<'IM'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  messageIndex: number
  author: string
  /** The author as a member; null for a message that no member sent. */
  memberSid: Sid<'MB'> | null
  /** Null for a message without text. */
  body: string | null
  attributes: string
  /** JSON: a list of MessageMedia, or null for a text message. */
  media: string | null
  wasEdited: number
  lastUpdatedBy: string | null
  createdEvent: number
  lastEvent: number
  deleted: number
  createdAt: number
  updatedAt: number
}

export type MessageMedia = Pick<Media, 'sid' | 'filename' | 'contentType' | 'size' | 'category'>

export function findMessage(
  db: Queryable,
  channelSid: Sid<'CH'>,
  sid: Sid<'IM'>,
): Promise<Message | undefined> {
  return db.one<Message>(
    sql`select * from messages where sid = ${sid} and channel_sid = ${channelSid} and deleted = 0`,
  )
}

export function findMessageAt(
  db: Queryable,
  channelSid: Sid<'CH'>,
  index: number,
): Promise<Message | undefined> {
  return db.one<Message>(sql`
    select * from messages where channel_sid = ${channelSid} and message_index = ${index} and deleted = 0`)
}

/** The message, locked until the transaction ends. */
export function lockMessage(tx: Tx, sid: Sid<'IM'>): Promise<Message | undefined> {
  return tx.one<Message>(sql`select * from messages where sid = ${sid} and deleted = 0 ${tx.forUpdate}`)
}

/** By message index. */
export async function listMessages(
  db: Queryable,
  channelSid: Sid<'CH'>,
  order: Order,
  page: PageRequest<number>,
): Promise<Page<Message, number>> {
  const rows = await db.many<Message>(sql`
    select * from messages where channel_sid = ${channelSid} and deleted = 0
    ${pageClauses(sql`message_index`, page, order)}`)
  return toPage(rows, page, (message) => message.messageIndex)
}

/** Under the index that the channel's counter has given it: nothing refuses it. */
export function insertMessage(tx: Tx, m: Message): void {
  tx.later(sql`
    insert into messages (sid, service_sid, channel_sid, message_index, author, member_sid, body, attributes, media, was_edited,
      last_updated_by, created_event, last_event, deleted, created_at, updated_at)
    values (${m.sid}, ${m.serviceSid}, ${m.channelSid}, ${m.messageIndex}, ${m.author}, ${m.memberSid}, ${m.body}, ${m.attributes}, ${m.media},
      ${m.wasEdited}, ${m.lastUpdatedBy}, ${m.createdEvent}, ${m.lastEvent}, ${m.deleted}, ${m.createdAt}, ${m.updatedAt})`)
}

export async function updateMessage(tx: Tx, m: Message): Promise<void> {
  await tx.run(sql`
    update messages set author = ${m.author}, body = ${m.body}, attributes = ${m.attributes},
      was_edited = ${m.wasEdited}, last_updated_by = ${m.lastUpdatedBy}, last_event = ${m.lastEvent},
      created_at = ${m.createdAt}, updated_at = ${m.updatedAt}
    where sid = ${m.sid}`)
}

/** Leaves a tombstone: the index and the event numbers stay, the content goes. */
export async function eraseMessage(tx: Tx, sid: Sid<'IM'>, event: number, now: number): Promise<void> {
  await tx.run(sql`
    update messages set deleted = 1, body = null, attributes = '{}', media = null, last_event = ${event}, updated_at = ${now}
    where sid = ${sid}`)
}

export function findLastMessage(db: Queryable, channelSid: Sid<'CH'>): Promise<LastMessage | undefined> {
  return db.one<LastMessage>(sql`
    select sid, message_index, created_at from messages where channel_sid = ${channelSid} and deleted = 0
    order by message_index desc limit 1`)
}
