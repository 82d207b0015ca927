// Channels: rest-v2.md §2.5. Names, attributes, dates and deletion have files of their own.
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer } from '../support/server.ts'

test('a channel needs no parameters, has the documented defaults and nobody in it', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()

  const channel = await service.channels.create()

  const url = `${server.app.publicUrl}/v2/Services/${serviceSid}/Channels/${channel.sid}`
  expect(channel).toMatchObject({
    sid: expect.stringMatching(/^CH[0-9a-f]{32}$/),
    accountSid: ACCOUNT_SID,
    serviceSid,
    friendlyName: null,
    uniqueName: null,
    attributes: '{}',
    type: 'public',
    createdBy: 'system',
    membersCount: 0,
    messagesCount: 0,
    url,
    links: {
      members: `${url}/Members`,
      messages: `${url}/Messages`,
      invites: `${url}/Invites`,
      webhooks: `${url}/Webhooks`,
      last_message: null,
    },
  })
  expect(channel.dateUpdated).toEqual(channel.dateCreated)
  for (const key of [channel.sid, `CH${channel.sid.slice(2).toUpperCase()}`]) {
    expect((await service.channels(key).fetch()).toJSON()).toEqual(channel.toJSON())
  }
  expect((await service.channels.list()).map((one) => one.toJSON())).toEqual([channel.toJSON()])
  expect(await service.channels(channel.sid).members.list()).toEqual([])
})

test('a channel is created and changed with all that it can have', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const created = {
    friendlyName: 'The lobby',
    uniqueName: 'lobby',
    attributes: '{"topic": "all"}',
    type: 'private' as const,
    createdBy: 'nobody in particular',
  }
  const changed = { friendlyName: 'The hall', uniqueName: 'hall', attributes: '[]', createdBy: 'alice' }

  expect(await service.channels.create(created)).toMatchObject(created)
  expect(await service.channels('lobby').fetch()).toMatchObject(created)
  expect(await service.channels('lobby').update(changed)).toMatchObject({ ...changed, type: 'private' })
  expect(await service.channels('hall').update({ friendlyName: 'Hall' })).toMatchObject({
    ...changed,
    friendlyName: 'Hall',
  })
  expect(await service.channels('hall').update({ friendlyName: '' })).toMatchObject({
    ...changed,
    friendlyName: null,
  })
  expect(await service.users.list()).toEqual([])
})

test('an update without parameters answers with the unchanged channel', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channel = await service.channels.create({ uniqueName: 'lobby', friendlyName: 'Lobby' })

  expect((await service.channels('lobby').update()).toJSON()).toEqual(channel.toJSON())
  expect((await service.channels('lobby').fetch()).toJSON()).toEqual(channel.toJSON())
})

test('friendly name and creator have at most 256 characters', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const longest = '😀'.repeat(256)
  const tooLong = `${longest}x`

  const channel = await service.channels.create({ friendlyName: longest, createdBy: longest })
  expect(channel).toMatchObject({ friendlyName: longest, createdBy: longest })
  await expectRefusal(service.channels.create({ friendlyName: tooLong }), 400, 50003)
  await expectRefusal(service.channels.create({ createdBy: tooLong }), 400, 50310)
  await expectRefusal(service.channels(channel.sid).update({ friendlyName: tooLong }), 400, 50003)
  await expectRefusal(service.channels(channel.sid).update({ createdBy: tooLong }), 400, 50310)
  expect(await service.channels.list()).toMatchObject([{ friendlyName: longest, createdBy: longest }])
})

test('a channel is public or private, and only the third version of the API changes that', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid, serviceSid } = await service.channels.create({ uniqueName: 'lobby', createdBy: 'alice' })
  await service.channels(sid).members.create({ identity: 'alice' })
  await expectRefusal(service.channels.create({ type: 'secret' as 'private' }), 400, 20001)

  const form = { Type: 'private', FriendlyName: 'x' }
  const ignored = await server.request('POST', `/v2/Services/${serviceSid}/Channels/${sid}`, { form })
  expect(ignored).toMatchObject({ status: 200, body: { type: 'public', friendly_name: 'x' } })

  const changed = await server.client.chat.v3.channels(serviceSid, sid).update({ type: 'private' })
  expect(changed).toMatchObject({ sid, type: 'private', uniqueName: 'lobby', membersCount: 1 })
  expect(await service.channels(sid).fetch()).toMatchObject({ type: 'private', createdBy: 'alice' })
  expect(await service.channels.list({ type: ['public'] })).toEqual([])
  const again = await server.client.chat.v3.channels(serviceSid, sid).update({ type: 'public' })
  expect(again).toMatchObject({ type: 'public' })
  const wrong = server.client.chat.v3.channels(serviceSid, sid).update({ type: 'secret' as 'private' })
  await expectRefusal(wrong, 400, 20001)
  expect(await service.channels(sid).fetch()).toMatchObject({ type: 'public' })
})

test('a list has the channels of all types unless it is filtered', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  for (const type of ['public', 'private', 'public'] as const) await service.channels.create({ type })
  const typesOf = async (type?: ('public' | 'private')[]) =>
    (await service.channels.list({ type })).map((channel) => channel.type)

  expect(await typesOf()).toEqual(['public', 'private', 'public'])
  expect(await typesOf(['private'])).toEqual(['private'])
  expect(await typesOf(['public'])).toEqual(['public', 'public'])
  expect(await typesOf(['private', 'public'])).toEqual(['public', 'private', 'public'])
})

test('counters and the last message follow what happens in the channel', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid, url } = await service.channels.create()
  const { members, messages } = service.channels(sid)
  const expectCounts = async (membersCount: number, messagesCount: number, lastMessage: string | null) => {
    const links = { last_message: lastMessage && `${url}/Messages/${lastMessage}` }
    expect(await service.channels(sid).fetch()).toMatchObject({ membersCount, messagesCount, links })
  }

  await members.create({ identity: 'alice' })
  await members.create({ identity: 'bob' })
  const first = await messages.create({ body: 'first' })
  const second = await messages.create({ body: 'second' })
  await expectCounts(2, 2, second.sid)
  await messages(second.sid).remove()
  await members('alice').remove()
  await expectCounts(1, 1, first.sid)
  await messages(first.sid).remove()
  await members('bob').remove()
  await expectCounts(0, 0, null)
})

test('an unknown channel is missing, by any name and in every operation', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const elsewhere = await server.givenService()
  const foreign = await elsewhere.channels.create({ uniqueName: 'foreign' })
  await service.users.create({ identity: 'alice' })

  for (const key of ['nothing', 'foreign', foreign.sid, `CH${'0'.repeat(32)}`, `IM${'0'.repeat(32)}`]) {
    const channel = service.channels(key)
    await expectMissing(channel.fetch())
    await expectMissing(channel.update({ friendlyName: 'x' }))
    await expectMissing(channel.remove())
    await expectMissing(channel.members.list())
    await expectMissing(channel.members.create({ identity: 'bob' }))
    await expectMissing(channel.invites.list())
    await expectMissing(channel.invites.create({ identity: 'alice' }))
    await expectMissing(service.users('alice').userChannels(key).fetch())
  }
  await expectMissing(service.users('bob').fetch())
  expect(await elsewhere.channels('foreign').fetch()).toMatchObject({ friendlyName: null, membersCount: 0 })
})

test('below an unknown service everything is refused in the same way', async () => {
  await using server = await startServer()
  const unknown = server.client.chat.v2.services(`IS${'0'.repeat(32)}`)
  const refusal = { status: 403, code: 50050, message: 'Service instance not found' }

  const requests = [
    unknown.channels.list(),
    unknown.channels.create(),
    unknown.channels('lobby').fetch(),
    unknown.channels('lobby').members.list(),
    unknown.channels('lobby').members.create({ identity: 'alice' }),
    unknown.channels('lobby').invites.list(),
    unknown.users.list(),
    unknown.users.create({ identity: 'alice' }),
    unknown.users('alice').fetch(),
    unknown.users('alice').userChannels.list(),
    unknown.users('alice').userBindings.list(),
    unknown.bindings.list(),
  ]

  for (const outcome of await Promise.allSettled(requests)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: refusal })
  }
})
