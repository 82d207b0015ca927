// One walk through the whole API with the official library.
import { expect } from 'vitest'
import { givenBinding } from './furnished-service.ts'
import type { TestServer } from './server.ts'

const FLOW_SID = `FW${'0'.repeat(32)}`

/** Calls each of the 54 operations of version 2, and the one of version 3, on a server without services. */
export async function walkEveryOperation(server: TestServer): Promise<void> {
  const serviceSid = await walkServices(server)
  await walkRoles(server, serviceSid)
  await walkUsers(server, serviceSid)
  const credentialSid = await walkCredentials(server)
  await walkBindings(server, serviceSid, credentialSid)
  await walkChannels(server, serviceSid)
  await walkMembers(server, serviceSid)
  await walkUserChannels(server, serviceSid)
  await walkMessages(server, serviceSid)
  await walkInvites(server, serviceSid)
  await walkWebhooks(server, serviceSid)
  await walkDeletions(server, serviceSid, credentialSid)
}

async function walkServices({ client }: TestServer): Promise<string> {
  const { services } = client.chat.v2
  const { sid } = await services.create({ friendlyName: 'desk' })
  expect(await services.list()).toMatchObject([{ sid, friendlyName: 'desk' }])
  expect(await services(sid).update({ friendlyName: 'help desk' })).toMatchObject({ sid })
  expect(await services(sid).fetch()).toMatchObject({ friendlyName: 'help desk' })
  return sid
}

async function walkRoles({ client }: TestServer, serviceSid: string): Promise<void> {
  const { roles } = client.chat.v2.services(serviceSid)
  const role = await roles.create({ friendlyName: 'guest', type: 'channel', permission: ['leaveChannel'] })
  expect(await roles.list()).toHaveLength(5)
  await roles(role.sid).update({ permission: ['sendMessage', 'leaveChannel'] })
  expect(await roles(role.sid).fetch()).toMatchObject({ permissions: ['sendMessage', 'leaveChannel'] })
  expect(await roles(role.sid).remove()).toBe(true)
  expect(await roles.list()).toHaveLength(4)
}

async function walkUsers({ client }: TestServer, serviceSid: string): Promise<void> {
  const { users } = client.chat.v2.services(serviceSid)
  const alice = await users.create({ identity: 'alice' })
  expect(alice).toMatchObject({ identity: 'alice', attributes: '{}', joinedChannelsCount: 0 })
  await users.create({ identity: 'bob' })
  expect((await users.list()).map(({ identity }) => identity)).toEqual(['alice', 'bob'])
  expect(await users('alice').update({ friendlyName: 'Alice' })).toMatchObject({ sid: alice.sid })
  expect(await users(alice.sid).fetch()).toMatchObject({ friendlyName: 'Alice' })
}

async function walkCredentials({ client }: TestServer): Promise<string> {
  const { credentials } = client.chat.v2
  const { sid } = await credentials.create({ type: 'fcm', friendlyName: 'phones', secret: 'key' })
  expect(await credentials.list()).toMatchObject([{ sid, type: 'fcm' }])
  expect(await credentials(sid).update({ friendlyName: 'tablets' })).toMatchObject({ sid })
  expect(await credentials(sid).fetch()).toMatchObject({ friendlyName: 'tablets' })
  return sid
}

async function walkBindings(server: TestServer, serviceSid: string, credentialSid: string): Promise<void> {
  const { users, bindings } = server.client.chat.v2.services(serviceSid)
  const bob = await users('bob').fetch()
  const first = await givenBinding(server, bob, credentialSid)
  const second = await givenBinding(server, bob, credentialSid)
  const sids = [first.sid, second.sid]

  expect((await bindings.list()).map(({ sid }) => sid)).toEqual(sids)
  expect(await bindings(first.sid).fetch()).toMatchObject({ identity: 'bob', credentialSid })
  const ofBob = users('bob').userBindings
  expect((await ofBob.list()).map(({ sid }) => sid)).toEqual(sids)
  expect(await ofBob(second.sid).fetch()).toMatchObject({ userSid: bob.sid })

  expect(await bindings(first.sid).remove()).toBe(true)
  expect(await ofBob(second.sid).remove()).toBe(true)
  expect(await bindings.list()).toEqual([])
}

async function walkChannels({ client }: TestServer, serviceSid: string): Promise<void> {
  const { channels } = client.chat.v2.services(serviceSid)
  const { sid } = await channels.create({ uniqueName: 'lobby' })
  expect(await channels.list()).toMatchObject([{ sid, type: 'public', createdBy: 'system' }])
  expect(await channels(sid).update({ friendlyName: 'Lobby' })).toMatchObject({ uniqueName: 'lobby' })
  // Called as a function, the library's version 3 drops the second argument.
  const converted = await client.chat.v3.channels.get(serviceSid, sid).update({ type: 'private' })
  expect(converted).toMatchObject({ sid, type: 'private', messagingServiceSid: null })
  expect(await channels('lobby').fetch()).toMatchObject({ friendlyName: 'Lobby', type: 'private' })
}

async function walkMembers({ client }: TestServer, serviceSid: string): Promise<void> {
  const { members } = client.chat.v2.services(serviceSid).channels('lobby')
  const alice = await members.create({ identity: 'alice' })
  await members.create({ identity: 'dave' })
  expect((await members.list()).map(({ identity }) => identity)).toEqual(['alice', 'dave'])
  expect(await members('alice').update({ attributes: '{"a":1}' })).toMatchObject({ sid: alice.sid })
  expect(await members(alice.sid).fetch()).toMatchObject({ attributes: '{"a":1}' })
  expect(await members('dave').remove()).toBe(true)
  expect(await members.list()).toHaveLength(1)
}

async function walkUserChannels({ client }: TestServer, serviceSid: string): Promise<void> {
  const { users, channels } = client.chat.v2.services(serviceSid)
  const side = await channels.create({ uniqueName: 'side' })
  await channels('side').members.create({ identity: 'alice' })
  const { userChannels } = users('alice')
  expect(await userChannels.list()).toMatchObject([{ status: 'joined' }, { channelSid: side.sid }])
  expect(await userChannels('side').update({ notificationLevel: 'muted' })).toMatchObject({
    channelSid: side.sid,
  })
  expect(await userChannels('side').fetch()).toMatchObject({ notificationLevel: 'muted' })
  expect(await userChannels('side').remove()).toBe(true)
  expect(await userChannels.list()).toHaveLength(1)
}

async function walkMessages({ client }: TestServer, serviceSid: string): Promise<void> {
  const { messages } = client.chat.v2.services(serviceSid).channels('lobby')
  const { sid } = await messages.create({ body: 'one', from: 'alice' })
  expect(await messages.list()).toMatchObject([{ sid, index: 0, from: 'alice' }])
  expect(await messages(sid).update({ body: 'two' })).toMatchObject({ wasEdited: true })
  expect(await messages(sid).fetch()).toMatchObject({ body: 'two' })
  expect(await messages(sid).remove()).toBe(true)
  expect(await messages.list()).toEqual([])
}

async function walkInvites({ client }: TestServer, serviceSid: string): Promise<void> {
  const { invites } = client.chat.v2.services(serviceSid).channels('lobby')
  const { sid } = await invites.create({ identity: 'bob' })
  expect(await invites.list()).toMatchObject([{ sid, identity: 'bob' }])
  expect(await invites(sid).fetch()).toMatchObject({ createdBy: 'system' })
  expect(await invites(sid).remove()).toBe(true)
  expect(await invites.list()).toEqual([])
}

async function walkWebhooks({ client }: TestServer, serviceSid: string): Promise<void> {
  const { webhooks } = client.chat.v2.services(serviceSid).channels('lobby')
  const { sid } = await webhooks.create({ type: 'studio', 'configuration.flowSid': FLOW_SID })
  expect(await webhooks.list()).toMatchObject([{ sid, type: 'studio' }])
  await webhooks(sid).update({ 'configuration.retryCount': 3 })
  expect((await webhooks(sid).fetch()).configuration).toEqual({ flow_sid: FLOW_SID, retry_count: 3 })
  expect(await webhooks(sid).remove()).toBe(true)
  expect(await webhooks.list()).toEqual([])
}

async function walkDeletions(
  { client }: TestServer,
  serviceSid: string,
  credentialSid: string,
): Promise<void> {
  const { services, credentials } = client.chat.v2
  const { users, channels } = services(serviceSid)
  expect(await users('alice').remove()).toBe(true)
  expect((await users.list()).map(({ identity }) => identity)).not.toContain('alice')
  expect(await channels('lobby').remove()).toBe(true)
  expect(await channels.list()).toMatchObject([{ uniqueName: 'side' }])
  expect(await services(serviceSid).remove()).toBe(true)
  expect(await services.list()).toEqual([])
  expect(await credentials(credentialSid).remove()).toBe(true)
  expect(await credentials.list()).toEqual([])
}
