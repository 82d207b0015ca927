// What whoever is asked may change in a user's action, and what becomes of it (rest-v2.md §4.4).
import { expect, test } from 'vitest'
import type { UserCaller } from '../../src/chat/caller.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import type { Intent } from '../../src/chat/intents.ts'
import { addMember, removeMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import type { User } from '../../src/store/users.ts'
import { readEverything, startChat, type TestChat } from '../support/chat.ts'
import { allBut } from '../support/permissions.ts'

type Scene = {
  t: TestChat
  alice: UserCaller
  user: User
  channel: Channel
  member: Member
  message: Message
}
type Verb = (scene: Scene) => Promise<unknown>
type Values = Record<string, unknown>

const VERBS = {
  'send a message': ({ t, alice, channel }) => sendMessage(t.chat, alice, channel, { body: 'mine' }),
  'edit a message': ({ t, alice, channel, message }) =>
    updateMessage(t.chat, alice, channel, message, { body: 'mine' }),
  'create a channel': ({ t, alice }) => createChannel(t.chat, alice, t.service, { friendlyName: 'mine' }),
  'edit a channel': ({ t, alice, channel }) =>
    updateChannel(t.chat, alice, channel, { friendlyName: 'mine' }),
  'add a member': ({ t, alice, channel }) => addMember(t.chat, alice, channel, { identity: 'carol' }),
  'edit a member': ({ t, alice, channel, member }) =>
    updateMember(t.chat, alice, channel, member, { attributes: '"mine"' }),
  'edit a user': ({ t, alice, user }) => updateUser(t.chat, alice, t.service, user, { friendlyName: 'mine' }),
  'move the read horizon': ({ t, alice, user, channel }) =>
    updateUserChannel(t.chat, alice, user, channel, { lastReadIndex: 0 }),
} satisfies Record<string, Verb>
type VerbName = keyof typeof VERBS

const ATTRIBUTES = '{ "by": "webhook" }'
const CHANGES: [VerbName, Values][] = [
  ['send a message', { body: 'theirs', author: 'nobody here', attributes: ATTRIBUTES }],
  ['edit a message', { body: 'theirs', author: 'nobody here', attributes: ATTRIBUTES }],
  ['create a channel', { friendlyName: 'theirs', uniqueName: 'lobby', attributes: ATTRIBUTES }],
  ['edit a channel', { friendlyName: 'theirs', uniqueName: 'lobby', attributes: ATTRIBUTES }],
  ['add a member', { attributes: ATTRIBUTES }],
  ['edit a member', { attributes: ATTRIBUTES }],
  ['edit a user', { friendlyName: 'theirs', attributes: ATTRIBUTES }],
]

test.each(CHANGES)('to %s: what the answer changes is done', async (verb, values) => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)
  answerWith(t, values)

  const row = await VERBS[verb](scene)

  expect(row).toMatchObject(values)
})

test('the answer chooses roles, which the user cannot', async () => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)
  const channelRole = { roleSid: (await t.givenRole('channel', ['sendMessage'])).sid }
  const serviceRole = { roleSid: (await t.givenRole('deployment', ['joinChannel'])).sid }

  answerWith(t, channelRole)
  expect(await VERBS['add a member'](scene)).toMatchObject(channelRole)
  expect(await VERBS['edit a member'](scene)).toMatchObject(channelRole)
  answerWith(t, serviceRole)
  expect(await VERBS['edit a user'](scene)).toMatchObject(serviceRole)
})

const LONG_NAME = 'n'.repeat(257)
const LONG_BODY = 'b'.repeat(32_769)
const LONG_ATTRIBUTES = JSON.stringify('a'.repeat(4_095))
const NO_ROLE = `RL${'0'.repeat(32)}`
const WRONG: [VerbName, number, Values][] = [
  ['send a message', 50504, { body: LONG_BODY }],
  ['send a message', 50303, { attributes: LONG_ATTRIBUTES }],
  ['send a message', 50304, { attributes: '{' }],
  ['send a message', 50310, { author: LONG_NAME }],
  ['edit a message', 50504, { body: LONG_BODY }],
  ['edit a message', 50303, { attributes: LONG_ATTRIBUTES }],
  ['edit a message', 50304, { attributes: '{' }],
  ['edit a message', 50310, { author: LONG_NAME }],
  ['create a channel', 50003, { friendlyName: LONG_NAME }],
  ['create a channel', 50004, { uniqueName: LONG_NAME }],
  ['create a channel', 50306, { uniqueName: `CH${'0'.repeat(32)}` }],
  ['create a channel', 50307, { uniqueName: 'taken' }],
  ['create a channel', 50304, { attributes: '{' }],
  ['edit a channel', 50003, { friendlyName: LONG_NAME }],
  ['edit a channel', 50004, { uniqueName: LONG_NAME }],
  ['edit a channel', 50307, { uniqueName: 'taken' }],
  ['edit a channel', 50304, { attributes: '{' }],
  ['add a member', 50303, { attributes: LONG_ATTRIBUTES }],
  ['add a member', 50100, { roleSid: NO_ROLE }],
  ['edit a member', 50303, { attributes: LONG_ATTRIBUTES }],
  ['edit a member', 50100, { roleSid: NO_ROLE }],
  ['edit a member', 50406, { lastReadIndex: -1 }],
  ['edit a user', 50003, { friendlyName: LONG_NAME }],
  ['edit a user', 50304, { attributes: '{' }],
  ['edit a user', 50100, { roleSid: NO_ROLE }],
  ['move the read horizon', 50406, { lastReadIndex: -1 }],
  ['move the read horizon', 50304, { attributes: '{' }],
  ['move the read horizon', 50303, { attributes: LONG_ATTRIBUTES }],
]

test.each(WRONG)('to %s: fails with %i when a value in the answer is wrong', async (verb, code, values) => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)
  await t.givenChannel({ uniqueName: 'taken' })
  const before = await readEverything(t.chat.db)
  t.published.length = 0
  answerWith(t, values)

  await expect(VERBS[verb](scene)).rejects.toMatchObject({ code })

  expect(await readEverything(t.chat.db)).toEqual(before)
  expect(t.published).toEqual([])
})

test('a role of the wrong type in the answer fails', async () => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)

  answerWith(t, { roleSid: t.service.defaultServiceRoleSid })
  await expect(VERBS['add a member'](scene)).rejects.toMatchObject({ code: 50101 })
  await expect(VERBS['edit a member'](scene)).rejects.toMatchObject({ code: 50101 })
  answerWith(t, { roleSid: t.service.defaultChannelRoleSid })
  await expect(VERBS['edit a user'](scene)).rejects.toMatchObject({ code: 50102 })
})

test('the answer gives no body to a media message', async () => {
  await using t = await startChat('sqlite')
  const { alice, channel } = await givenScene(t)
  const message = await t.givenMessage(channel, { mediaSids: [(await t.givenMedia()).sid] })
  answerWith(t, { body: 'theirs' })

  const edit = updateMessage(t.chat, alice, channel, message, { attributes: '[1]' })

  await expect(edit).rejects.toMatchObject({ code: 50509 })
})

test('what others change while the answer is awaited stays as they changed it', async () => {
  await using t = await startChat('sqlite')
  const { chat, account } = t
  const { alice, channel, message } = await givenScene(t)
  chat.askBefore = async (intent) => {
    await updateMessage(chat, account, channel, message, { attributes: '"meanwhile"' })
    return intent
  }

  const edited = await updateMessage(chat, alice, channel, message, { body: 'mine' })

  expect(edited).toMatchObject({ body: 'mine', attributes: '"meanwhile"' })
})

test('what others delete while the answer is awaited is not found', async () => {
  await using t = await startChat('sqlite')
  const { chat, account } = t
  const scene = await givenScene(t)
  const { channel, member, message } = scene
  const meanwhile = (work: () => Promise<void>) => {
    chat.askBefore = async (intent) => {
      await work()
      return intent
    }
  }

  meanwhile(() => removeMessage(chat, account, channel, message))
  await expect(VERBS['edit a message'](scene)).rejects.toMatchObject({ status: 404, code: 50500 })
  meanwhile(() => removeMember(chat, account, channel, member))
  await expect(VERBS['edit a member'](scene)).rejects.toMatchObject({ status: 404, code: 50402 })
  await t.givenMember(channel, { identity: 'alice', may: allBut('channel') })
  meanwhile(() => deleteChannel(chat, account, channel))
  await expect(VERBS['send a message'](scene)).rejects.toMatchObject({ status: 404, code: 50300 })
})

/** From here on, whoever is asked puts these values into what the user wants. */
function answerWith(t: TestChat, values: Values): void {
  t.chat.askBefore = async <I extends Intent>(intent: I) => {
    const key = 'draft' in intent ? 'draft' : 'change'
    return { ...intent, [key]: { ...(intent as unknown as Record<string, Values>)[key], ...values } }
  }
}

async function givenScene(t: TestChat): Promise<Scene> {
  const identity = 'alice'
  const user = await t.givenUser({ identity, may: allBut('deployment') })
  const channel = await t.givenChannel()
  const member = await t.givenMember(channel, { identity, may: allBut('channel') })
  const message = await t.givenMessage(channel, { author: identity, body: 'old' })
  return { t, alice: t.asUser(user), user, channel, member, message }
}
