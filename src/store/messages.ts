import type { Sid } from '../lib/sid.ts'
import type { Channel, ChannelRef, LastMessage } from './channels.ts'
import type { Queryable, Tx } from './database.ts'
import type { Media } from './media.ts'
import { boundsOf, liesIn, placeClauses } from './message-places.ts'
import { isAscending, type Order, type Page, type PageRequest, type Position, toPage } from './paging.ts'
import { nothing, type Sql, sql } from './sql.ts'

/** What people see of a message. */
export type MessageContent = {
  sid: Sid<'IM'>
  serviceSid: Sid<'IS'>
  channelSid: Sid<'CH'>
  messageIndex: number
  author: string
  /** Null for a message without text. */
  body: string | null
  attributes: string
  /** JSON: a list of MessageMedia, or null for a text message. */
  media: string | null
  wasEdited: number
  lastUpdatedBy: string | null
  createdAt: number
  updatedAt: number
}

/** With what matters to clients that keep a copy. */
export type Message = MessageContent & {
  /** The author as a member; null for a message that no member sent. */
  memberSid: Sid<'MB'> | null
  createdEvent: number
  lastEvent: number
  deleted: number
}

export type MessageMedia = Pick<Media, 'sid' | 'filename' | 'contentType' | 'size' | 'category'>

/** What the table holds: where a message lies tells the rest. */
export type MessageRow = Omit<Message, 'serviceSid' | 'channelSid'>

const CONTENT_COLUMNS: Sql = sql`
  sid, message_index, author, body, attributes, media, was_edited, last_updated_by, created_at, updated_at`

/** All but the place, which JavaScript cannot hold. */
export const MESSAGE_COLUMNS: Sql = sql`${CONTENT_COLUMNS}, member_sid, created_event, last_event, deleted`

export async function findMessage(
  db: Queryable,
  channel: ChannelRef,
  sid: Sid<'IM'>,
): Promise<Message | undefined> {
  const [message] = await messagesWhere(
    db,
    channel,
    sql`sid = ${sid} and ${liesIn(channel.number)} and deleted = 0`,
  )
  return message
}

export async function findMessageAt(
  db: Queryable,
  channel: ChannelRef,
  index: number,
): Promise<Message | undefined> {
  const there = liesIn(channel.number, { above: index - 1, below: index + 1 })
  const [message] = await messagesWhere(db, channel, sql`${there} and deleted = 0`)
  return message
}

/** The message, locked until the transaction ends. */
export async function lockMessage(tx: Tx, channel: ChannelRef, sid: Sid<'IM'>): Promise<Message | undefined> {
  const [message] = await messagesWhere(tx, channel, sql`sid = ${sid} and deleted = 0 ${tx.forUpdate}`)
  return message
}

/** By message index, without what is not shown: a page by REST comes 1.12 times as often. */
export async function listMessageContents(
  db: Queryable,
  channel: ChannelRef,
  order: Order,
  page: PageRequest<number>,
): Promise<Page<MessageContent, number>> {
  const rows = await db.many<Omit<MessageContent, 'serviceSid' | 'channelSid'>>(sql`
    select ${CONTENT_COLUMNS} from messages where deleted = 0 and ${placeClauses(channel.number, page, order)}`)
  return toPage(placedIn(channel, rows), page, indexOf)
}

/** By message index; `which` is a further condition. */
export async function listMessages(
  db: Queryable,
  channel: ChannelRef,
  order: Order,
  page: PageRequest<number>,
  which: Sql = nothing,
): Promise<Page<Message, number>> {
  const there = placeClauses(channel.number, page, order)
  const messages = await messagesWhere(db, channel, sql`deleted = 0 ${which} and ${there}`)
  return toPage(messages, page, indexOf)
}

const indexOf = ({ messageIndex }: Pick<Message, 'messageIndex'>): number => messageIndex

/** Whether a page from there on would have a message in it. */
export async function hasMessages(
  db: Queryable,
  channel: ChannelRef & Pick<Channel, 'messagesCount' | 'nextMessageIndex'>,
  order: Order,
  from: Position<number>,
): Promise<boolean> {
  const bounds = boundsOf({ from }, isAscending({ from }, order))
  const { above = -1, below = Number.POSITIVE_INFINITY } = bounds
  // Most channels have no tombstones: then each index has its message.
  if (channel.messagesCount === channel.nextMessageIndex) {
    return Math.max(above, -1) + 1 < Math.min(below, channel.nextMessageIndex)
  }
  const there = liesIn(channel.number, bounds)
  return (
    (await db.one(sql`select 1 as found from messages where ${there} and deleted = 0 limit 1`)) !== undefined
  )
}

/** `condition` selects messages of the channel, and may order and limit them. */
async function messagesWhere(db: Queryable, channel: ChannelRef, condition: Sql): Promise<Message[]> {
  const rows = await db.many<MessageRow>(sql`select ${MESSAGE_COLUMNS} from messages where ${condition}`)
  return placedIn(channel, rows)
}

/** The rows as messages of this channel. */
export function placedIn<Row>(
  { sid, serviceSid }: ChannelRef,
  rows: readonly Row[],
): (Row & Pick<Message, 'channelSid' | 'serviceSid'>)[] {
  return rows.map((row) => ({ ...row, channelSid: sid, serviceSid }))
}

/** Under the index that the channel's counter has given it: nothing refuses it. */
export function insertMessage(tx: Tx, { number }: Pick<Channel, 'number'>, m: MessageRow): void {
  tx.later(sql`
    insert into messages (place, sid, message_index, author, member_sid, body, attributes, media, was_edited,
      last_updated_by, created_event, last_event, deleted, created_at, updated_at)
    values ((cast(${number} as bigint) << 32) + ${m.messageIndex}, ${m.sid}, ${m.messageIndex}, ${m.author}, ${m.memberSid}, ${m.body}, ${m.attributes}, ${m.media},
      ${m.wasEdited}, ${m.lastUpdatedBy}, ${m.createdEvent}, ${m.lastEvent}, ${m.deleted}, ${m.createdAt}, ${m.updatedAt})`)
}

export async function updateMessage(tx: Tx, m: MessageRow): Promise<void> {
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

export function findLastMessage(db: Queryable, { number }: ChannelRef): Promise<LastMessage | undefined> {
  return db.one<LastMessage>(sql`
    select sid, message_index, created_at from messages where ${liesIn(number)} and deleted = 0
    order by place desc limit 1`)
}
