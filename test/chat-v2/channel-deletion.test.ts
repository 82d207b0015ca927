// Deleting a channel: rest-v2.md §2.5.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { expectMissing } from '../support/refusals.ts'
import { startServer } from '../support/server.ts'

/** A channel named lobby with one of everything, and a second channel with the same people. */
async function givenFullChannel(service: ServiceContext) {
  const { sid } = await service.channels.create({ uniqueName: 'lobby' })
  await service.channels.create({ uniqueName: 'other' })
  await service.users.create({ identity: 'carol' })
  for (const key of ['lobby', 'other']) {
    for (const identity of ['alice', 'bob']) await service.channels(key).members.create({ identity })
    await service.channels(key).invites.create({ identity: 'carol' })
  }
  const lobby = service.channels('lobby')
  const [invite] = await lobby.invites.list()
  const message = await lobby.messages.create({ body: 'hello' })
  const webhook = await lobby.webhooks.create({
    type: 'webhook',
    'configuration.url': 'https://hooks.example.org/',
    'configuration.filters': ['onMessageSent'],
  })
  return { sid, invite: invite?.sid ?? '', message: message.sid, webhook: webhook.sid }
}

test('a deleted channel is gone at once, with everything in it', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid, invite, message, webhook } = await givenFullChannel(service)

  expect(await service.channels('lobby').remove()).toBe(true)

  for (const key of [sid, 'lobby']) {
    const channel = service.channels(key)
    await expectMissing(channel.fetch())
    await expectMissing(channel.update({ friendlyName: 'x' }))
    await expectMissing(channel.remove())
    await expectMissing(channel.members.list())
    await expectMissing(channel.members('alice').fetch())
    await expectMissing(channel.members.create({ identity: 'dave' }))
    await expectMissing(channel.invites.list())
    await expectMissing(channel.invites(invite).fetch())
    await expectMissing(channel.messages.list())
    await expectMissing(channel.messages(message).fetch())
    await expectMissing(channel.messages.create({ body: 'too late' }))
    await expectMissing(channel.webhooks.list())
    await expectMissing(channel.webhooks(webhook).fetch())
    await expectMissing(service.users('alice').userChannels(key).fetch())
    await expectMissing(service.users('alice').userChannels(key).update({ lastConsumedMessageIndex: 0 }))
    await expectMissing(service.users('alice').userChannels(key).remove())
  }
  await expectMissing(service.users('dave').fetch())
  expect(await service.channels.list()).toMatchObject([{ uniqueName: 'other', membersCount: 2 }])
})

test('a deleted channel is no longer among the channels of its members and invited users', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await givenFullChannel(service)
  const other = await service.channels('other').fetch()

  await service.channels('lobby').remove()

  const expected = { alice: 1, bob: 1, carol: 0 }
  for (const [identity, joinedChannelsCount] of Object.entries(expected)) {
    const user = service.users(identity)
    expect(await user.fetch()).toMatchObject({ joinedChannelsCount })
    expect(await user.userChannels.list()).toMatchObject([{ channelSid: other.sid }])
  }
})

test('the unique name of a deleted channel is free, and the new channel starts empty', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await givenFullChannel(service)
  await service.channels('lobby').remove()

  const again = await service.channels.create({ uniqueName: 'lobby' })

  expect(again.sid).not.toBe(sid)
  expect(again).toMatchObject({ membersCount: 0, messagesCount: 0, links: { last_message: null } })
  const lobby = service.channels('lobby')
  expect(await lobby.members.list()).toEqual([])
  expect(await lobby.invites.list()).toEqual([])
  expect(await lobby.messages.list()).toEqual([])
  expect(await lobby.messages.create({ body: 'first' })).toMatchObject({ index: 0 })
  await lobby.members.create({ identity: 'alice' })
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 2 })
  await expectMissing(service.channels(sid).fetch())
})

test('a channel that is deleted while users are added to it counts for none of them', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const add = (number: number) => service.channels('lobby').members.create({ identity: `user ${number}` })

  const outcomes = await Promise.allSettled([
    ...[1, 2, 3].map(add),
    service.channels('lobby').remove(),
    ...[4, 5, 6].map(add),
  ])

  expect(outcomes[3]).toMatchObject({ status: 'fulfilled', value: true })
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect([404, 409]).toContain(outcome.reason.status)
  }
  for (const user of await service.users.list()) {
    expect(user).toMatchObject({ joinedChannelsCount: 0 })
    expect(await service.users(user.sid).userChannels.list()).toEqual([])
  }
})
