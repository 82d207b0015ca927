// What is asked before a user's action, and when (rest-v2.md §4.1 to §4.3, appendix B).
import { describe, expect, test } from 'vitest'
import { WEBHOOK_EVENTS } from '../../src/api/chat-v2/filters.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import { addMember, removeMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { updateUser } from '../../src/chat/users.ts'
import type { Media } from '../../src/store/media.ts'
import { readEverything } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import {
  type Actors,
  ANY_DATE,
  common,
  fromAlice,
  givenActors,
  givenMedia,
  givenWebhooks,
  recordedEvents,
} from '../support/webhook-scene.ts'

type Scene = Actors & { media: Media; messageSid: string }
type Values = Record<string, unknown>
type PreEvent = { event: string; act(scene: Scene): Promise<unknown>; tells(scene: Scene): Promise<Values> }

const MESSAGE = { Index: '0', From: 'alice', DateCreated: ANY_DATE, DateUpdated: ANY_DATE }
const PRE_EVENTS: Record<string, PreEvent> = {
  'sending a message': {
    event: 'onMessageSend',
    act: async ({ chat, alice, channel }) =>
      sendMessage(chat, alice, await channel(), { body: 'mine', attributes: '"new"' }),
    tells: async ({ channel, roles }) => ({
      ...{ ChannelSid: (await channel()).sid, From: 'alice', Body: 'mine', Attributes: '"new"' },
      RoleSid: roles.channel,
    }),
  },
  'sending media': {
    event: 'onMediaMessageSend',
    act: async ({ chat, alice, channel, media }) =>
      sendMessage(chat, alice, await channel(), { body: 'cat', mediaSids: [media.sid] }),
    tells: async ({ channel, roles, media }) => ({
      ...{ ChannelSid: (await channel()).sid, From: 'alice', Body: 'cat', Attributes: '{}' },
      ...{ RoleSid: roles.channel, MediaSid: media.sid, MediaContentType: 'image/png' },
      ...{ MediaSize: '20480', MediaFilename: 'cat & dog.png' },
    }),
  },
  'editing a message': {
    event: 'onMessageUpdate',
    act: async ({ chat, alice, channel, message, messageSid }) =>
      updateMessage(chat, alice, await channel(), await message(messageSid), { body: 'new' }),
    tells: async ({ channel, messageSid }) => ({
      ...{ ...MESSAGE, ChannelSid: (await channel()).sid, MessageSid: messageSid },
      ...{ Body: 'new', Attributes: '"old"', ModifiedBy: 'alice' },
    }),
  },
  'removing a message': {
    event: 'onMessageRemove',
    act: async ({ chat, alice, channel, message, messageSid }) =>
      removeMessage(chat, alice, await channel(), await message(messageSid)),
    tells: async ({ channel, messageSid }) => ({
      ...{ ...MESSAGE, ChannelSid: (await channel()).sid, MessageSid: messageSid },
      ...{ Body: 'old', Attributes: '"old"', RemovedBy: 'alice' },
    }),
  },
  'creating a channel': {
    event: 'onChannelAdd',
    act: async ({ chat, alice, service }) =>
      createChannel(chat, alice, await service(), {
        friendlyName: 'Mine',
        uniqueName: 'mine',
        type: 'private',
      }),
    tells: async () => ({
      ...{ FriendlyName: 'Mine', UniqueName: 'mine', ChannelType: 'private' },
      ...{ Attributes: '{}', CreatedBy: 'alice' },
    }),
  },
  'editing a channel': {
    event: 'onChannelUpdate',
    act: async ({ chat, alice, channel }) =>
      updateChannel(chat, alice, await channel(), { friendlyName: 'New', attributes: '"new"' }),
    tells: async ({ channel }) => ({
      ...{
        ChannelSid: (await channel()).sid,
        FriendlyName: 'New',
        UniqueName: 'lobby',
        ChannelType: 'public',
      },
      ...{ Attributes: '"new"', CreatedBy: 'system', DateCreated: ANY_DATE, DateUpdated: ANY_DATE },
    }),
  },
  'deleting a channel': {
    event: 'onChannelDestroy',
    act: async ({ chat, alice, channel }) => deleteChannel(chat, alice, await channel()),
    tells: async ({ channel }) => ({
      ...{ ChannelSid: (await channel()).sid, UniqueName: 'lobby', ChannelType: 'public' },
      ...{ Attributes: '{}', CreatedBy: 'system', DateCreated: ANY_DATE, DateUpdated: ANY_DATE },
    }),
  },
  'adding a member': {
    event: 'onMemberAdd',
    act: async ({ chat, alice, channel }) =>
      addMember(chat, alice, await channel(), { identity: 'carol', attributes: '[1]' }),
    tells: async ({ channel, service }) => ({
      ...{ ChannelSid: (await channel()).sid, Identity: 'carol', Attributes: '[1]', Reason: 'ADDED' },
      RoleSid: (await service()).defaultChannelRoleSid,
    }),
  },
  'editing a member': {
    event: 'onMemberUpdate',
    act: async ({ chat, alice, channel, member }) =>
      updateMember(chat, alice, await channel(), await member('bob'), { attributes: '[2]' }),
    tells: (scene) => describeMember(scene, 'bob', { Attributes: '[2]' }),
  },
  'moving the read horizon': {
    event: 'onMemberUpdate',
    act: async ({ chat, alice, channel, user }) =>
      updateUserChannel(chat, alice, await user(), await channel(), { lastReadIndex: 0 }),
    tells: (scene) => describeMember(scene, 'alice', {}),
  },
  'removing a member': {
    event: 'onMemberRemove',
    act: async ({ chat, alice, channel, member }) =>
      removeMember(chat, alice, await channel(), await member('bob')),
    tells: (scene) => describeMember(scene, 'bob', { Reason: 'REMOVED' }),
  },
  'leaving a channel': {
    event: 'onMemberRemove',
    act: async ({ chat, alice, channel, member }) =>
      removeMember(chat, alice, await channel(), await member()),
    tells: (scene) => describeMember(scene, 'alice', { Reason: 'LEFT' }),
  },
  'editing a user': {
    event: 'onUserUpdate',
    act: async ({ chat, alice, service, user }) =>
      updateUser(chat, alice, await service(), await user(), { friendlyName: 'Alice' }),
    tells: async ({ alice, roles }) => ({
      ...{ UserSid: alice.userSid, Identity: 'alice', RoleSid: roles.service },
      ...{ FriendlyName: 'Alice', Attributes: '{}', DateUpdated: ANY_DATE },
    }),
  },
}

describe.each(ENGINES)('on %s', (engine) => {
  test.each(Object.entries(PRE_EVENTS))('%s: what is asked, and a no changes nothing', async (_, pre) => {
    await using receiver = await startReceiver(() => ({ status: 403 }))
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, {
      preWebhookUrl: receiver.url('/pre'),
      postWebhookUrl: receiver.url('/post'),
    })
    const scene = await givenScene(server, rest)
    const before = await readEverything(scene.chat.db)
    const told = await pre.tells(scene)

    await expect(pre.act(scene)).rejects.toMatchObject({ status: 403, code: 50056 })

    expect(receiver.received.map(({ parameters }) => parameters)).toEqual([
      { ...common(pre.event, rest.sid), ...fromAlice, ...told },
    ])
    expect(receiver.received).toMatchObject([{ method: 'POST', url: '/pre' }])
    expect(await readEverything(scene.chat.db)).toEqual(before)
    expect(await recordedEvents(server, rest.sid)).toEqual([])
  })
})

test.each(Object.entries(PRE_EVENTS))(
  '%s: asks nobody unless selected, and with an address',
  async (_, pre) => {
    await using receiver = await startReceiver(() => ({ status: 403 }))
    await using server = await startServer()
    const others = WEBHOOK_EVENTS.filter((event) => event !== pre.event)
    const rest = await givenWebhooks(server, { preWebhookUrl: receiver.url(), webhookFilters: [...others] })
    const scene = await givenScene(server, rest)
    const unasked = await givenWebhooks(server, { postWebhookUrl: receiver.url('/post') })
    const second = await givenScene(server, unasked)

    await pre.act(scene)
    await pre.act(second)

    await receiver.waitFor(1)
    const paths = new Set(receiver.received.map(({ url }) => url))
    expect([...paths]).toEqual(['/post'])
  },
)

test('joining asks with its own reason, and a yes is followed by the post-event', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await givenWebhooks(server, {
    preWebhookUrl: receiver.url('/pre?a=1'),
    postWebhookUrl: receiver.url('/post'),
    webhookMethod: 'GET',
  })
  const { chat, alice, channel } = await givenActors(server, rest)
  await rest.channels.create({ uniqueName: 'open' })

  const member = await addMember(chat, alice, await channel('open'), { identity: 'alice' })
  const [pre, post] = await receiver.waitFor(2)

  expect(pre).toMatchObject({ method: 'GET', url: expect.stringMatching(/^\/pre\?a=1&/) })
  expect(pre?.parameters).toMatchObject({ EventType: 'onMemberAdd', Identity: 'alice', Reason: 'JOINED' })
  expect(pre?.parameters).not.toHaveProperty('MemberSid')
  expect(post?.parameters).toMatchObject({ EventType: 'onMemberAdded', MemberSid: member.sid })
})

test('a name that is to be cleared is left out, as one that never was', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await givenWebhooks(server, { preWebhookUrl: receiver.url() })
  const { chat, alice, channel } = await givenActors(server, rest)
  await rest.channels('lobby').update({ friendlyName: 'Lobby' })

  const cleared = await updateChannel(chat, alice, await channel(), { friendlyName: '', uniqueName: null })

  expect(cleared).toMatchObject({ friendlyName: null, uniqueName: null })
  expect(receiver.received[0]?.parameters).not.toHaveProperty('UniqueName')
  expect(receiver.received[0]?.parameters).not.toHaveProperty('FriendlyName')
})

async function givenScene(server: TestServer, rest: Actors['rest'] & { sid: string }): Promise<Scene> {
  const actors = await givenActors(server, rest)
  const { messages, members } = rest.channels('lobby')
  await members.create({ identity: 'bob' })
  const { sid } = await messages.create({ from: 'alice', body: 'old', attributes: '"old"' })
  return { ...actors, media: await givenMedia(server, rest.sid), messageSid: sid }
}

async function describeMember({ member }: Scene, identity: string, more: Values): Promise<Values> {
  const { sid, channelSid, roleSid } = await member(identity)
  return {
    ...{ ChannelSid: channelSid, MemberSid: sid, Identity: identity, RoleSid: roleSid, Attributes: '{}' },
    ...{ DateCreated: ANY_DATE, DateUpdated: ANY_DATE, ...more },
  }
}
