// A service with one of everything, and the operations' paths filled in with it.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import type { Operation } from '../../src/api/http/operation.ts'
import { newSid, type Sid } from '../../src/lib/sid.ts'
import { type Binding, saveBinding } from '../../src/store/bindings.ts'
import type { RawAnswer, TestServer } from './server.ts'

export type Collection = keyof typeof PREFIXES
export type FurnishedService = { service: ServiceContext; sids: Record<Collection, string> }

export const PREFIXES = {
  Services: 'IS',
  Channels: 'CH',
  Users: 'US',
  Members: 'MB',
  Messages: 'IM',
  Invites: 'IN',
  Roles: 'RL',
  Bindings: 'BS',
  Webhooks: 'WH',
  Credentials: 'CR',
} as const

/** The channel `lobby` has alice, who has a device, as a member, and bob as invited. */
export async function givenFurnishedService(server: TestServer): Promise<FurnishedService> {
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const credential = await server.client.chat.v2.credentials.create({ type: 'fcm', secret: 'key' })
  await service.users.create({ identity: 'bob' })
  const alice = await service.users.create({ identity: 'alice' })
  const role = await service.roles.create({
    friendlyName: 'guest',
    type: 'channel',
    permission: ['leaveChannel'],
  })
  const { sid: channelSid } = await service.channels.create({ uniqueName: 'lobby' })
  const channel = service.channels(channelSid)
  const member = await channel.members.create({ identity: 'alice' })
  const message = await channel.messages.create({ body: 'hello' })
  const invite = await channel.invites.create({ identity: 'bob' })
  const webhook = await channel.webhooks.create({ type: 'studio', 'configuration.flowSid': newSid('FW') })
  const binding = await givenBinding(server, alice, credential.sid)
  return {
    service,
    sids: {
      Services: serviceSid,
      Channels: channelSid,
      Users: alice.sid,
      Members: member.sid,
      Messages: message.sid,
      Invites: invite.sid,
      Roles: role.sid,
      Bindings: binding.sid,
      Webhooks: webhook.sid,
      Credentials: credential.sid,
    },
  }
}

/** A registered device of this user: only clients can register one. */
export async function givenBinding(
  server: TestServer,
  user: { sid: string; serviceSid: string; identity: string },
  credentialSid: string,
): Promise<Binding> {
  const binding: Binding = {
    sid: newSid('BS'),
    serviceSid: user.serviceSid as Sid<'IS'>,
    userSid: user.sid as Sid<'US'>,
    identity: user.identity,
    endpoint: newSid('EP'),
    credentialSid: credentialSid as Sid<'CR'>,
    bindingType: 'fcm',
    address: newSid('XT'),
    messageTypes: JSON.stringify(['new_message']),
    dialect: 'chat',
    badge: null,
    createdAt: Date.now(),
    updatedAt: Date.now(),
  }
  await server.app.chat.db.transaction((tx) => saveBinding(tx, binding))
  return binding
}

/** The parameters of a path in their order, each with the collection it is looked up in. */
export function parametersOf({ path }: Pick<Operation, 'path'>): { name: string; collection: Collection }[] {
  return [...path.matchAll(/(\w+)\/:(\w+)/g)].map(([, collection, name]) => ({
    name: name as string,
    collection: collection as Collection,
  }))
}

/** The operation's path with these sids, except for the parameters that are given. */
export function fillPath(
  operation: Pick<Operation, 'path'>,
  sids: Record<Collection, string>,
  given: Record<string, string> = {},
): string {
  const values = new Map(
    parametersOf(operation).map(({ name, collection }) => [name, given[name] ?? sids[collection]]),
  )
  return operation.path.replace(/:(\w+)/g, (_, name: string) => values.get(name) ?? '')
}

/** Requests the operation at this path, complete with what is required. */
export function requestAt(server: TestServer, operation: Operation, path: string): Promise<RawAnswer> {
  const form = operation.method === 'POST' ? (COMPLETE_FORMS[operation.id] ?? {}) : undefined
  return server.request(operation.method, path, { form })
}

/** The least form with which a POST is complete. */
export const COMPLETE_FORMS: Record<string, Record<string, string>> = {
  CreateCredential: { Type: 'fcm' },
  CreateService: { FriendlyName: 'another' },
  CreateRole: { FriendlyName: 'another', Type: 'channel', Permission: 'sendMessage' },
  UpdateRole: { Permission: 'sendMessage' },
  CreateUser: { Identity: 'carol' },
  CreateMember: { Identity: 'carol' },
  CreateInvite: { Identity: 'bob' },
  CreateChannelWebhook: { Type: 'studio', 'Configuration.FlowSid': `FW${'0'.repeat(32)}` },
}

/** Everything that can be fetched or listed there, as the server tells it. */
export async function readAll(
  server: TestServer,
  operations: readonly Operation[],
  sids: Record<Collection, string>,
): Promise<string[]> {
  const told: string[] = []
  for (const operation of operations.filter(({ method }) => method === 'GET')) {
    told.push((await server.request('GET', fillPath(operation, sids))).text)
  }
  return told
}
