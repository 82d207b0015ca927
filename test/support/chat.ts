// The rules without a facade: a Chat on a database of its own, and callers with chosen rights.

import type { AccountCaller, UserCaller } from '../../src/chat/caller.ts'
import { type ChannelDraft, createChannel, requireChannel } from '../../src/chat/channels.ts'
import { type Chat, createChat } from '../../src/chat/chat.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { chatLimits } from '../../src/chat/limits.ts'
import { addMember, type MemberDraft } from '../../src/chat/members.ts'
import type { MessageDraft } from '../../src/chat/message-change.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import type { Permission } from '../../src/chat/permissions.ts'
import { createRole } from '../../src/chat/roles.ts'
import { createService } from '../../src/chat/services.ts'
import { createUser, type UserDraft } from '../../src/chat/users.ts'
import { newSid } from '../../src/lib/sid.ts'
import { type Binding, saveBinding } from '../../src/store/bindings.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { Queryable } from '../../src/store/database.ts'
import { insertMedia, type Media } from '../../src/store/media.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import { openDatabase } from '../../src/store/open.ts'
import type { Role, RoleType } from '../../src/store/roles.ts'
import type { Service } from '../../src/store/services.ts'
import { sql } from '../../src/store/sql.ts'
import type { User } from '../../src/store/users.ts'
import { type Engine, givenDatabase } from './databases.ts'

const ACCOUNT_SID = `AC${'0'.repeat(31)}1` as const
const START = 1_700_000_000_000

export type TestChat = AsyncDisposable & {
  chat: Chat
  account: AccountCaller
  service: Service
  /** What listeners have been told, in order. */
  published: ChatEvent[]
  /** The time of everything; it moves when a test moves it. */
  clock: { now: number }
  asUser(user: User): UserCaller
  givenRole(type: RoleType, permissions: readonly Permission[]): Promise<Role>
  /** With `may`, under a service role of just these permissions. */
  givenUser(draft: UserDraft & { may?: readonly Permission[] }): Promise<User>
  givenChannel(draft?: ChannelDraft): Promise<Channel>
  /** With `may`, under a channel role of just these permissions. */
  givenMember(channel: Channel, draft: MemberDraft & { may?: readonly Permission[] }): Promise<Member>
  givenMessage(channel: Channel, draft?: MessageDraft): Promise<Message>
  givenMedia(): Promise<Media>
  /** A device registered for push; the endpoint keeps several apart. */
  givenBinding(user: User, endpoint?: string): Promise<Binding>
  /** The channel as it is now. */
  reread(channel: Channel): Promise<Channel>
}

/** Everything that is made here is made by the account; `published` starts empty. */
export async function startChat(engine: Engine): Promise<TestChat> {
  const database = await givenDatabase(engine)
  const db = await openDatabase(
    engine === 'sqlite'
      ? { engine, path: database.url.replace(/^sqlite:/, '') }
      : { engine, url: database.url },
  )
  const clock = { now: START }
  const published: ChatEvent[] = []
  const chat = createChat({
    db,
    limits: chatLimits,
    apiKey: null,
    listeners: [{ publish: (events) => void published.push(...events) }],
    now: () => clock.now,
  })
  const account: AccountCaller = { kind: 'account', accountSid: ACCOUNT_SID, webhooks: false }
  const service = await createService(chat, account, { friendlyName: 'test' })
  return {
    ...{ chat, account, service, published, clock },
    ...givens(chat, account, service),
    async [Symbol.asyncDispose]() {
      await db.close()
      await database[Symbol.asyncDispose]()
    },
  }
}

function givens(chat: Chat, account: AccountCaller, service: Service) {
  const givenRole: TestChat['givenRole'] = (type, permissions) =>
    createRole(chat, account, service, { friendlyName: 'test', type, permissions: [...permissions] })
  return {
    givenRole,
    asUser: ({ sid, serviceSid, identity }: User): UserCaller => ({
      kind: 'user',
      accountSid: account.accountSid,
      serviceSid,
      userSid: sid,
      identity,
    }),
    async givenUser({ may, ...draft }: UserDraft & { may?: readonly Permission[] }) {
      const roleSid = may && (await givenRole('deployment', may)).sid
      return createUser(chat, account, service, { roleSid, ...draft })
    },
    givenChannel: (draft: ChannelDraft = {}) => createChannel(chat, account, service, draft),
    async givenMember(channel: Channel, { may, ...draft }: MemberDraft & { may?: readonly Permission[] }) {
      const roleSid = may && (await givenRole('channel', may)).sid
      return addMember(chat, account, channel, { roleSid, ...draft })
    },
    givenMessage: (channel: Channel, draft: MessageDraft = { body: 'hello' }) =>
      sendMessage(chat, account, channel, draft),
    givenMedia: () => saveMedia(chat, service),
    givenBinding: (user: User, endpoint = 'phone') => registerBinding(chat, user, endpoint),
    reread: (channel: Channel) => requireChannel(chat, account, service.sid, channel.sid),
  }
}

async function saveMedia({ db }: Chat, service: Service): Promise<Media> {
  const file = { author: 'alice', filename: 'cat.png', contentType: 'image/png', size: 20_480 }
  const media: Media = {
    ...{ sid: newSid('ME'), serviceSid: service.sid, channelSid: null, messageSid: null },
    ...file,
    ...{ category: 'media', uploadedAt: START, discarded: 0 },
    ...{ createdAt: START, updatedAt: START },
  }
  await db.transaction((tx) => insertMedia(tx, media))
  return media
}

async function registerBinding({ db }: Chat, user: User, endpoint: string): Promise<Binding> {
  const binding: Binding = {
    ...{ sid: newSid('BS'), serviceSid: user.serviceSid, userSid: user.sid, identity: user.identity },
    ...{
      endpoint,
      credentialSid: newSid('CR'),
      bindingType: 'fcm',
      address: newSid('XT'),
      messageTypes: '[]',
    },
    ...{ dialect: 'chat', badge: null },
    ...{ createdAt: START, updatedAt: START },
  }
  await db.transaction((tx) => saveBinding(tx, binding))
  return binding
}

/** All that verbs can change, for comparing before and after. */
export async function readEverything(db: Queryable): Promise<unknown> {
  return {
    services: await db.many(sql`select * from services order by sid`),
    roles: await db.many(sql`select * from roles order by sid`),
    users: await db.many(sql`select * from users order by sid`),
    channels: await db.many(sql`select * from channels order by sid`),
    members: await db.many(sql`select * from members order by sid`),
    userChannels: await db.many(sql`select * from user_channels order by user_sid, channel_sid`),
    messages: await db.many(sql`select * from messages order by sid`),
    invites: await db.many(sql`select * from invites order by sid`),
    media: await db.many(sql`select * from media order by sid`),
    bindings: await db.many(sql`select * from bindings order by sid`),
    credentials: await db.many(sql`select * from credentials order by sid`),
    webhooks: await db.many(sql`select * from channel_webhooks order by sid`),
  }
}
