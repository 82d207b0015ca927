// A service whose webhooks go to a receiver, with a user in it who acts past the front door, as a client would.

import type { ServiceContext, ServiceContextUpdateOptions } from 'twilio/lib/rest/chat/v2/service.js'
import { expect } from 'vitest'
import { WEBHOOK_EVENTS } from '../../src/api/chat-v2/filters.ts'
import type { AccountCaller, UserCaller } from '../../src/chat/caller.ts'
import { requireChannel } from '../../src/chat/channels.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { requireMember } from '../../src/chat/members.ts'
import { requireMessage } from '../../src/chat/messages.ts'
import { requireService } from '../../src/chat/services.ts'
import { requireUser } from '../../src/chat/users.ts'
import { newSid, type Sid } from '../../src/lib/sid.ts'
import type { Channel } from '../../src/store/channels.ts'
import { insertMedia, type Media } from '../../src/store/media.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import type { Service } from '../../src/store/services.ts'
import type { User } from '../../src/store/users.ts'
import { allBut } from './permissions.ts'
import { ACCOUNT_SID, type TestServer } from './server.ts'

export const WANTED = { xTwilioWebhookEnabled: 'true' } as const
export const ANY_DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

export type Actors = {
  chat: Chat
  rest: ServiceContext
  /** May do everything that roles can allow; a member of the channel `lobby`. */
  alice: UserCaller
  roles: { service: Sid<'RL'>; channel: Sid<'RL'> }
  service(): Promise<Service>
  user(identity?: string): Promise<User>
  channel(key?: string): Promise<Channel>
  member(identity?: string): Promise<Member>
  message(sid: string): Promise<Message>
}

/** A service of which every webhook is selected, unless chosen otherwise. */
export async function givenWebhooks(
  server: TestServer,
  settings: ServiceContextUpdateOptions,
): Promise<ServiceContext & { sid: string }> {
  const rest = await server.givenService()
  const { sid } = await rest.update({ webhookFilters: [...WEBHOOK_EVENTS], ...settings })
  return Object.assign(rest, { sid })
}

/** Nothing of what is made here has caused a webhook. */
export async function givenActors(server: TestServer, rest: ServiceContext): Promise<Actors> {
  const { chat } = server.app
  const accountSid = ACCOUNT_SID as Sid<'AC'>
  const account: AccountCaller = { kind: 'account', accountSid, webhooks: false }
  const roles = {
    service: await givenRole(rest, 'deployment'),
    channel: await givenRole(rest, 'channel'),
  }
  const { sid, serviceSid } = await rest.users.create({ identity: 'alice', roleSid: roles.service })
  await rest.channels.create({ uniqueName: 'lobby' })
  await rest.channels('lobby').members.create({ identity: 'alice', roleSid: roles.channel })
  const service = (): Promise<Service> => requireService(chat, account, serviceSid)
  const channel = (key = 'lobby'): Promise<Channel> => requireChannel(chat, account, serviceSid, key)
  return {
    ...{ chat, rest, roles, service, channel },
    alice: {
      ...{ kind: 'user', accountSid, identity: 'alice' },
      ...{ serviceSid: serviceSid as Sid<'IS'>, userSid: sid as Sid<'US'> },
    },
    user: async (identity = 'alice') => requireUser(chat, await service(), identity),
    member: async (identity = 'alice') => requireMember(chat, await channel(), identity),
    message: async (key) => requireMessage(chat, await channel(), key),
  }
}

/** An uploaded picture that no message has yet. */
export async function givenMedia(server: TestServer, serviceSid: string): Promise<Media> {
  const media: Media = {
    ...{ sid: newSid('ME'), serviceSid: serviceSid as Sid<'IS'>, channelSid: null, messageSid: null },
    ...{ author: 'alice', filename: 'cat & dog.png', contentType: 'image/png', size: 20_480 },
    ...{ category: 'media', uploadedAt: Date.now(), discarded: 0 },
    ...{ createdAt: Date.now(), updatedAt: Date.now() },
  }
  await server.app.chat.db.transaction((tx) => insertMedia(tx, media))
  return media
}

/** What every webhook tells, of what the account has done; for what alice has done, with `fromAlice`. */
export function common(event: string, serviceSid: string): Record<string, string> {
  return {
    ...{ EventType: event, AccountSid: ACCOUNT_SID, InstanceSid: serviceSid },
    ...{ Source: 'API', RetryCount: '0' },
  }
}

export const fromAlice = { Source: 'SDK', ClientIdentity: 'alice' } as const

/** The date as REST shows it, with any milliseconds. */
export function sameSecond(date: Date): unknown {
  return expect.stringMatching(new RegExp(`^${date.toISOString().slice(0, 19)}\\.\\d{3}Z$`))
}

/** Each webhook of the service that was ever to be sent, by its event; those still waiting too. */
export async function recordedEvents(server: TestServer, serviceSid: string): Promise<string[]> {
  const { body } = await server.request('GET', `/parley/v1/Services/${serviceSid}/Deliveries?PageSize=100`)
  return body.deliveries.map(({ event }: { event: string }) => event)
}

async function givenRole(rest: ServiceContext, type: 'deployment' | 'channel'): Promise<Sid<'RL'>> {
  const { sid } = await rest.roles.create({ friendlyName: 'all', type, permission: allBut(type) })
  return sid as Sid<'RL'>
}
