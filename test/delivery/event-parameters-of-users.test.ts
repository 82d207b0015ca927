// What post-events tell of users: what they have done themselves, and their reachability (rest-v2.md §4.3, §4.7, appendix B).
import { describe, expect, test } from 'vitest'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import { addMember, removeMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { leaveUserChannel, updateUserChannel } from '../../src/chat/user-channels.ts'
import { updateUser } from '../../src/chat/users.ts'
import { updateUser as saveUser } from '../../src/store/users.ts'
import { ENGINES } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'
import {
  ANY_DATE,
  common,
  fromAlice,
  givenActors,
  givenMedia,
  givenWebhooks,
  sameSecond,
  WANTED,
} from '../support/webhook-scene.ts'

describe.each(ENGINES)('on %s', (engine) => {
  test('joining, adding, leaving and removing differ by their reasons', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, channel, member } = await givenActors(server, rest)
    const { sid } = await rest.channels.create({ uniqueName: 'open' })

    const joined = await addMember(chat, alice, await channel('open'), { identity: 'alice' })
    const bob = await addMember(chat, alice, await channel(), { identity: 'bob' })
    await removeMember(chat, alice, await channel(), bob)
    await removeMember(chat, alice, await channel('open'), joined)
    await addMember(chat, alice, await channel(), { identity: 'carol', attributes: '{"c":1}' })
    await rest.channels('lobby').members('carol').remove()
    await removeMember(chat, alice, await channel(), await member())
    await receiver.waitFor(8)

    const told = (event: string) =>
      receiver
        .of(event)
        .map(({ parameters: p }) => [p.Source, p.ClientIdentity, p.Identity, p.Reason].join(' '))
        .sort()
    expect(told('onMemberAdded')).toEqual([
      'SDK alice alice JOINED',
      'SDK alice bob ADDED',
      'SDK alice carol ADDED',
    ])
    expect(told('onMemberRemoved')).toEqual([
      'SDK alice alice LEFT',
      'SDK alice alice LEFT',
      'SDK alice bob REMOVED',
    ])
    const shared = {
      ...{ ...fromAlice, ChannelSid: sid, MemberSid: joined.sid, Identity: 'alice' },
      ...{ RoleSid: joined.roleSid, Attributes: '{}', DateCreated: ANY_DATE },
    }
    const inOpen = receiver.received.map(({ parameters }) => parameters).filter((p) => p.ChannelSid === sid)
    expect(inOpen).toEqual([
      { ...common('onMemberAdded', rest.sid), ...shared, Reason: 'JOINED' },
      {
        ...{ ...common('onMemberRemoved', rest.sid), ...shared, Reason: 'LEFT' },
        ...{ DateUpdated: ANY_DATE, DateRemoved: ANY_DATE },
      },
    ])
    const carol = receiver.of('onUserAdded').find(({ parameters }) => parameters.Identity === 'carol')
    expect(carol?.parameters).toEqual({
      ...{ ...common('onUserAdded', rest.sid), ...fromAlice, UserSid: expect.stringMatching(/^US/) },
      ...{
        Identity: 'carol',
        RoleSid: expect.stringMatching(/^RL/),
        Attributes: '{}',
        DateCreated: ANY_DATE,
      },
    })
  })

  test('leaving by the own list of channels is leaving', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, user, channel } = await givenActors(server, rest)

    await leaveUserChannel(chat, alice, await user(), await channel())

    const [left] = await receiver.waitFor(1, 'onMemberRemoved')
    expect(left?.parameters).toMatchObject({ ...fromAlice, Identity: 'alice', Reason: 'LEFT' })
  })

  test('members: attributes and the read horizon', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, user, channel, member } = await givenActors(server, rest)

    await updateMember(chat, alice, await channel(), await member(), { attributes: '{"by":"me"}' })
    await updateUserChannel(chat, alice, await user(), await channel(), { lastReadIndex: 0 })
    const [first, second] = await receiver.waitFor(2, 'onMemberUpdated')

    const { sid, channelSid, roleSid, dateUpdated, lastConsumptionTimestamp } = await rest
      .channels('lobby')
      .members('alice')
      .fetch()
    const shared = {
      ...{ ...common('onMemberUpdated', rest.sid), ...fromAlice, ChannelSid: channelSid, MemberSid: sid },
      ...{ Identity: 'alice', RoleSid: roleSid, Attributes: '{"by":"me"}', DateCreated: ANY_DATE },
    }
    expect(first?.parameters).toEqual({ ...shared, DateUpdated: ANY_DATE })
    expect(second?.parameters).toEqual({
      ...{ ...shared, DateUpdated: sameSecond(dateUpdated), LastConsumedMessageIndex: '0' },
      LastConsumptionTimestamp: sameSecond(lastConsumptionTimestamp),
    })
  })

  test('messages: the user is their author, their editor and who removed them', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, roles, channel, message } = await givenActors(server, rest)
    const media = await givenMedia(server, rest.sid)

    const { sid, channelSid } = await sendMessage(chat, alice, await channel(), { body: 'mine' })
    await updateMessage(chat, alice, await channel(), await message(sid), { body: 'better' })
    await removeMessage(chat, alice, await channel(), await message(sid))
    const picture = await sendMessage(chat, alice, await channel(), { body: 'cat', mediaSids: [media.sid] })
    const received = (await receiver.waitFor(4)).map(({ parameters }) => parameters)

    const shared = { ...fromAlice, ChannelSid: channelSid, From: 'alice', DateCreated: ANY_DATE }
    const text = { ...shared, MessageSid: sid, Index: '0', Attributes: '{}' }
    expect(received).toEqual([
      { ...common('onMessageSent', rest.sid), ...text, Body: 'mine', RoleSid: roles.channel },
      {
        ...{ ...common('onMessageUpdated', rest.sid), ...text, Body: 'better' },
        ...{ ModifiedBy: 'alice', DateUpdated: ANY_DATE },
      },
      {
        ...{ ...common('onMessageRemoved', rest.sid), ...text, Body: 'better' },
        ...{ RemovedBy: 'alice', DateUpdated: ANY_DATE, DateRemoved: ANY_DATE },
      },
      {
        ...{ ...common('onMediaMessageSent', rest.sid), ...shared, MessageSid: picture.sid, Index: '1' },
        ...{ Body: 'cat', Attributes: '{}', RoleSid: roles.channel, MediaSid: media.sid },
        ...{ MediaContentType: 'image/png', MediaSize: '20480', MediaFilename: 'cat & dog.png' },
      },
    ])
  })

  test('channels: the user is their creator', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, service, channel } = await givenActors(server, rest)

    const { sid } = await createChannel(chat, alice, await service(), { uniqueName: 'mine', type: 'private' })
    await updateChannel(chat, alice, await channel(sid), { friendlyName: 'Mine' })
    await deleteChannel(chat, alice, await channel(sid))
    const received = (await receiver.waitFor(3)).map(({ parameters }) => parameters)

    const shared = {
      ...{ ...fromAlice, ChannelSid: sid, ChannelType: 'private', UniqueName: 'mine' },
      ...{ CreatedBy: 'alice', Attributes: '{}', DateCreated: ANY_DATE },
    }
    const changed = { ...shared, FriendlyName: 'Mine', DateUpdated: ANY_DATE }
    expect(received).toEqual([
      { ...common('onChannelAdded', rest.sid), ...shared },
      { ...common('onChannelUpdated', rest.sid), ...changed },
      { ...common('onChannelDestroyed', rest.sid), ...changed, DateRemoved: ANY_DATE },
    ])
  })

  test('users change themselves', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, alice, roles, service, user } = await givenActors(server, rest)

    await updateUser(chat, alice, await service(), await user(), { friendlyName: 'Alice', attributes: '[]' })
    const received = await receiver.waitFor(1)

    expect(received.map(({ parameters }) => parameters)).toEqual([
      {
        ...{ ...common('onUserUpdated', rest.sid), ...fromAlice, UserSid: alice.userSid, Identity: 'alice' },
        ...{ RoleSid: roles.service, FriendlyName: 'Alice', Attributes: '[]' },
        ...{ DateCreated: ANY_DATE, DateUpdated: ANY_DATE },
      },
    ])
  })

  test('reachability is not told where the service has it off, as REST does not', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
    const { chat, user } = await givenActors(server, rest)
    const row = await user()
    await chat.db.transaction((tx) => saveUser(tx, row, { ...row, isOnline: 1, isNotifiable: 1 }))

    const updated = await rest.users('alice').update({ friendlyName: 'Alice', ...WANTED })
    const [received] = await receiver.waitFor(1)

    expect(updated).toMatchObject({ isOnline: null, isNotifiable: null })
    for (const name of ['isOnline', 'IsOnline', 'isNotifiable', 'IsNotifiable']) {
      expect(received?.parameters).not.toHaveProperty(name)
    }
  })
})
