// What each post-event of a REST request tells (rest-v2.md §4.3, appendix B): all of it and nothing else.
import { describe, expect, test } from 'vitest'
import { updateUser as saveUser } from '../../src/store/users.ts'
import { ENGINES } from '../support/databases.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'
import {
  ANY_DATE,
  common,
  givenActors,
  givenMedia,
  givenWebhooks,
  sameSecond,
  WANTED,
} from '../support/webhook-scene.ts'

const HEADER = { 'X-Twilio-Webhook-Enabled': 'true' }

describe.each(ENGINES)('on %s', (engine) => {
  test('channel events', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })

    const created = await rest.channels.create({
      ...{ uniqueName: 'lobby', friendlyName: 'The Lobby', type: 'private', createdBy: 'bob' },
      ...{ attributes: '{ "a": "ä" }', ...WANTED },
    })
    const updated = await rest.channels('lobby').update({ friendlyName: 'Hall', uniqueName: '', ...WANTED })
    await rest.channels(created.sid).remove(WANTED)

    const shared = {
      ...{ ChannelSid: created.sid, ChannelType: 'private', CreatedBy: 'bob' },
      ...{ Attributes: '{ "a": "ä" }', DateCreated: sameSecond(created.dateCreated) },
    }
    expect(await only(receiver, 'onChannelAdded')).toEqual({
      ...common('onChannelAdded', rest.sid),
      ...{ ...shared, UniqueName: 'lobby', FriendlyName: 'The Lobby' },
    })
    const changed = { ...shared, FriendlyName: 'Hall', DateUpdated: sameSecond(updated.dateUpdated) }
    expect(await only(receiver, 'onChannelUpdated')).toEqual({
      ...common('onChannelUpdated', rest.sid),
      ...changed,
    })
    expect(await only(receiver, 'onChannelDestroyed')).toEqual({
      ...common('onChannelDestroyed', rest.sid),
      ...{ ...changed, DateRemoved: ANY_DATE },
    })
    expect(receiver.received).toHaveLength(3)
  })

  test('a channel of which nothing was said, and milliseconds to the last', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const dates = { DateCreated: '2022-01-18T10:19:12.401Z', DateUpdated: '2022-01-18T10:20:31.007Z' }

    const { body } = await server.request('POST', `/v2/Services/${rest.sid}/Channels`, {
      form: dates,
      headers: HEADER,
    })
    await rest.channels(body.sid).remove(WANTED)

    const shared = { ChannelSid: body.sid, ChannelType: 'public', CreatedBy: 'system', Attributes: '{}' }
    expect(await only(receiver, 'onChannelAdded')).toEqual({
      ...common('onChannelAdded', rest.sid),
      ...{ ...shared, DateCreated: dates.DateCreated },
    })
    expect(await only(receiver, 'onChannelDestroyed')).toEqual({
      ...common('onChannelDestroyed', rest.sid),
      ...{ ...shared, ...dates, DateRemoved: ANY_DATE },
    })
  })

  test('member events, and the user who is made along the way', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { defaultServiceRoleSid } = await rest.fetch()
    const channel = await rest.channels.create({ uniqueName: 'lobby' })
    const { members } = rest.channels('lobby')

    const added = await members.create({ identity: 'bob & co', attributes: '[1]', ...WANTED })
    const user = await rest.users('bob & co').fetch()
    const attributed = await members(added.sid).update({ attributes: '[2]', ...WANTED })
    const read = await members(added.sid).update({ lastConsumedMessageIndex: 7, ...WANTED })
    await members('bob & co').remove(WANTED)

    const shared = {
      ...{ ChannelSid: channel.sid, MemberSid: added.sid, Identity: 'bob & co', RoleSid: added.roleSid },
      ...{ DateCreated: sameSecond(added.dateCreated) },
    }
    expect(await only(receiver, 'onUserAdded')).toEqual({
      ...common('onUserAdded', rest.sid),
      ...{ UserSid: user.sid, Identity: 'bob & co', RoleSid: defaultServiceRoleSid },
      ...{ Attributes: '{}', DateCreated: sameSecond(user.dateCreated) },
    })
    expect(await only(receiver, 'onMemberAdded')).toEqual({
      ...common('onMemberAdded', rest.sid),
      ...{ ...shared, Attributes: '[1]', Reason: 'ADDED' },
    })
    const [first, second] = await receiver.waitFor(2, 'onMemberUpdated')
    const updated = { ...common('onMemberUpdated', rest.sid), ...shared, Attributes: '[2]' }
    expect(first?.parameters).toEqual({ ...updated, DateUpdated: sameSecond(attributed.dateUpdated) })
    expect(second?.parameters).toEqual({
      ...{ ...updated, DateUpdated: sameSecond(read.dateUpdated) },
      ...{
        LastConsumedMessageIndex: '7',
        LastConsumptionTimestamp: sameSecond(read.lastConsumptionTimestamp),
      },
    })
    expect(await only(receiver, 'onMemberRemoved')).toEqual({
      ...common('onMemberRemoved', rest.sid),
      ...{ ...shared, Attributes: '[2]', DateUpdated: sameSecond(read.dateUpdated) },
      ...{ Reason: 'REMOVED', DateRemoved: ANY_DATE },
    })
    expect(receiver.received).toHaveLength(5)
  })

  test('a time of reading without an index is told by itself', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    await rest.channels.create({ uniqueName: 'lobby' })
    const { members } = rest.channels('lobby')
    await members.create({ identity: 'bob' })

    await members('bob').update({ lastConsumptionTimestamp: new Date('2020-01-01T00:00:00Z'), ...WANTED })

    const told = await only(receiver, 'onMemberUpdated')
    expect(told?.LastConsumptionTimestamp).toBe('2020-01-01T00:00:00.000Z')
    expect(told?.LastConsumedMessageIndex).toBeUndefined()
  })

  test('taking a channel from a user tells the same as removing the member', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { member } = await givenActors(server, rest)
    const before = await member()

    await rest.users('alice').userChannels('lobby').remove(WANTED)

    expect(await only(receiver, 'onMemberRemoved')).toEqual({
      ...common('onMemberRemoved', rest.sid),
      ...{ ChannelSid: before.channelSid, MemberSid: before.sid, Identity: 'alice', RoleSid: before.roleSid },
      ...{ Attributes: '{}', DateCreated: ANY_DATE, DateUpdated: ANY_DATE },
      ...{ Reason: 'REMOVED', DateRemoved: ANY_DATE },
    })
  })

  test('message events of a member', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { roles } = await givenActors(server, rest)
    const { messages } = rest.channels('lobby')

    await messages.create({ from: 'nobody here' })
    const sent = await messages.create({ from: 'alice', body: 'a=b&c\r\n☃', attributes: '"x"', ...WANTED })
    const edited = await messages(sent.sid).update({ body: 'better', attributes: '"y"', ...WANTED })
    await messages(sent.sid).remove(WANTED)

    const shared = {
      ...{ ChannelSid: sent.channelSid, MessageSid: sent.sid, Index: '1', From: 'alice' },
      ...{ DateCreated: sameSecond(sent.dateCreated) },
    }
    expect(await only(receiver, 'onMessageSent')).toEqual({
      ...common('onMessageSent', rest.sid),
      ...{ ...shared, Body: 'a=b&c\r\n☃', Attributes: '"x"', RoleSid: roles.channel },
    })
    const changed = {
      ...{ ...shared, Body: 'better', Attributes: '"y"' },
      ...{ DateUpdated: sameSecond(edited.dateUpdated) },
    }
    expect(await only(receiver, 'onMessageUpdated')).toEqual({
      ...common('onMessageUpdated', rest.sid),
      ...{ ...changed, ModifiedBy: 'system' },
    })
    expect(await only(receiver, 'onMessageRemoved')).toEqual({
      ...common('onMessageRemoved', rest.sid),
      ...{ ...changed, RemovedBy: 'system', DateRemoved: ANY_DATE },
    })
    expect(receiver.received).toHaveLength(3)
  })

  test('media messages have an event of their own instead of the one for text', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { roles } = await givenActors(server, rest)
    const { messages } = rest.channels('lobby')
    const media = await givenMedia(server, rest.sid)

    const sent = await messages.create({ from: 'alice', body: 'look!', mediaSid: media.sid, ...WANTED })
    const edited = await messages(sent.sid).update({ attributes: '[]', ...WANTED })

    const shared = {
      ...{ ChannelSid: sent.channelSid, MessageSid: sent.sid, Index: '0', From: 'alice', Body: 'look!' },
      ...{ MediaSid: media.sid, MediaContentType: 'image/png', MediaSize: '20480' },
      ...{ MediaFilename: 'cat & dog.png', DateCreated: sameSecond(sent.dateCreated) },
    }
    expect(await only(receiver, 'onMediaMessageSent')).toEqual({
      ...common('onMediaMessageSent', rest.sid),
      ...{ ...shared, Attributes: '{}', RoleSid: roles.channel },
    })
    expect(await only(receiver, 'onMessageUpdated')).toEqual({
      ...common('onMessageUpdated', rest.sid),
      ...{ ...shared, Attributes: '[]', DateUpdated: sameSecond(edited.dateUpdated), ModifiedBy: 'system' },
    })
    expect(receiver.received).toHaveLength(2)
  })

  test('user events, with reachability where it is known', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url(), reachabilityEnabled: true })
    const { chat, user } = await givenActors(server, rest)

    const bob = await rest.users.create({ identity: 'bob', friendlyName: 'Bob', attributes: '1', ...WANTED })
    const renamed = await rest.users('bob').update({ friendlyName: 'Rob', ...WANTED })
    const row = await user()
    await chat.db.transaction((tx) => saveUser(tx, row, { ...row, isOnline: 1, isNotifiable: 0 }))
    const alice = await rest.users('alice').update({ attributes: '2', ...WANTED })

    const shared = {
      ...{ UserSid: bob.sid, Identity: 'bob', RoleSid: bob.roleSid, Attributes: '1' },
      ...{ DateCreated: sameSecond(bob.dateCreated) },
    }
    expect(await only(receiver, 'onUserAdded')).toEqual({
      ...common('onUserAdded', rest.sid),
      ...{ ...shared, FriendlyName: 'Bob' },
    })
    await receiver.waitFor(2, 'onUserUpdated')
    const updates = new Map(receiver.of('onUserUpdated').map(({ parameters: p }) => [p.Identity, p]))
    expect(updates.get('bob')).toEqual({
      ...common('onUserUpdated', rest.sid),
      ...{ ...shared, FriendlyName: 'Rob', DateUpdated: sameSecond(renamed.dateUpdated) },
    })
    expect(updates.get('alice')).toEqual({
      ...common('onUserUpdated', rest.sid),
      ...{ UserSid: alice.sid, Identity: 'alice', RoleSid: alice.roleSid, Attributes: '2' },
      ...{ DateCreated: sameSecond(alice.dateCreated), DateUpdated: sameSecond(alice.dateUpdated) },
      ...{ isOnline: 'true', IsOnline: 'true', isNotifiable: 'false', IsNotifiable: 'false' },
    })
  })
})

/** The parameters of the only webhook of this name. */
async function only(receiver: Receiver, event: string): Promise<Record<string, string> | undefined> {
  const received = await receiver.waitFor(1, event)
  expect(received).toHaveLength(1)
  return received[0]?.parameters
}
