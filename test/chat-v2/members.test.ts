// Members: rest-v2.md §2.6. Limits, read horizons, attributes and dates have files of their own.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer } from '../support/server.ts'

const UNKNOWN_ROLE = `RL${'0'.repeat(32)}`

async function givenChannelRole(service: ServiceContext, friendlyName: string): Promise<string> {
  const role = await service.roles.create({ friendlyName, type: 'channel', permission: ['sendMessage'] })
  return role.sid
}

test('a new member has the defaults, is found by sid and identity, and its user exists', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid, defaultChannelRoleSid, defaultServiceRoleSid } = await service.fetch()
  const channel = await service.channels.create({ uniqueName: 'lobby' })
  await expectMissing(service.users('alice').fetch())

  const member = await service.channels('lobby').members.create({ identity: 'alice' })

  expect(member).toMatchObject({
    sid: expect.stringMatching(/^MB[0-9a-f]{32}$/),
    accountSid: ACCOUNT_SID,
    serviceSid,
    channelSid: channel.sid,
    identity: 'alice',
    roleSid: defaultChannelRoleSid,
    attributes: '{}',
    lastConsumedMessageIndex: null,
    lastConsumptionTimestamp: null,
    url: `${channel.url}/Members/${member.sid}`,
  })
  expect(member.dateUpdated).toEqual(member.dateCreated)
  for (const key of [member.sid, 'alice']) {
    const fetched = await service.channels(channel.sid).members(key).fetch()
    expect(fetched.toJSON()).toEqual(member.toJSON())
  }
  expect(await service.users('alice').fetch()).toMatchObject({
    identity: 'alice',
    roleSid: defaultServiceRoleSid,
    attributes: '{}',
    friendlyName: null,
    joinedChannelsCount: 1,
  })
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
})

test('a user that exists already stays as it is when it becomes a member', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const before = await service.users.create({ identity: 'alice', friendlyName: 'Alice', attributes: '1' })
  await service.channels.create({ uniqueName: 'lobby' })

  await service.channels('lobby').members.create({ identity: 'alice', attributes: '2' })

  expect((await service.users('alice').fetch()).toJSON()).toEqual({
    ...before.toJSON(),
    joinedChannelsCount: 1,
  })
  expect(await service.users.list()).toHaveLength(1)
})

test('a member is added once, and comes back as a new one after having left', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  const first = await members.create({
    identity: 'alice',
    attributes: '{"seat":1}',
    lastConsumedMessageIndex: 3,
  })

  await expectRefusal(members.create({ identity: 'alice', attributes: '{"seat":2}' }), 409, 50404)
  expect((await members.list()).map((member) => member.toJSON())).toEqual([first.toJSON()])
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 1 })
  expect(await members.create({ identity: 'Alice' })).toMatchObject({ identity: 'Alice' })

  expect(await members('alice').remove()).toBe(true)
  const second = await members.create({ identity: 'alice' })
  expect(second.sid).not.toBe(first.sid)
  const fresh = { lastConsumedMessageIndex: null, lastConsumptionTimestamp: null, attributes: '{}' }
  expect(await members('alice').fetch()).toMatchObject({ sid: second.sid, ...fresh })
  await expectMissing(members(first.sid).fetch())
})

test('a removed member is gone, by sid and by identity', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby', type: 'private' })
  const { members } = service.channels('lobby')
  const alice = await members.create({ identity: 'alice' })
  await members.create({ identity: 'bob' })

  expect(await members(alice.sid).remove()).toBe(true)
  expect(await members('bob').remove()).toBe(true)

  for (const key of [alice.sid, 'alice', 'bob', 'nobody', `MB${'0'.repeat(32)}`]) {
    await expectMissing(members(key).fetch())
    await expectMissing(members(key).update({ attributes: '1' }))
    await expectMissing(members(key).remove())
  }
  expect(await members.list()).toEqual([])
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 0 })
  for (const identity of ['alice', 'bob']) {
    expect(await service.users(identity).fetch()).toMatchObject({ identity, joinedChannelsCount: 0 })
    expect(await service.users(identity).userChannels.list()).toEqual([])
    await expectMissing(service.users(identity).userChannels('lobby').fetch())
  }
})

test('a member of one channel is no member of another', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'one' })
  await service.channels.create({ uniqueName: 'two' })
  const { sid } = await service.channels('one').members.create({ identity: 'alice' })

  await expectMissing(service.channels('two').members(sid).fetch())
  await expectMissing(service.channels('two').members(sid).remove())
  await expectMissing(service.channels('two').members('alice').update({ attributes: '1' }))
  expect(await service.channels('one').members.list()).toMatchObject([{ sid, attributes: '{}' }])
})

test('a list of members can be filtered by identities', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  for (const identity of ['alice', 'bob', 'Alice', 'a,b']) await members.create({ identity })
  const found = async (identity?: string[]) => (await members.list({ identity })).map((one) => one.identity)

  expect(await found()).toEqual(['alice', 'bob', 'Alice', 'a,b'])
  expect(await found(['alice'])).toEqual(['alice'])
  expect(await found(['a,b', 'alice', 'nobody'])).toEqual(['alice', 'a,b'])
  expect(await found(['ali'])).toEqual([])
})

test('the creator of a channel gets the role for creators, everyone else the one for members', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const defaults = await service.fetch()
  await service.channels.create({ uniqueName: 'old', createdBy: 'alice' })
  await service.channels.create({ uniqueName: 'new', createdBy: 'alice' })
  const given = await givenChannelRole(service, 'given')
  const rolesIn = async (uniqueName: string) => {
    const { members } = service.channels(uniqueName)
    for (const identity of ['alice', 'bob']) await members.create({ identity })
    await members.create({ identity: 'carol', roleSid: given })
    return (await members.list()).map(({ roleSid }) => roleSid)
  }

  const { defaultChannelCreatorRoleSid, defaultChannelRoleSid } = defaults
  expect(await rolesIn('old')).toEqual([defaultChannelCreatorRoleSid, defaultChannelRoleSid, given])
  const creator = await givenChannelRole(service, 'creator')
  const other = await givenChannelRole(service, 'other')
  await service.update({ defaultChannelCreatorRoleSid: creator, defaultChannelRoleSid: other })
  expect(await rolesIn('new')).toEqual([creator, other, given])
  const alice = service.channels('new').members('alice')
  expect(await alice.update({ roleSid: given })).toMatchObject({ roleSid: given })
  expect(await alice.fetch()).toMatchObject({ roleSid: given })
})

test('the role of a member is a role of the service, for channels', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const elsewhere = await server.givenService()
  const { defaultServiceRoleSid, defaultChannelRoleSid } = await service.fetch()
  const { defaultChannelRoleSid: foreign } = await elsewhere.fetch()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  await members.create({ identity: 'alice' })

  await expectRefusal(members.create({ identity: 'bob', roleSid: defaultServiceRoleSid }), 400, 50101)
  await expectRefusal(members('alice').update({ roleSid: defaultServiceRoleSid }), 400, 50101)
  for (const roleSid of [UNKNOWN_ROLE, foreign, 'nonsense']) {
    const refusal = { status: 400, code: expect.toSatisfy((code) => [50100, 50101].includes(code)) }
    await expect(members.create({ identity: 'bob', roleSid })).rejects.toMatchObject(refusal)
    await expect(members('alice').update({ roleSid, attributes: '1' })).rejects.toMatchObject(refusal)
  }
  expect(await members.list()).toMatchObject([{ roleSid: defaultChannelRoleSid, attributes: '{}' }])
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
  await expectMissing(service.users('bob').fetch())
})

test('the identity of a member follows the rules of users and cannot be changed', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid, serviceSid } = await service.channels.create()
  const members = `/v2/Services/${serviceSid}/Channels/${sid}/Members`
  const expectCode = async (form: Record<string, string>, code: number) =>
    expect((await server.request('POST', members, { form })).body).toMatchObject({ status: 400, code })

  await expectCode({}, 20001)
  await expectCode({ Identity: '' }, 20001)
  await expectCode({ Identity: 'a'.repeat(257) }, 50207)
  await expectCode({ Identity: `US${'a'.repeat(32)}` }, 50206)
  await expectCode({ Identity: 'system' }, 50203)
  expect(await service.users.list()).toEqual([])
  const longest = '😀'.repeat(256)
  await service.channels(sid).members.create({ identity: longest })
  const path = `${members}/${encodeURIComponent(longest)}`
  const renamed = await server.request('POST', path, { form: { Identity: 'bob' } })
  expect(renamed).toMatchObject({ status: 200, body: { identity: longest } })
})
