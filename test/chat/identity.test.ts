// A user acts under the own identity, and whatever the roles: not in the name of others, not in another time,
// and without a say in who has which role (rest-v2.md §2, §3.3).
import { expect, test } from 'vitest'
import { deleteBinding } from '../../src/chat/bindings.ts'
import {
  createWebhook,
  deleteWebhook,
  updateWebhook,
  type WebhookDraft,
} from '../../src/chat/channel-webhooks.ts'
import { createChannel, updateChannel } from '../../src/chat/channels.ts'
import { createCredential, deleteCredential, updateCredential } from '../../src/chat/credentials.ts'
import { createInvite, listInvites } from '../../src/chat/invites.ts'
import { addMember, listMembers, requireMember, updateMember } from '../../src/chat/members.ts'
import { sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createRole, deleteRole, updateRole } from '../../src/chat/roles.ts'
import { createService, deleteService, updateService } from '../../src/chat/services.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, deleteUser, requireUser, updateUser } from '../../src/chat/users.ts'
import { readEverything, startChat, type TestChat } from '../support/chat.ts'
import { allBut } from '../support/permissions.ts'

const NOT_AUTHORIZED = { status: 403, code: 50107 }
const MAY_NOT_SET_ROLE = { status: 403, code: 50205 }
const LONG_AGO = 1_000_000_000_000
const PAGE = { size: 50, from: null } as const

test('what a user writes bears the own identity and the time it was written', async () => {
  await using t = await startChat('sqlite')
  const { alice, channel } = await givenAlice(t)
  const { now } = t.clock
  const others = { createdAt: LONG_AGO, updatedAt: LONG_AGO }

  const message = await sendMessage(t.chat, alice, channel, {
    ...others,
    ...{ author: 'bob', lastUpdatedBy: 'bob', body: 'hi' },
  })
  const made = await createChannel(t.chat, alice, t.service, { ...others, createdBy: 'bob', type: 'private' })
  const invite = await createInvite(t.chat, alice, channel, { identity: 'bob' })

  const today = { createdAt: now, updatedAt: now }
  expect(message).toMatchObject({ ...today, author: 'alice', lastUpdatedBy: null, wasEdited: 0, body: 'hi' })
  expect(made).toMatchObject({ ...today, createdBy: 'alice', type: 'private' })
  expect(invite).toMatchObject({ ...today, createdBy: 'alice' })
})

test('what a user edits bears the name of the user', async () => {
  await using t = await startChat('sqlite')
  const { alice, channel } = await givenAlice(t)
  const message = await t.givenMessage(channel, { author: 'bob', body: 'old' })

  const edited = await updateMessage(t.chat, alice, channel, message, { body: 'new' })

  expect(edited).toMatchObject({ author: 'bob', lastUpdatedBy: 'alice', wasEdited: 1 })
})

test('authors and dates of messages and members are not for users', async () => {
  await using t = await startChat('sqlite')
  const { chat } = t
  const { alice, channel, member } = await givenAlice(t)
  const own = await sendMessage(chat, alice, channel, { body: 'hi' })
  const before = await readEverything(chat.db)

  const forbidden = [
    { author: 'bob' },
    { lastUpdatedBy: 'bob' },
    { createdAt: LONG_AGO },
    { updatedAt: LONG_AGO },
  ]
  for (const change of forbidden) {
    const attempt = updateMessage(chat, alice, channel, own, { body: 'new', ...change })
    await expect(attempt, JSON.stringify(change)).rejects.toMatchObject(NOT_AUTHORIZED)
  }
  for (const change of [{ createdAt: LONG_AGO }, { updatedAt: LONG_AGO }]) {
    const attempt = updateMember(chat, alice, channel, member, { attributes: '[1]', ...change })
    await expect(attempt, JSON.stringify(change)).rejects.toMatchObject(NOT_AUTHORIZED)
  }

  expect(await readEverything(chat.db)).toEqual(before)
})

test('the creator and the dates of a channel stay, whatever a user asks for', async () => {
  await using t = await startChat('sqlite')
  const { alice, channel } = await givenAlice(t)

  for (const change of [{ createdBy: 'bob' }, { createdAt: LONG_AGO }, { updatedAt: LONG_AGO }]) {
    await updateChannel(t.chat, alice, channel, change).catch(() => {})
  }
  expect(await t.reread(channel)).toEqual(channel)
})

test('no user turns a public channel into a private one', async () => {
  await using t = await startChat('sqlite')
  const { alice, channel } = await givenAlice(t)

  await updateChannel(t.chat, alice, channel, { type: 'private' }).catch(() => {})

  expect(await t.reread(channel)).toEqual(channel)
})

test('whoever joins or adds another sets neither dates nor the read horizon of another', async () => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  const channel = await t.givenChannel()
  const draft = { createdAt: LONG_AGO, updatedAt: LONG_AGO }

  await addMember(t.chat, alice, channel, { identity: 'alice', ...draft }).catch(() => {})
  await addMember(t.chat, alice, channel, { identity: 'bob', lastReadIndex: 5, ...draft }).catch(() => {})

  const { items } = await listMembers(t.chat, channel, [], PAGE)
  expect(
    items.filter(({ createdAt, updatedAt }) => createdAt === LONG_AGO || updatedAt === LONG_AGO),
  ).toEqual([])
  expect(items.filter(({ lastReadIndex }) => lastReadIndex !== null)).toEqual([])
})

test('no user sets a role: not of users, nor of members', async () => {
  await using t = await startChat('sqlite')
  const { chat, service } = t
  const { alice, channel, member } = await givenAlice(t)
  const bob = await requireUser(chat, service, 'bob')
  const other = await t.givenMember(channel, { identity: 'bob' })
  const { defaultServiceRoleSid, defaultChannelCreatorRoleSid: roleSid } = service
  const toUser = { roleSid: defaultServiceRoleSid }

  const self = await requireUser(chat, service, 'alice')
  await expect(updateUser(chat, alice, service, self, toUser)).rejects.toMatchObject(MAY_NOT_SET_ROLE)
  await expect(updateUser(chat, alice, service, bob, toUser)).rejects.toMatchObject(MAY_NOT_SET_ROLE)
  await expect(updateMember(chat, alice, channel, member, { roleSid })).rejects.toMatchObject(
    MAY_NOT_SET_ROLE,
  )
  await expect(updateMember(chat, alice, channel, other, { roleSid })).rejects.toMatchObject(MAY_NOT_SET_ROLE)
})

test('no user chooses the role under which somebody joins, is added or is invited', async () => {
  await using t = await startChat('sqlite')
  const { chat } = t
  const { alice } = await givenAlice(t)
  const channel = await t.givenChannel()
  const roleSid = t.service.defaultChannelCreatorRoleSid

  const outcomes = await Promise.allSettled([
    addMember(chat, alice, channel, { identity: 'alice', roleSid }),
    addMember(chat, alice, channel, { identity: 'carol', roleSid }),
    createInvite(chat, alice, channel, { identity: 'bob', roleSid }),
  ])

  const codes = outcomes.map((it) => (it.status === 'rejected' ? it.reason.code : 'allowed'))
  expect(codes).toEqual([50205, 50205, 50205])
  expect((await listMembers(chat, channel, [], PAGE)).items).toEqual([])
  expect((await listInvites(chat, channel, [], PAGE)).items).toEqual([])
})

test('members move their own read horizon without any permission, and nobody moves that of another', async () => {
  await using t = await startChat('sqlite')
  const { chat } = t
  const user = await t.givenUser({ identity: 'carol', may: allBut('deployment') })
  const carol = t.asUser(user)
  const channel = await t.givenChannel()
  const own = await t.givenMember(channel, { identity: 'carol', may: ['leaveChannel'] })
  const other = await t.givenMember(channel, { identity: 'bob' })
  const bob = await requireUser(chat, t.service, 'bob')

  await updateMember(chat, carol, channel, own, { lastReadIndex: 3 })
  await updateUserChannel(chat, carol, user, channel, { lastReadIndex: 4 })
  expect(await requireMember(chat, channel, 'carol')).toMatchObject({
    lastReadIndex: 4,
    lastReadAt: t.clock.now,
  })

  const moveMember = updateMember(chat, carol, channel, other, { lastReadIndex: 3 })
  await expect(moveMember).rejects.toMatchObject(NOT_AUTHORIZED)
  const moveUserChannel = updateUserChannel(chat, carol, bob, channel, { lastReadIndex: 3 })
  await expect(moveUserChannel).rejects.toMatchObject(NOT_AUTHORIZED)
  const mute = updateUserChannel(chat, carol, bob, channel, { notificationLevel: 'muted' })
  await expect(mute).rejects.toMatchObject(NOT_AUTHORIZED)
  expect(await requireMember(chat, channel, 'bob')).toEqual(other)
})

test('services, roles, users, credentials, webhooks and bindings are made, changed and deleted by the account only', async () => {
  await using t = await startChat('sqlite')
  const { chat, account, service } = t
  const { alice, channel } = await givenAlice(t)
  const role = await t.givenRole('channel', ['sendMessage'])
  const bob = await requireUser(chat, service, 'bob')
  const credential = await createCredential(chat, account, { type: 'fcm', secret: 'key' })
  const draft: WebhookDraft = { type: 'trigger', url: 'http://localhost/hook', triggers: ['help'] }
  const webhook = await createWebhook(chat, account, channel, draft)
  const binding = await t.givenBinding(bob)
  const before = await readEverything(chat.db)

  const outcomes = await Promise.allSettled([
    createService(chat, alice, { friendlyName: 'mine' }),
    updateService(chat, alice, service, { friendlyName: 'mine' }),
    deleteService(chat, alice, service),
    createRole(chat, alice, service, { friendlyName: 'mine', type: 'channel', permissions: [] }),
    updateRole(chat, alice, role, ['leaveChannel']),
    deleteRole(chat, alice, role),
    createUser(chat, alice, service, { identity: 'carol' }),
    deleteUser(chat, alice, bob),
    createCredential(chat, alice, { type: 'fcm', secret: 'key' }),
    updateCredential(chat, alice, credential, { secret: 'new' }),
    deleteCredential(chat, alice, credential),
    createWebhook(chat, alice, channel, draft),
    updateWebhook(chat, alice, channel, webhook, { retryCount: 1 }),
    deleteWebhook(chat, alice, channel, webhook),
    deleteBinding(chat, alice, binding),
  ])

  const codes = outcomes.map((it) => (it.status === 'rejected' ? it.reason.code : 'allowed'))
  expect(codes).toEqual(outcomes.map(() => 50107))
  expect(await readEverything(chat.db)).toEqual(before)
})

/** A user who may do everything, as a member of a channel; and bob, a user. */
async function givenAlice(t: TestChat) {
  await t.givenUser({ identity: 'bob' })
  const alice = t.asUser(await t.givenUser({ identity: 'alice', may: allBut('deployment') }))
  const channel = await t.givenChannel()
  const member = await t.givenMember(channel, { identity: 'alice', may: allBut('channel') })
  return { alice, channel: await t.reread(channel), member }
}
