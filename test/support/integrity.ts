// What the counters say and what the rows say (src/store/migrations/0001-first.sql): the two must be equal.
import type { Channel } from '../../src/store/channels.ts'
import type { Queryable } from '../../src/store/database.ts'
import type { Invite } from '../../src/store/invites.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import { sql } from '../../src/store/sql.ts'
import type { UserChannel } from '../../src/store/user-channels.ts'
import type { User } from '../../src/store/users.ts'

type Item = { createdEvent: number; lastEvent: number }
type Rows = {
  channels: Channel[]
  members: Map<string, Member[]>
  messages: Map<string, Message[]>
  userChannels: Map<string, UserChannel[]>
  invites: Invite[]
  users: User[]
}

/** Sorted lines of text, one for each channel and user, from the counters and from the rows. */
export async function readCounters(db: Queryable): Promise<{ kept: string[]; counted: string[] }> {
  const rows = await readRows(db)
  return {
    kept: [...rows.channels.map(keptOfChannel), ...rows.users.map(keptOfUser)],
    counted: [
      ...rows.channels.map((channel) => countedOfChannel(channel, rows)),
      ...rows.users.map((user) => countedOfUser(user, rows)),
    ],
  }
}

function keptOfChannel(c: Channel): string {
  const messages = `indexes 0 to ${c.nextMessageIndex}, ${c.messagesCount} messages, event ${c.messagesEvent}`
  const last = `last ${c.lastMessageSid} ${c.lastMessageIndex} ${c.lastMessageAt}`
  return `${c.sid}: ${messages}, ${last}, ${c.membersCount} members, event ${c.rosterEvent}`
}

function countedOfChannel({ sid }: Channel, rows: Rows): string {
  const messages = rows.messages.get(sid) ?? []
  const members = rows.members.get(sid) ?? []
  const living = messages.filter(isLiving)
  const last = living.at(-1)
  const gapless = messages.every(({ messageIndex }, place) => messageIndex === place)
  const indexes = gapless ? `0 to ${messages.length}` : messages.map((m) => m.messageIndex).join()
  return (
    `${sid}: indexes ${indexes}, ${living.length} messages, event ${lastEventOf(messages)}, ` +
    `last ${last?.sid ?? null} ${last?.messageIndex ?? null} ${last?.createdAt ?? null}, ` +
    `${members.filter(isLiving).length} members, event ${lastEventOf(members)}`
  )
}

function keptOfUser(u: User): string {
  const items = [u.friendlyNameEvent, u.attributesEvent, u.reachabilityEvent]
  const info = u.infoEvent === Math.max(...items) ? 'info in step' : `info ${u.infoEvent} of ${items.join()}`
  return `${u.identity}: ${u.joinedChannelsCount} channels, event ${u.channelsEvent}, ${info}, seen from both sides`
}

function countedOfUser({ sid, identity }: User, rows: Rows): string {
  const items = rows.userChannels.get(sid) ?? []
  const joined = items.filter((item) => isLiving(item) && item.status === 'joined')
  const seenByUser = items.filter(isLiving).map((item) => `${item.channelSid} ${item.status}`)
  const seenByChannels = [
    ...[...rows.members.values()].flat().filter((member) => isLiving(member) && member.userSid === sid),
    ...rows.invites.filter((invite) => invite.userSid === sid),
  ].map((item) => `${item.channelSid} ${'createdBy' in item ? 'invited' : 'joined'}`)
  const same = seenByUser.sort().join() === seenByChannels.sort().join()
  const sides = same ? 'seen from both sides' : `user sees ${seenByUser}, channels see ${seenByChannels}`
  return `${identity}: ${joined.length} channels, event ${lastEventOf(items)}, info in step, ${sides}`
}

/** The number of the newest event; an explanation when two items share a number, or one is older than its own start. */
function lastEventOf(items: readonly Item[]): number | string {
  const events = items.map(({ lastEvent }) => lastEvent)
  const shared = events.find((event, i) => events.indexOf(event) !== i)
  if (shared !== undefined) return `${shared} twice`
  const early = items.find((item) => item.lastEvent < item.createdEvent)
  return early ? `${early.lastEvent} before ${early.createdEvent}` : Math.max(0, ...events)
}

async function readRows(db: Queryable): Promise<Rows> {
  const alive = sql`select sid from channels where deleted = 0`
  const [channels, members, messages, userChannels, invites, users] = await Promise.all([
    db.many<Channel>(sql`select * from channels where deleted = 0 order by sid`),
    db.many<Member>(sql`select * from members where channel_sid in (${alive})`),
    db.many<Message>(sql`
      select m.*, c.sid as channel_sid from messages m join channels c on c.number = m.place >> 32
      where c.deleted = 0 order by message_index`),
    db.many<UserChannel>(sql`select * from user_channels`),
    db.many<Invite>(sql`select * from invites where channel_sid in (${alive})`),
    db.many<User>(sql`select * from users order by sid`),
  ])
  return {
    channels,
    members: Map.groupBy(members, ({ channelSid }) => channelSid),
    messages: Map.groupBy(messages, ({ channelSid }) => channelSid),
    userChannels: Map.groupBy(userChannels, ({ userSid }) => userSid),
    invites,
    users,
  }
}

function isLiving(item: { deleted: number }): boolean {
  return item.deleted === 0
}
