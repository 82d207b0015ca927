// Deleting a user: rest-v2.md §2.4.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { givenDevice } from '../support/devices.ts'
import { expectMissing } from '../support/refusals.ts'
import { startServer } from '../support/server.ts'

/** Alice and bob are in two channels, alice is invited to a third, has written a message and has read it. */
async function givenAliceAmongOthers(service: ServiceContext) {
  const alice = await service.users.create({ identity: 'alice' })
  for (const uniqueName of ['one', 'two', 'invited']) {
    await service.channels.create({ uniqueName, createdBy: 'alice' })
    if (uniqueName === 'invited') continue
    for (const identity of ['alice', 'bob']) await service.channels(uniqueName).members.create({ identity })
  }
  const { sid: invite } = await service.channels('invited').invites.create({ identity: 'alice' })
  await service.channels('one').messages.create({ body: 'from alice', from: 'alice' })
  await service.users('alice').userChannels('one').update({ lastConsumedMessageIndex: 0 })
  return { alice, invite }
}

test('a deleted user is out of every channel, invite and device, and the messages stay', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { alice, invite } = await givenAliceAmongOthers(service)
  const phone = await givenDevice(server, service, 'alice')

  expect(await service.users('alice').remove()).toBe(true)

  for (const key of ['alice', alice.sid]) {
    await expectMissing(service.users(key).fetch())
    await expectMissing(service.users(key).userChannels.list())
    await expectMissing(service.users(key).remove())
  }
  expect(await service.users.list()).toMatchObject([{ identity: 'bob', joinedChannelsCount: 2 }])
  for (const uniqueName of ['one', 'two']) {
    expect(await service.channels(uniqueName).fetch()).toMatchObject({ membersCount: 1, createdBy: 'alice' })
    expect(await service.channels(uniqueName).members.list()).toMatchObject([{ identity: 'bob' }])
    await expectMissing(service.channels(uniqueName).members('alice').fetch())
  }
  await expectMissing(service.channels('invited').invites(invite).fetch())
  expect(await service.channels('invited').invites.list()).toEqual([])
  await expectMissing(service.bindings(phone.sid).fetch())
  expect(await service.bindings.list()).toEqual([])
  expect(await service.channels('one').messages.list()).toMatchObject([{ body: 'from alice', from: 'alice' }])
  expect(await service.channels('one').fetch()).toMatchObject({ messagesCount: 1 })
})

test('the identity of a deleted user can be used again, and nothing of the old user is left', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { alice } = await givenAliceAmongOthers(service)
  const oldMember = await service.channels('one').members('alice').fetch()
  await service.users('alice').remove()

  const again = await service.users.create({ identity: 'alice' })

  expect(again.sid).not.toBe(alice.sid)
  expect(again).toMatchObject({ identity: 'alice', joinedChannelsCount: 0 })
  expect(await service.users('alice').userChannels.list()).toEqual([])
  await expectMissing(service.users(alice.sid).fetch())
  const member = await service.channels('one').members.create({ identity: 'alice' })
  expect(member.sid).not.toBe(oldMember.sid)
  expect(member).toMatchObject({ lastConsumedMessageIndex: null })
  expect(await service.users('alice').fetch()).toMatchObject({ sid: again.sid, joinedChannelsCount: 1 })
  expect(await service.channels('one').fetch()).toMatchObject({ membersCount: 2 })
})

test('adding a member makes a deleted user anew', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { alice } = await givenAliceAmongOthers(service)
  await service.users('alice').remove()

  await service.channels('two').members.create({ identity: 'alice' })

  const again = await service.users('alice').fetch()
  expect(again.sid).not.toBe(alice.sid)
  expect(again).toMatchObject({ joinedChannelsCount: 1 })
  expect(await service.users('alice').userChannels.list()).toMatchObject([{ status: 'joined' }])
})

test('a user of a deleted channel can be deleted, also before the rows of the channel are purged', async () => {
  await using server = await startServer()
  // Without its listener the purge in the background does not come.
  server.app.chat.listeners.length = 0
  const service = await server.givenService()
  await givenAliceAmongOthers(service)
  await service.channels('one').remove()
  await service.channels('invited').remove()

  expect(await service.users('alice').remove()).toBe(true)

  await expectMissing(service.users('alice').fetch())
  expect(await service.channels('two').members.list()).toMatchObject([{ identity: 'bob' }])
  expect(await service.channels('two').fetch()).toMatchObject({ membersCount: 1 })
  expect(await service.users.list()).toMatchObject([{ identity: 'bob', joinedChannelsCount: 1 }])
})

test('a user that is deleted while being added to channels is in all that it is said to be in', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.users.create({ identity: 'alice' })
  const channels = await Promise.all(Array.from({ length: 6 }, () => service.channels.create()))
  await service.channels(channels[0]?.sid ?? '').members.create({ identity: 'alice' })

  const outcomes = await Promise.allSettled([
    ...channels.slice(1, 3).map(({ sid }) => service.channels(sid).members.create({ identity: 'alice' })),
    service.users('alice').remove(),
    ...channels.slice(3).map(({ sid }) => service.channels(sid).members.create({ identity: 'alice' })),
  ])

  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 409 })
  }
  const after = await service.channels.list()
  const members = await Promise.all(after.map(({ sid }) => service.channels(sid).members.list()))
  expect(after.map(({ membersCount }) => membersCount)).toEqual(members.map(({ length }) => length))
  const counted = (await service.users.list()).reduce((sum, user) => sum + user.joinedChannelsCount, 0)
  expect(counted).toBe(members.flat().length)
})
