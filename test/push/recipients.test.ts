// Who gets a push, and who does not (rest-v2.md §5.2).
import { expect, test } from 'vitest'
import { requireChannel } from '../../src/chat/channels.ts'
import { createInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember } from '../../src/chat/members.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import type { Sid } from '../../src/lib/sid.ts'
import { listPushes } from '../support/push/log.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

/** Who was told what, in the order of the log. */
async function told(scene: Scene): Promise<string[]> {
  await scene.settled()
  return (await listPushes(scene)).map(({ identity, type }) => `${identity} ${type}`)
}

test('members are told of a message: not its author, nor who has muted the channel, nor strangers', async () => {
  await using scene = await startScene()
  for (const identity of ['alice', 'bob', 'carol', 'dave', 'eve']) await scene.register(identity)
  const channel = await scene.channel(['alice', 'bob', 'carol', 'dave'])
  await scene.service.users('carol').userChannels(channel).update({ notificationLevel: 'muted' })

  await scene.say(channel, 'from alice', 'alice')
  expect(await told(scene)).toEqual(['bob new_message', 'dave new_message'])
  await scene.service.users('carol').userChannels(channel).update({ notificationLevel: 'default' })
  await scene.say(channel, 'from nobody')

  expect((await told(scene)).slice(2)).toEqual(
    ['alice', 'bob', 'carol', 'dave'].map((identity) => `${identity} new_message`),
  )
})

test('muting is for messages of that channel only', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const [quiet, loud] = [await scene.channel(['bob']), await scene.channel(['bob'])]
  await scene.service.users('bob').userChannels(quiet).update({ notificationLevel: 'muted' })

  await scene.say(quiet, 'unheard')
  await scene.say(loud, 'heard')
  await scene.service.channels(quiet).members('bob').remove()

  expect(await told(scene)).toEqual(['bob new_message', 'bob removed_from_channel'])
})

test('a client that writes is told nothing, its other members are; so it is for REST on its behalf', async () => {
  await using scene = await startScene()
  for (const identity of ['alice', 'bob']) await scene.register(identity)
  const sid = await scene.channel(['alice', 'bob'])
  const { chat } = scene.server.app
  const alice = await scene.caller('alice')
  const channel = await requireChannel(chat, alice, scene.serviceSid as Sid<'IS'>, sid)

  await sendMessage(chat, alice, channel, { body: 'hi' })
  await scene.say(sid, 'hi', 'alice')

  expect(await told(scene)).toEqual(['bob new_message', 'bob new_message'])
})

test('who is added, invited or removed is told, and nobody else', async () => {
  await using scene = await startScene()
  for (const identity of ['alice', 'bob']) await scene.register(identity)
  const channel = await scene.channel(['alice'])

  await scene.service.channels(channel).invites.create({ identity: 'bob' })
  await scene.service.channels(channel).members.create({ identity: 'bob' })
  await scene.service.channels(channel).members('bob').remove()
  await scene.service.channels(channel).members.create({ identity: 'bob' })
  await scene.service.users('bob').userChannels(channel).remove()

  expect(await told(scene)).toEqual([
    ...['bob invited_to_channel', 'bob added_to_channel', 'bob removed_from_channel'],
    ...['bob added_to_channel', 'bob removed_from_channel'],
  ])
})

test('who joins, leaves or declines by himself is told nothing, and who does it to others names himself', async () => {
  await using scene = await startScene()
  for (const identity of ['alice', 'bob']) await scene.register(identity)
  await scene.service.users('alice').update({ friendlyName: 'Alice A.' })
  const { chat } = scene.server.app
  const [alice, bob] = [await scene.caller('alice'), await scene.caller('bob')]
  await giveEveryRight(scene)
  const { sid } = await scene.service.channels.create({ uniqueName: 'hall' })
  const channel = await requireChannel(chat, alice, scene.serviceSid as Sid<'IS'>, sid)

  await addMember(chat, alice, channel, { identity: 'alice' })
  await addMember(chat, bob, channel, { identity: 'bob' })
  await removeMember(chat, bob, channel, await requireMember(chat, channel, 'bob'))
  expect(await told(scene)).toEqual([])
  await createInvite(chat, alice, channel, { identity: 'bob' })
  await addMember(chat, alice, channel, { identity: 'bob' })
  await removeMember(chat, alice, channel, await requireMember(chat, channel, 'bob'))
  await scene.settled()

  expect(
    (await listPushes(scene)).map(({ identity, payload }) => `${identity}: ${payload.data.twi_body}`),
  ).toEqual([
    'bob: Alice A. has invited you to join the channel hall',
    'bob: You have been added to channel hall by Alice A.',
    'bob: Alice A. has removed you from the channel hall',
  ])
})

test('a type that is off is not sent, whatever else is on', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const groups = ['newMessage', 'addedToChannel', 'removedFromChannel', 'invitedToChannel'] as const
  for (const group of groups) await scene.service.update({ [`notifications.${group}.enabled`]: false })
  const everything = async () => {
    const { sid } = await scene.service.channels.create({})
    await scene.service.channels(sid).invites.create({ identity: 'bob' })
    await scene.service.channels(sid).members.create({ identity: 'bob' })
    await scene.say(sid, 'hi')
    await scene.service.channels(sid).members('bob').remove()
  }

  await everything()
  expect(await told(scene)).toEqual([])
  for (const group of groups) {
    await scene.service.update({ [`notifications.${group}.enabled`]: true })
    await everything()
    await scene.service.update({ [`notifications.${group}.enabled`]: false })
  }

  expect(await told(scene)).toEqual([
    ...['bob new_message', 'bob added_to_channel', 'bob removed_from_channel', 'bob invited_to_channel'],
  ])
})

test('a device is told of what it asked for, and a user on every device', async () => {
  await using scene = await startScene()
  await scene.register('bob', { messageTypes: ['new_message'] })
  await scene.register('bob', { address: 'tablet', endpointId: 'tablet', messageTypes: ['added_to_channel'] })
  await scene.register('bob', { address: 'watch', endpointId: 'watch', messageTypes: [] })
  await scene.register('bob', { address: 'laptop', endpointId: 'laptop' })
  const { sid } = await scene.service.channels.create({})

  await scene.service.channels(sid).members.create({ identity: 'bob' })
  await scene.settled()
  await scene.say(sid, 'hi')
  await scene.settled()

  // Each device has an order of its own.
  const byDevice = Map.groupBy(scene.fcm.inbox.received, ({ message }) => message.token)
  const types = [...byDevice].map(([token, all]) => [
    token,
    all.map(({ message }) => message.data.twi_message_type),
  ])
  expect(Object.fromEntries(types)).toEqual({
    tablet: ['twilio.channel.added_to_channel'],
    laptop: ['twilio.channel.added_to_channel', 'twilio.channel.new_message'],
    'token-of-bob': ['twilio.channel.new_message'],
  })
})

test('edits, deletions, other changes and services without devices cause none', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const sid = await scene.channel(['bob', 'alice'])
  const message = await scene.say(sid, 'one')
  await told(scene)
  const channel = scene.service.channels(sid)

  await channel.messages(message).update({ body: 'changed' })
  await channel.members('alice').update({ lastConsumedMessageIndex: 0 })
  await channel.update({ friendlyName: 'new' })
  await channel.messages(message).remove()
  await scene.service.users('alice').remove()
  await channel.remove()

  expect(await told(scene)).toEqual(['bob new_message'])
  expect(scene.fcm.inbox.received).toHaveLength(1)
})

test('a device that signs off before the push is on its way gets none', async () => {
  await using scene = await startScene()
  const binding = await scene.register('bob')
  const channel = await scene.channel(['bob'])
  scene.fcm.inbox.answer((_request, count) =>
    count === 1 ? { status: 503, headers: { 'retry-after': '1' } } : { status: 200 },
  )

  await scene.say(channel, 'hi')
  await scene.fcm.inbox.waitFor(1)
  await scene.service.bindings(binding.sid).remove()
  await scene.settled()

  expect(scene.fcm.inbox.received).toHaveLength(1)
  expect(await listPushes(scene)).toMatchObject([
    { state: 'failed', reason: 'the device is no longer registered' },
  ])
})

test('without its credential a device gets nothing and says so; it stays for a later one', async () => {
  await using scene = await startScene()
  const credentialSid = `CR${'0'.repeat(32)}`
  await scene.register('bob', { credentialSid })
  await scene.register('bob', { channelType: 'apn', address: 'ffff' })
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'hi')
  await scene.settled()

  expect(await listPushes(scene)).toMatchObject([
    { state: 'failed', reason: `there is no credential ${credentialSid}`, error_code: 52161, attempts: 1 },
    { reason: 'the device was registered for apn, its credential is for fcm', error_code: 52102 },
  ])
  expect(await scene.service.bindings.list()).toHaveLength(2)
})

async function giveEveryRight({ service }: Scene): Promise<void> {
  const permission = ['addMember', 'joinChannel', 'inviteMember', 'removeMember']
  const { sid } = await service.roles.create({ friendlyName: 'all', type: 'deployment', permission })
  for (const identity of ['alice', 'bob']) await service.users(identity).update({ roleSid: sid })
}
