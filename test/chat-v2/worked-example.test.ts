// The worked examples of rest-v2.md, appendix C.
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'

test('from nothing to an unread count (C.1)', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  expect(await service.roles.list()).toHaveLength(4)
  const channel = await service.channels.create({ uniqueName: 'lobby', friendlyName: 'Lobby' })
  expect(channel).toMatchObject({ membersCount: 0, links: { last_message: null } })

  await service.channels('lobby').members.create({ identity: 'alice' })
  expect(await service.users('alice').fetch()).toMatchObject({ identity: 'alice', joinedChannelsCount: 1 })
  await expect(service.channels('lobby').members.create({ identity: 'alice' })).rejects.toMatchObject({
    status: 409,
    code: 50404,
  })

  const { messages } = service.channels(channel.sid)
  expect(await messages.create({ body: 'one' })).toMatchObject({ index: 0, from: 'system' })
  const second = await messages.create({ body: 'two', from: 'bob' })
  expect(second).toMatchObject({ index: 1, from: 'bob' })

  const inLobby = service.users('alice').userChannels('lobby')
  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: null })
  expect(await inLobby.update({ lastConsumedMessageIndex: 0 })).toMatchObject({ unreadMessagesCount: 1 })
  await messages(second.sid).remove()
  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: 0 })
  expect(await messages.create({ body: 'three' })).toMatchObject({ index: 2 })
  expect(await inLobby.fetch()).toMatchObject({ unreadMessagesCount: 1 })
  expect(await service.channels('lobby').fetch()).toMatchObject({ messagesCount: 2 })
})
