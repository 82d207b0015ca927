// Fills a service through the verbs of the chat, as a back end would over REST.
import type { AccountCaller } from '../../chat/caller.ts'
import { createChannel } from '../../chat/channels.ts'
import type { Chat } from '../../chat/chat.ts'
import { addMember, updateMember } from '../../chat/members.ts'
import { sendMessage } from '../../chat/messages.ts'
import { createService, updateService } from '../../chat/services.ts'
import { createUser } from '../../chat/users.ts'
import type { Channel } from '../../store/channels.ts'
import type { Member } from '../../store/members.ts'
import type { Service } from '../../store/services.ts'
import { customers, staff } from './people.ts'
import { type Room, rooms } from './rooms.ts'

type Seeding = {
  chat: Chat
  caller: AccountCaller
  name: string
  /** Messages in all. */
  messages: number
  onMessage(): void
}

/** How far back the history reaches. */
const HISTORY_MS = 14 * 86_400_000
/** The last ones of a channel are still unread for everyone but the first member. */
const UNREAD = 3

export async function fillService(seeding: Seeding): Promise<Service> {
  const { chat, caller, name } = seeding
  const made = await createService(chat, caller, { friendlyName: name })
  // Off by default; on, the console shows who is online.
  const service = await updateService(chat, caller, made, { reachabilityEnabled: 1 })
  for (const { identity, friendlyName, title } of [...staff, ...customers]) {
    await createUser(chat, caller, service, { identity, friendlyName, attributes: JSON.stringify({ title }) })
  }
  // Together: their changes then share one commit.
  await Promise.all(rooms.map((room, i) => fillRoom(seeding, service, room, shareOf(seeding.messages, i))))
  return service
}

/** The messages of room number `i` when they are dealt out evenly. */
function shareOf(messages: number, i: number): number {
  return Math.floor(messages / rooms.length) + (i < messages % rooms.length ? 1 : 0)
}

async function fillRoom(seeding: Seeding, service: Service, room: Room, messages: number): Promise<void> {
  const { chat, caller } = seeding
  const { uniqueName, friendlyName, type, topic, identities } = room
  const createdBy = identities[0] ?? 'system'
  const attributes = JSON.stringify({ topic })
  const createdAt = chat.now() - HISTORY_MS
  const draft = { uniqueName, friendlyName, type, attributes, createdBy, createdAt }
  const channel = await createChannel(chat, caller, service, draft)
  const members: Member[] = []
  for (const identity of identities)
    members.push(await addMember(chat, caller, channel, { identity, createdAt }))
  await tellHistory(seeding, channel, room, messages)
  await setHorizons(seeding, channel, members, messages - 1)
}

async function tellHistory(seeding: Seeding, channel: Channel, room: Room, messages: number): Promise<void> {
  const { chat, caller, onMessage } = seeding
  const { speakers, lines } = room
  const end = chat.now()
  const gap = HISTORY_MS / (messages + 1)
  for (let i = 0; i < messages; i++) {
    // The talk begins anew when it is over, with the same speaker.
    const line = i % lines.length
    const author = speakers[line % speakers.length]
    const body = lines[line]
    // Ends a few minutes ago, in steps that look less even than they are.
    const createdAt = Math.round(end - (messages - i) * gap + (i % 3) * (gap / 4))
    await sendMessage(chat, caller, channel, { author, body, createdAt })
    onMessage()
  }
}

async function setHorizons(
  { chat, caller }: Seeding,
  channel: Channel,
  members: readonly Member[],
  last: number,
): Promise<void> {
  for (const [i, member] of members.entries()) {
    const lastReadIndex = i === 0 ? last : last - UNREAD
    if (lastReadIndex >= 0) await updateMember(chat, caller, channel, member, { lastReadIndex })
  }
}
