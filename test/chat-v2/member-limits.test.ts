// Counter limits, and what a refused member leaves behind: rest-v2.md §2.6, §6.1.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { startServer } from '../support/server.ts'

/** All that a change of members can touch. */
async function everything(service: ServiceContext) {
  const channels = await service.channels.list()
  const users = await service.users.list()
  const members = await Promise.all(channels.map(({ sid }) => service.channels(sid).members.list()))
  const invites = await Promise.all(channels.map(({ sid }) => service.channels(sid).invites.list()))
  const userChannels = await Promise.all(users.map(({ sid }) => service.users(sid).userChannels.list()))
  return [channels, users, members.flat(), invites.flat(), userChannels.flat()].map((list) =>
    list.map((item) => item.toJSON()),
  )
}

test('a full channel takes nobody, and nothing remains of the attempt', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.channelMembers': 2 })
  await service.channels.create({ uniqueName: 'lobby' })
  await service.users.create({ identity: 'carol' })
  await service.channels('lobby').invites.create({ identity: 'carol' })
  const { members } = service.channels('lobby')
  for (const identity of ['alice', 'bob']) await members.create({ identity })
  const before = await everything(service)

  await expectRefusal(members.create({ identity: 'carol' }), 403, 50403)
  await expectRefusal(members.create({ identity: 'a new user' }), 403, 50403)

  expect(await everything(service)).toEqual(before)
  await expectMissing(service.users('a new user').fetch())
  await members('alice').remove()
  expect(await members.create({ identity: 'carol' })).toMatchObject({ identity: 'carol' })
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 2 })
  expect(await service.channels('lobby').invites.list()).toEqual([])
})

test('a user in too many channels gets into no other, and nothing remains of the attempt', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.userChannels': 2 })
  for (const uniqueName of ['one', 'two', 'three']) await service.channels.create({ uniqueName })
  for (const key of ['one', 'two']) await service.channels(key).members.create({ identity: 'alice' })
  await service.channels('three').invites.create({ identity: 'alice' })
  const before = await everything(service)

  await expectRefusal(service.channels('three').members.create({ identity: 'alice' }), 403, 50208)

  expect(await everything(service)).toEqual(before)
  expect(await service.users('alice').userChannels('three').fetch()).toMatchObject({ status: 'invited' })
  await service.channels('one').members('alice').remove()
  await service.channels('three').members.create({ identity: 'alice' })
  await expectRefusal(service.channels('one').members.create({ identity: 'alice' }), 403, 50208)
  await service.channels('two').remove()
  await service.channels('one').members.create({ identity: 'alice' })
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 2 })
})

test('that somebody is a member already is said before that there is no room', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.channelMembers': 1, 'limits.userChannels': 1 })
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  await members.create({ identity: 'alice' })
  const before = await everything(service)

  await expectRefusal(members.create({ identity: 'alice' }), 409, 50404)

  expect(await everything(service)).toEqual(before)
})

test('a lower limit keeps those who are in and lets nobody else in', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  for (const identity of ['alice', 'bob', 'carol']) await members.create({ identity })

  await service.update({ 'limits.channelMembers': 1 })

  expect(await members.list()).toHaveLength(3)
  expect(await members('alice').update({ attributes: '1' })).toMatchObject({ attributes: '1' })
  for (const identity of ['alice', 'bob']) {
    await members(identity).remove()
    await expectRefusal(members.create({ identity: 'dave' }), 403, 50403)
  }
  await members('carol').remove()
  expect(await members.create({ identity: 'dave' })).toMatchObject({ identity: 'dave' })
})

test('an invite takes no room', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.channelMembers': 1, 'limits.userChannels': 1 })
  for (const uniqueName of ['one', 'two']) await service.channels.create({ uniqueName })
  await service.users.create({ identity: 'carol' })
  for (const key of ['one', 'two']) await service.channels(key).invites.create({ identity: 'carol' })

  await service.channels('one').members.create({ identity: 'alice' })
  await service.channels('two').members.create({ identity: 'carol' })

  expect(await service.channels('one').fetch()).toMatchObject({ membersCount: 1 })
  expect(await service.users('carol').fetch()).toMatchObject({ joinedChannelsCount: 1 })
})

test('of many who are added at the same time, as many get in as there is room for', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.channelMembers': 3 })
  await service.channels.create({ uniqueName: 'lobby' })
  const identities = Array.from({ length: 10 }, (_, number) => `user ${number}`)

  const outcomes = await Promise.allSettled(
    identities.map((identity) => service.channels('lobby').members.create({ identity })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 403, code: 50403 })
  expect(await service.channels('lobby').members.list()).toHaveLength(3)
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 3 })
  const users = await service.users.list()
  expect(users.map(({ joinedChannelsCount }) => joinedChannelsCount)).toEqual([1, 1, 1])
})

test('somebody who is added to many channels at the same time becomes one user, within the limit', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.userChannels': 3 })
  const channels = await Promise.all(Array.from({ length: 8 }, () => service.channels.create()))

  const outcomes = await Promise.allSettled(
    channels.map(({ sid }) => service.channels(sid).members.create({ identity: 'alice' })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(5)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 403, code: 50208 })
  expect(await service.users.list()).toMatchObject([{ identity: 'alice', joinedChannelsCount: 3 }])
  expect(await service.users('alice').userChannels.list()).toHaveLength(3)
  const counts = (await service.channels.list()).map(({ membersCount }) => membersCount)
  expect(counts.reduce((sum, count) => sum + count)).toBe(3)
})

test('somebody who is added to a channel many times at once becomes one member', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => service.channels('lobby').members.create({ identity: 'alice' })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 409, code: 50404 })
  expect(await service.channels('lobby').members.list()).toHaveLength(1)
  expect(await service.channels('lobby').fetch()).toMatchObject({ membersCount: 1 })
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 1 })
})
