// Before a user's action someone may be asked, who lets it happen, changes it or refuses it (rest-v2.md §4.4).
import { describe, expect, test } from 'vitest'
import type { Caller, UserCaller } from '../../src/chat/caller.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import { errors } from '../../src/chat/errors.ts'
import type { Intent } from '../../src/chat/intents.ts'
import { createInvite, deleteInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { leaveUserChannel, updateUserChannel } from '../../src/chat/user-channels.ts'
import { requireUser, updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { Member } from '../../src/store/members.ts'
import type { Message } from '../../src/store/messages.ts'
import type { User } from '../../src/store/users.ts'
import { readEverything, startChat, type TestChat } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'
import { allBut } from '../support/permissions.ts'

/** alice, who may do everything, in a channel with a message of hers and with bob. */
type Scene = { t: TestChat; alice: UserCaller; user: User; channel: Channel; bob: Member; message: Message }
type Trial = {
  type: Intent['type']
  run(scene: Scene, by: Caller): Promise<unknown>
  /** What is asked about. */
  about(scene: Scene): Omit<Intent, 'type'>
}

const TEXT = { body: 'new', attributes: '{"a":1}' }
const NAMES = { friendlyName: 'new', attributes: '{"a":1}' }

const TRIALS: Trial[] = [
  {
    type: 'message.send',
    run: ({ t, channel }, by) => sendMessage(t.chat, by, channel, TEXT),
    about: ({ channel }) => ({ channel, draft: { author: 'alice', ...TEXT } }),
  },
  {
    type: 'message.update',
    run: ({ t, channel, message }, by) => updateMessage(t.chat, by, channel, message, TEXT),
    about: ({ channel, message }) => ({ channel, message, change: TEXT }),
  },
  {
    type: 'message.remove',
    run: ({ t, channel, message }, by) => removeMessage(t.chat, by, channel, message),
    about: ({ channel, message }) => ({ channel, message }),
  },
  {
    type: 'channel.create',
    run: ({ t }, by) => createChannel(t.chat, by, t.service, { uniqueName: 'lobby', ...NAMES }),
    about: () => ({ draft: { uniqueName: 'lobby', ...NAMES } }),
  },
  {
    type: 'channel.update',
    run: ({ t, channel }, by) => updateChannel(t.chat, by, channel, NAMES),
    about: ({ channel }) => ({ channel, change: NAMES }),
  },
  {
    type: 'channel.remove',
    run: ({ t, channel }, by) => deleteChannel(t.chat, by, channel),
    about: ({ channel }) => ({ channel }),
  },
  {
    type: 'member.add',
    run: ({ t, channel }, by) => addMember(t.chat, by, channel, { identity: 'carol' }),
    about: ({ channel }) => ({ channel, draft: { identity: 'carol' } }),
  },
  {
    type: 'member.update',
    run: ({ t, channel, bob }, by) => updateMember(t.chat, by, channel, bob, { attributes: '{"a":1}' }),
    about: ({ channel, bob }) => ({ channel, member: bob, change: { attributes: '{"a":1}' } }),
  },
  {
    type: 'member.remove',
    run: ({ t, channel, bob }, by) => removeMember(t.chat, by, channel, bob),
    about: ({ channel, bob }) => ({ channel, member: bob }),
  },
  {
    type: 'user.update',
    run: ({ t, user }, by) => updateUser(t.chat, by, t.service, user, NAMES),
    about: ({ user }) => ({ user, change: NAMES }),
  },
]

describe.each(ENGINES)('on %s', (engine) => {
  describe.each(TRIALS)('$type', ({ type, run, about }) => {
    test('is asked about once, before anything happens and with no transaction open', async () => {
      await using t = await startChat(engine)
      const scene = await givenScene(t)
      const asked: [Intent, Caller][] = []
      const before = await readEverything(t.chat.db)
      t.chat.askBefore = async (intent, caller) => {
        asked.push([intent, caller])
        expect(await readEverything(t.chat.db)).toEqual(before)
        await writeAsAccount(scene)
        return intent
      }

      await run(scene, scene.alice)

      expect(asked).toEqual([[{ type, ...about(scene) }, scene.alice]])
      expect(t.published.filter(({ by }) => by.kind === 'account')).toHaveLength(2)
      expect(t.published.filter(({ by }) => by.kind === 'user')).not.toEqual([])
    })

    test('changes nothing when it is refused', async () => {
      await using t = await startChat(engine)
      const scene = await givenScene(t)
      const before = await readEverything(t.chat.db)
      t.chat.askBefore = async () => {
        throw errors.webhookRefused()
      }

      await expect(run(scene, scene.alice)).rejects.toMatchObject({ status: 403, code: 50056 })

      expect(await readEverything(t.chat.db)).toEqual(before)
      expect(t.published).toEqual([])
    })
  })
})

test.each(TRIALS)('$type: nobody is asked when the account does it', async ({ run }) => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)
  const { asked } = listen(t)

  await run(scene, t.account)

  expect(asked).toEqual([])
  expect(t.published).not.toEqual([])
})

test('nobody is asked about what is not permitted anyway', async () => {
  await using t = await startChat('sqlite')
  const scene = await givenScene(t)
  const { askedTypes } = listen(t)
  const stranger = t.asUser(await t.givenUser({ identity: 'stranger', may: ['joinChannel'] }))

  for (const { run } of TRIALS) {
    await expect(run(scene, stranger)).rejects.toMatchObject({ code: 50107 })
  }

  expect(askedTypes).toEqual([])
})

test('the other ways to the same deeds ask the same; invites and muting ask nobody', async () => {
  await using t = await startChat('sqlite')
  const { chat } = t
  const { alice, user, channel } = await givenScene(t)
  await t.givenUser({ identity: 'carol' })
  const { askedTypes, asked } = listen(t)

  const invite = await createInvite(chat, alice, channel, { identity: 'carol' })
  await deleteInvite(chat, alice, channel, invite)
  await updateUserChannel(chat, alice, user, channel, { notificationLevel: 'muted' })
  expect(askedTypes).toEqual([])

  const member = await requireMember(chat, channel, 'alice')
  await updateUserChannel(chat, alice, user, channel, { lastReadIndex: 0 })
  expect(asked).toEqual([{ type: 'member.update', channel, member, change: { lastReadIndex: 0 } }])
  await leaveUserChannel(chat, alice, user, channel)
  expect(askedTypes).toEqual(['member.update', 'member.remove'])
})

/** Every intent asked about from here on; all are let through. */
function listen(t: TestChat) {
  const asked: Intent[] = []
  const askedTypes: string[] = []
  t.chat.askBefore = async (intent) => {
    asked.push(intent)
    askedTypes.push(intent.type)
    return intent
  }
  return { asked, askedTypes }
}

/** Two changes that lock the channel and the user: an open transaction of alice's would wait for itself. */
async function writeAsAccount({ t, user, channel }: Scene): Promise<void> {
  await updateChannel(t.chat, t.account, channel, { uniqueName: 'meanwhile' })
  await updateUser(t.chat, t.account, t.service, user, { attributes: '"meanwhile"' })
  expect(await t.reread(channel)).toMatchObject({ uniqueName: 'meanwhile' })
  expect(await requireUser(t.chat, t.service, user.sid)).toMatchObject({ attributes: '"meanwhile"' })
}

async function givenScene(t: TestChat): Promise<Scene> {
  const identity = 'alice'
  const user = await t.givenUser({ identity, may: allBut('deployment') })
  const channel = await t.givenChannel()
  await t.givenMember(channel, { identity, may: allBut('channel') })
  const bob = await t.givenMember(channel, { identity: 'bob' })
  const message = await t.givenMessage(channel, { author: identity, body: 'old' })
  t.published.length = 0
  return { t, alice: t.asUser(user), user, channel: await t.reread(channel), bob, message }
}
