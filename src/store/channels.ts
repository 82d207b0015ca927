import type { Sid } from '../lib/sid.ts'
import { type Count, countersOf } from './counts.ts'
import type { Queryable, Tx } from './database.ts'
import { type Page, type PageRequest, pageClauses, toPage } from './paging.ts'
import { inList, nothing, type Sql, sql } from './sql.ts'

export type ChannelType = 'public' | 'private'

export type Channel = {
  sid: Sid<'CH'>
  serviceSid: Sid<'IS'>
  /** Of our own, unique; where its messages lie (message-places.ts). */
  number: number
  uniqueName: string | null
  friendlyName: string | null
  attributes: string
  type: ChannelType
  createdBy: string
  /** Of another product; kept and returned. */
  messagingServiceSid: string | null
  /** Members that are chat users. */
  membersCount: number
  messagesCount: number
  nextMessageIndex: number
  lastMessageSid: Sid<'IM'> | null
  lastMessageIndex: number | null
  lastMessageAt: number | null
  documentEvent: number
  messagesEvent: number
  rosterEvent: number
  deleted: number
  createdAt: number
  updatedAt: number
}

/** What never changes of a channel. */
export type ChannelRef = Pick<Channel, 'sid' | 'serviceSid' | 'number'>

/** How a channel is addressed: by its sid, or by its unique name. */
export type ChannelKey = { sid: Sid<'CH'> } | { uniqueName: string }

export function findChannel(
  db: Queryable,
  accountSid: Sid<'AC'>,
  serviceSid: Sid<'IS'>,
  key: ChannelKey,
): Promise<Channel | undefined> {
  if ('sid' in key) {
    return db.one<Channel>(sql`
      select c.* from channels c join services s on s.sid = c.service_sid and s.deleted = 0
      where c.sid = ${key.sid} and c.service_sid = ${serviceSid} and s.account_sid = ${accountSid} and c.deleted = 0`)
  }
  return db.one<Channel>(sql`
    select c.* from channels c join services s on s.sid = c.service_sid and s.deleted = 0
    where c.service_sid = ${serviceSid} and c.unique_name = ${key.uniqueName} and s.account_sid = ${accountSid}
      and c.deleted = 0`)
}

/** Likewise, for what is asked with every message: by sid it is kept as long as no channel changes. */
export function findChannelRef(
  db: Queryable,
  accountSid: Sid<'AC'>,
  serviceSid: Sid<'IS'>,
  key: ChannelKey,
): Promise<ChannelRef | undefined> {
  if (!('sid' in key)) return findChannel(db, accountSid, serviceSid, key)
  return db.cached<ChannelRef>(
    ['channels', 'services'],
    sql`
    select c.sid, c.service_sid, c.number from channels c join services s on s.sid = c.service_sid and s.deleted = 0
    where c.sid = ${key.sid} and c.service_sid = ${serviceSid} and s.account_sid = ${accountSid} and c.deleted = 0`,
  )
}

/** The channel, locked until the transaction ends. */
export function lockChannel(tx: Tx, sid: Sid<'CH'>): Promise<Channel | undefined> {
  return tx.lock<Channel>(counters, [sid])
}

export async function listChannels(
  db: Queryable,
  serviceSid: Sid<'IS'>,
  types: readonly ChannelType[],
  page: PageRequest,
): Promise<Page<Channel>> {
  const ofType: Sql = types.length > 0 ? sql`and type in ${inList(types)}` : nothing
  const rows = await db.many<Channel>(sql`
    select * from channels where service_sid = ${serviceSid} and deleted = 0 ${ofType} ${pageClauses(sql`sid`, page)}`)
  return toPage(rows, page, (channel) => channel.sid)
}

/** For a new channel. */
export async function takeChannelNumber(tx: Tx): Promise<number> {
  const row = await tx.one<{ number: number }>(tx.nextChannelNumber)
  if (!row) throw new Error('The database gives no number for a channel')
  return row.number
}

/** Throws UniqueViolation when the unique name is taken. */
export async function insertChannel(tx: Tx, c: Channel): Promise<void> {
  await tx.run(sql`
    insert into channels (sid, service_sid, number, unique_name, friendly_name, attributes, type, created_by, messaging_service_sid, members_count,
      messages_count, next_message_index, last_message_sid, last_message_index, last_message_at, document_event,
      messages_event, roster_event, deleted, created_at, updated_at)
    values (${c.sid}, ${c.serviceSid}, ${c.number}, ${c.uniqueName}, ${c.friendlyName}, ${c.attributes}, ${c.type}, ${c.createdBy},
      ${c.messagingServiceSid}, ${c.membersCount}, ${c.messagesCount}, ${c.nextMessageIndex}, ${c.lastMessageSid}, ${c.lastMessageIndex},
      ${c.lastMessageAt}, ${c.documentEvent}, ${c.messagesEvent}, ${c.rosterEvent}, ${c.deleted}, ${c.createdAt}, ${c.updatedAt})`)
}

/** Writes what a caller can edit and the counter of the document. Throws UniqueViolation when the unique name is taken. */
export async function updateChannel(tx: Tx, c: Channel): Promise<void> {
  await tx.run(sql`
    update channels set unique_name = ${c.uniqueName}, friendly_name = ${c.friendlyName},
      attributes = ${c.attributes}, type = ${c.type}, created_by = ${c.createdBy},
      messaging_service_sid = ${c.messagingServiceSid}, document_event = ${c.documentEvent}, created_at = ${c.createdAt}, updated_at = ${c.updatedAt}
    where sid = ${c.sid}`)
}

const counters = countersOf('channels', [
  'next_message_index',
  'messages_count',
  'messages_event',
  'document_event',
  'roster_event',
  'last_message_sid',
  'last_message_index',
  'last_message_at',
])

const ONE_MESSAGE: Pick<Count<Channel>, 'add' | 'take'> = {
  add: ['nextMessageIndex', 'messagesCount', 'messagesEvent', 'documentEvent'],
  take: [['lastMessageIndex', 'nextMessageIndex']],
}

/** Takes the next message index for a new message. Undefined when the channel is gone. */
export function countMessageAdded(
  tx: Tx,
  sid: Sid<'CH'>,
  messageSid: Sid<'IM'>,
  at: number,
): Promise<Channel | undefined> {
  return tx.count<Channel>(counters, [sid], {
    ...ONE_MESSAGE,
    set: { lastMessageSid: messageSid, lastMessageAt: at },
  })
}

/** Undefined when the channel is gone. */
export function countMessageChanged(tx: Tx, sid: Sid<'CH'>): Promise<Channel | undefined> {
  return tx.count<Channel>(counters, [sid], { add: ['messagesEvent'], take: [], set: {} })
}

export type LastMessage = { sid: Sid<'IM'>; messageIndex: number; createdAt: number }

/** Writes the counters after a message was removed; `last` is the newest one left. */
export async function countMessageRemoved(
  tx: Tx,
  c: Channel,
  last: LastMessage | undefined,
): Promise<Channel> {
  const lastChanged =
    c.lastMessageSid !== (last?.sid ?? null) || c.lastMessageAt !== (last?.createdAt ?? null)
  const row = await tx.one<Channel>(sql`
    update channels set messages_count = messages_count - 1,
      document_event = document_event + ${lastChanged ? 1 : 0}, last_message_sid = ${last?.sid ?? null},
      last_message_index = ${last?.messageIndex ?? null}, last_message_at = ${last?.createdAt ?? null}
    where sid = ${c.sid} returning *`)
  return row ?? c
}

/** The newest message has another date. */
export async function redateLastMessage(tx: Tx, c: Channel, at: number): Promise<Channel> {
  const row = await tx.one<Channel>(sql`
    update channels set document_event = document_event + 1, last_message_at = ${at} where sid = ${c.sid} returning *`)
  return row ?? c
}

/** Counts a change of what a member has: role, attributes or read horizon. Undefined when the channel is gone. */
export function countMemberEdit(tx: Tx, sid: Sid<'CH'>): Promise<Channel | undefined> {
  return tx.count<Channel>(counters, [sid], { add: ['rosterEvent'], take: [], set: {} })
}

/** Counts a member who comes (`+1`) or goes (`-1`). Undefined when the channel is gone. */
export function countMembership(tx: Tx, sid: Sid<'CH'>, members: -1 | 1): Promise<Channel | undefined> {
  return tx.one<Channel>(sql`
    update channels set roster_event = roster_event + 1, members_count = members_count + ${members}
    where sid = ${sid} and deleted = 0 returning *`)
}

/** From here on the channel is gone for everyone; its rows are purged later. False when it was gone already. */
export async function markChannelDeleted(tx: Tx, sid: Sid<'CH'>, now: number): Promise<boolean> {
  const changed = await tx.run(sql`
    update channels set deleted = 1, document_event = document_event + 1, updated_at = ${now}
    where sid = ${sid} and deleted = 0`)
  return changed === 1
}
