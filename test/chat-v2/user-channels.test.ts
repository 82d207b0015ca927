// The channels of a user: rest-v2.md §2.9, C.5. Horizons and unread counts have a file of their own.
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

/** Alice as a member of the channel of this type. */
async function givenMember(server: TestServer, type: 'public' | 'private' = 'public') {
  const service = await server.givenService()
  const channel = await service.channels.create({ uniqueName: 'lobby', type })
  const member = await service.channels('lobby').members.create({ identity: 'alice' })
  const user = await service.users('alice').fetch()
  return { service, channel, member, user, inLobby: service.users('alice').userChannels('lobby') }
}

test('a channel that a user is in is found by any name of both, and shows sids', async () => {
  await using server = await startServer()
  const { service, channel, member, user } = await givenMember(server)

  for (const userKey of [user.sid, 'alice']) {
    for (const channelKey of [channel.sid, 'lobby']) {
      expect(await service.users(userKey).userChannels(channelKey).fetch()).toMatchObject({
        accountSid: ACCOUNT_SID,
        serviceSid: channel.serviceSid,
        channelSid: channel.sid,
        userSid: user.sid,
        memberSid: member.sid,
        status: 'joined',
        lastConsumedMessageIndex: null,
        unreadMessagesCount: null,
        notificationLevel: 'default',
        url: `${user.url}/Channels/${channel.sid}`,
        links: { channel: channel.url, member: member.url },
      })
    }
    const [listed, ...others] = await service.users(userKey).userChannels.list()
    const fetched = await service.users('alice').userChannels('lobby').fetch()
    expect(listed?.toJSON()).toEqual(fetched.toJSON())
    expect(others).toEqual([])
  }
})

test('a list has the channels that a user is in or invited to, and no others', async () => {
  await using server = await startServer()
  const { service, channel } = await givenMember(server)
  const invited = await service.channels.create({ type: 'private' })
  await service.channels(invited.sid).invites.create({ identity: 'alice' })
  for (const type of ['public', 'private'] as const) await service.channels.create({ type })
  await service.users.create({ identity: 'bob' })

  const statuses = (await service.users('alice').userChannels.list()).map((one) => [
    one.channelSid,
    one.status,
  ])
  expect(Object.fromEntries(statuses)).toEqual({ [channel.sid]: 'joined', [invited.sid]: 'invited' })
  expect(statuses).toHaveLength(2)
  expect(await service.users('bob').userChannels.list()).toEqual([])
})

test('a user can look at a public channel from outside, and not at a private one', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const lobby = await service.channels.create({ uniqueName: 'lobby' })
  await service.channels.create({ uniqueName: 'club', type: 'private' })
  const user = await service.users.create({ identity: 'alice' })
  const { userChannels } = service.users('alice')

  expect(await userChannels('lobby').fetch()).toMatchObject({
    channelSid: lobby.sid,
    userSid: user.sid,
    memberSid: null,
    status: 'not_participating',
    lastConsumedMessageIndex: null,
    unreadMessagesCount: null,
    notificationLevel: 'default',
    url: `${user.url}/Channels/${lobby.sid}`,
    links: { channel: lobby.url, member: null },
  })
  await expectMissing(userChannels('club').fetch())
  await expectMissing(userChannels('nothing').fetch())
  await expectMissing(service.users('nobody').userChannels('lobby').fetch())
  expect(await userChannels.list()).toEqual([])

  await server.client.chat.v3.channels(lobby.serviceSid, lobby.sid).update({ type: 'private' })
  await expectMissing(userChannels('lobby').fetch())
})

test('a channel is muted and heard again', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenMember(server)
  await service.channels('lobby').members.create({ identity: 'bob' })

  expect(await inLobby.update({ notificationLevel: 'muted' })).toMatchObject({ notificationLevel: 'muted' })
  expect(await inLobby.fetch()).toMatchObject({ notificationLevel: 'muted' })
  expect(await service.users('alice').userChannels.list()).toMatchObject([{ notificationLevel: 'muted' }])
  const bobs = await service.users('bob').userChannels('lobby').fetch()
  expect(bobs).toMatchObject({ notificationLevel: 'default' })
  expect(await inLobby.update({ notificationLevel: 'default' })).toMatchObject({
    notificationLevel: 'default',
  })
})

test('notification level and horizon change apart and together', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenMember(server)
  for (const body of ['one', 'two', 'three']) await service.channels('lobby').messages.create({ body })

  const muted = await inLobby.update({ notificationLevel: 'muted', lastConsumedMessageIndex: 0 })
  const expected = { notificationLevel: 'muted', lastConsumedMessageIndex: 0, unreadMessagesCount: 2 }
  expect(muted).toMatchObject(expected)
  expect((await inLobby.update()).toJSON()).toEqual(muted.toJSON())
  expect(await inLobby.update({ lastConsumedMessageIndex: 1 })).toMatchObject({
    notificationLevel: 'muted',
    unreadMessagesCount: 1,
  })
  expect(await inLobby.update({ notificationLevel: 'default' })).toMatchObject({
    notificationLevel: 'default',
    lastConsumedMessageIndex: 1,
  })
})

test('another notification level is refused, and nothing else of the update happens', async () => {
  await using server = await startServer()
  const { channel, inLobby } = await givenMember(server)
  await inLobby.update({ notificationLevel: 'muted' })
  const path = `/v2/Services/${channel.serviceSid}/Users/alice/Channels/lobby`

  for (const NotificationLevel of ['loud', 'MUTED', '']) {
    const form = { NotificationLevel, LastConsumedMessageIndex: '0' }
    const answer = await server.request('POST', path, { form })
    expect(answer).toMatchObject({ status: 400, body: { code: 50210 } })
  }
  const form = { NotificationLevel: 'default', LastConsumptionTimestamp: 'yesterday' }
  const wrongDate = await server.request('POST', path, { form })
  expect(wrongDate).toMatchObject({ status: 400, body: { code: 50405 } })
  expect(await inLobby.fetch()).toMatchObject({ notificationLevel: 'muted', lastConsumedMessageIndex: null })
})

test.each(['public', 'private'] as const)('deleting it means leaving a %s channel', async (type) => {
  await using server = await startServer()
  const { service, channel, member, inLobby } = await givenMember(server, type)
  await service.channels('lobby').members.create({ identity: 'bob' })

  expect(await inLobby.remove()).toBe(true)

  await expectMissing(inLobby.remove())
  if (type === 'private') await expectMissing(inLobby.fetch())
  else expect(await inLobby.fetch()).toMatchObject({ status: 'not_participating', memberSid: null })
  await expectMissing(service.channels('lobby').members('alice').fetch())
  await expectMissing(service.channels('lobby').members(member.sid).fetch())
  expect(await service.channels('lobby').members.list()).toMatchObject([{ identity: 'bob' }])
  expect(await service.channels('lobby').fetch()).toMatchObject({ sid: channel.sid, membersCount: 1 })
  expect(await service.users('alice').userChannels.list()).toEqual([])
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 0 })
})

test('who is not in a channel cannot leave it', async () => {
  await using server = await startServer()
  const { service } = await givenMember(server)
  await service.users.create({ identity: 'bob' })

  await expectMissing(service.users('bob').userChannels('lobby').remove())
  await expectMissing(service.users('nobody').userChannels('lobby').remove())
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
})

test('who leaves and comes back several times counts once', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenMember(server)

  for (const round of [1, 2, 3]) {
    await inLobby.remove()
    await service.channels('lobby').members.create({ identity: 'alice', attributes: `${round}` })
    await expectRefusal(service.channels('lobby').members.create({ identity: 'alice' }), 409, 50404)
    expect(await service.users('alice').userChannels.list()).toMatchObject([{ status: 'joined' }])
    expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 1 })
    expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
  }
})
