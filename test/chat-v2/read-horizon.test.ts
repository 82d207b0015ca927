// Read horizons and unread counts: rest-v2.md §1.4, §2.6, §2.9, C.1.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { setClock } from '../support/frozen-clock.ts'
import { expectMissing } from '../support/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'

const WRONG_INDEXES = ['-1', '1.5', 'one', '1e3', '99999999999999999999']

/** Alice in a channel `lobby` with so many messages; what she sees of it, and its paths for raw requests. */
async function givenReader(server: TestServer, messagesCount: number) {
  const service = await server.givenService()
  const { serviceSid } = await service.channels.create({ uniqueName: 'lobby' })
  await service.channels('lobby').members.create({ identity: 'alice' })
  const messages = []
  for (let index = 0; index < messagesCount; index++) messages.push(await send(service, `message ${index}`))
  const base = `/v2/Services/${serviceSid}`
  return {
    service,
    messages,
    lobby: service.channels('lobby'),
    inLobby: service.users('alice').userChannels('lobby'),
    paths: {
      userChannel: `${base}/Users/alice/Channels/lobby`,
      member: `${base}/Channels/lobby/Members/alice`,
      members: `${base}/Channels/lobby/Members`,
    },
  }
}

const send = (service: ServiceContext, body: string, from?: string) =>
  service.channels('lobby').messages.create({ body, from })

test('without a horizon there is no unread count', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenReader(server, 2)
  const none = { lastConsumedMessageIndex: null, unreadMessagesCount: null }

  expect(await inLobby.fetch()).toMatchObject(none)
  expect(await inLobby.update()).toMatchObject(none)
  expect(await inLobby.update({ notificationLevel: 'muted' })).toMatchObject(none)
  expect(await service.users('alice').userChannels.list()).toMatchObject([none])
})

test('the unread count is the number of messages after the horizon, also those of the reader', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenReader(server, 4)

  for (const index of [0, 1, 2, 3, 0]) {
    const expected = { lastConsumedMessageIndex: index, unreadMessagesCount: 3 - index }
    expect(await inLobby.update({ lastConsumedMessageIndex: index })).toMatchObject(expected)
    expect(await inLobby.fetch()).toMatchObject(expected)
    expect(await service.users('alice').userChannels.list()).toMatchObject([expected])
  }
  await send(service, 'by alice', 'alice')
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 0, unreadMessagesCount: 4 })
})

test('deleted messages are not unread, wherever they were', async () => {
  await using server = await startServer()
  const { service, inLobby, lobby, messages } = await givenReader(server, 6)
  await inLobby.update({ lastConsumedMessageIndex: 2 })
  const unreadAfterRemovalOf = async (index: number) => {
    await lobby.messages(messages[index]?.sid ?? '').remove()
    return (await inLobby.fetch()).unreadMessagesCount
  }

  expect((await inLobby.fetch()).unreadMessagesCount).toBe(3)
  expect(await unreadAfterRemovalOf(0)).toBe(3)
  expect(await unreadAfterRemovalOf(4)).toBe(2)
  expect(await unreadAfterRemovalOf(2)).toBe(2)
  expect(await unreadAfterRemovalOf(5)).toBe(1)
  expect(await inLobby.update({ lastConsumedMessageIndex: 1 })).toMatchObject({ unreadMessagesCount: 1 })
  expect(await inLobby.update({ lastConsumedMessageIndex: 0 })).toMatchObject({ unreadMessagesCount: 2 })
  expect(await unreadAfterRemovalOf(3)).toBe(1)
  expect(await unreadAfterRemovalOf(1)).toBe(0)
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 0, unreadMessagesCount: 0 })
  await send(service, 'the next one')
  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: 1 })
})

test('a horizon beyond the last message is kept as given, and nothing is unread', async () => {
  await using server = await startServer()
  const { service, inLobby, lobby } = await givenReader(server, 2)
  const atFour = { lastConsumedMessageIndex: 4, unreadMessagesCount: 0 }

  expect(await inLobby.update({ lastConsumedMessageIndex: 4 })).toMatchObject(atFour)
  for (const body of ['index 2', 'index 3', 'index 4']) {
    await send(service, body)
    expect(await inLobby.fetch()).toMatchObject(atFour)
  }
  await send(service, 'index 5')
  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: 1 })
  const huge = Number.MAX_SAFE_INTEGER
  expect(await lobby.members('alice').update({ lastConsumedMessageIndex: huge })).toMatchObject({
    lastConsumedMessageIndex: huge,
  })
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: huge, unreadMessagesCount: 0 })
})

test('a horizon in an empty channel leaves nothing unread', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenReader(server, 0)
  const nothingUnread = { lastConsumedMessageIndex: 0, unreadMessagesCount: 0 }

  expect(await inLobby.update({ lastConsumedMessageIndex: 0 })).toMatchObject(nothingUnread)
  await send(service, 'index 0')
  expect(await inLobby.fetch()).toMatchObject(nothingUnread)
})

test('an empty or null index takes the horizon back to none, through either resource', async () => {
  await using server = await startServer()
  const { inLobby, lobby, paths } = await givenReader(server, 2)

  for (const path of [paths.userChannel, paths.member]) {
    for (const empty of ['', 'null']) {
      await inLobby.update({ lastConsumedMessageIndex: 1 })
      const form = { LastConsumedMessageIndex: empty }
      const answer = await server.request('POST', path, { form })
      expect(answer).toMatchObject({ status: 200, body: { last_consumed_message_index: null } })
      const none = { lastConsumedMessageIndex: null, unreadMessagesCount: null }
      expect(await inLobby.fetch()).toMatchObject(none)
      expect(await lobby.members('alice').fetch()).toMatchObject({ lastConsumedMessageIndex: null })
    }
  }
})

test('the member and the user channel show the same horizon', async () => {
  await using server = await startServer()
  const { inLobby, lobby } = await givenReader(server, 5)
  const alice = lobby.members('alice')

  await alice.update({ lastConsumedMessageIndex: 3 })
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 3, unreadMessagesCount: 1 })
  await inLobby.update({ lastConsumedMessageIndex: 1 })
  expect(await alice.fetch()).toMatchObject({ lastConsumedMessageIndex: 1 })
  await alice.update({ lastConsumedMessageIndex: 0 })
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 0, unreadMessagesCount: 4 })
})

test('a new horizon brings its time: the one given, or now', async () => {
  await using server = await startServer()
  const { inLobby, lobby } = await givenReader(server, 3)
  const alice = lobby.members('alice')
  const given = new Date('2016-01-01T00:00:00Z')

  setClock(server, '2024-05-06T07:08:09.500Z')
  const now = new Date('2024-05-06T07:08:09Z')
  expect(await alice.update({ lastConsumedMessageIndex: 0 })).toMatchObject({ lastConsumptionTimestamp: now })
  const both = { lastConsumedMessageIndex: 1, lastConsumptionTimestamp: given }
  expect(await alice.update(both)).toMatchObject(both)
  await inLobby.update({ lastConsumedMessageIndex: 2 })
  expect(await alice.fetch()).toMatchObject({ lastConsumedMessageIndex: 2, lastConsumptionTimestamp: now })
  await inLobby.update({ lastConsumptionTimestamp: given })
  expect(await alice.fetch()).toMatchObject({ lastConsumedMessageIndex: 2, lastConsumptionTimestamp: given })
  const bob = { identity: 'bob', ...both }
  expect(await lobby.members.create(bob)).toMatchObject(bob)
})

test('an index is a whole number from 0, and nothing else moves the horizon', async () => {
  await using server = await startServer()
  const { inLobby, lobby, paths } = await givenReader(server, 2)
  await inLobby.update({ lastConsumedMessageIndex: 1 })

  for (const index of WRONG_INDEXES) {
    const form = { LastConsumedMessageIndex: index, Identity: 'bob', NotificationLevel: 'muted' }
    for (const path of Object.values(paths)) {
      const answer = await server.request('POST', path, { form })
      expect(answer).toMatchObject({ status: 400, body: { code: 50406 } })
    }
  }
  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 1, notificationLevel: 'default' })
  expect(await lobby.members.list()).toHaveLength(1)
})

test('sending moves no horizon, not even that of the author', async () => {
  await using server = await startServer()
  const { service, inLobby } = await givenReader(server, 1)
  await inLobby.update({ lastConsumedMessageIndex: 0 })

  await send(service, 'from alice', 'alice')

  expect(await inLobby.fetch()).toMatchObject({ lastConsumedMessageIndex: 0, unreadMessagesCount: 1 })
})

test('who leaves and comes back has no horizon, through either resource', async () => {
  await using server = await startServer()
  const { inLobby, lobby } = await givenReader(server, 2)
  const leave = [() => lobby.members('alice').remove(), () => inLobby.remove()]

  for (const goAway of leave) {
    await inLobby.update({ lastConsumedMessageIndex: 0 })
    const before = await lobby.members('alice').fetch()
    await goAway()
    await expectMissing(lobby.members('alice').fetch())
    const after = await lobby.members.create({ identity: 'alice' })
    expect(after.sid).not.toBe(before.sid)
    expect(after).toMatchObject({ lastConsumedMessageIndex: null, lastConsumptionTimestamp: null })
    expect(await inLobby.fetch()).toMatchObject({
      memberSid: after.sid,
      lastConsumedMessageIndex: null,
      unreadMessagesCount: null,
    })
  }
})

test('each reader has a horizon of its own', async () => {
  await using server = await startServer()
  const { service, inLobby, lobby } = await givenReader(server, 3)
  await lobby.members.create({ identity: 'bob', lastConsumedMessageIndex: 2 })

  await inLobby.update({ lastConsumedMessageIndex: 0 })

  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: 2 })
  expect(await service.users('bob').userChannels('lobby').fetch()).toMatchObject({
    lastConsumedMessageIndex: 2,
    unreadMessagesCount: 0,
  })
})
