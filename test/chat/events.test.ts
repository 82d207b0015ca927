// What listeners are told after each verb: exactly these events, in this order.
import { describe, expect, test } from 'vitest'
import { deleteBinding } from '../../src/chat/bindings.ts'
import type { AccountCaller } from '../../src/chat/caller.ts'
import { createWebhook, deleteWebhook, updateWebhook } from '../../src/chat/channel-webhooks.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import { createCredential, deleteCredential, updateCredential } from '../../src/chat/credentials.ts'
import type { ChatFact } from '../../src/chat/events.ts'
import { createInvite, deleteInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createRole, deleteRole, updateRole } from '../../src/chat/roles.ts'
import { createService, deleteService, updateService } from '../../src/chat/services.ts'
import { leaveUserChannel, updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, deleteUser, requireUser, updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import { findUserChannelItem, type UserChannel } from '../../src/store/user-channels.ts'
import type { User } from '../../src/store/users.ts'
import { startChat, type TestChat } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'

type Scene = Awaited<ReturnType<typeof givenScene>>
/** Runs a verb; what it returns is what listeners are to be told. */
type Trial = (scene: Scene) => Promise<unknown[]>

const OF_SERVICES: Record<string, Trial> = {
  async createService({ chat, account }) {
    await createService(chat, account, { friendlyName: 'new' })
    return []
  },
  async updateService({ chat, account, service }) {
    return [
      fact('service.updated', {
        service: await updateService(chat, account, service, { friendlyName: 'new' }),
        reachabilityBegan: false,
      }),
    ]
  },
  async deleteService({ chat, account, service }) {
    await deleteService(chat, account, service)
    return [fact('service.removed', { service })]
  },
  async 'createRole, deleteRole'({ chat, account, service }) {
    const draft = { friendlyName: 'new', type: 'channel', permissions: [] } as const
    await deleteRole(chat, account, await createRole(chat, account, service, { ...draft, permissions: [] }))
    return []
  },
  async updateRole({ chat, account, role }) {
    return [fact('role.updated', { role: await updateRole(chat, account, role, ['leaveChannel']) })]
  },
  async 'createCredential, updateCredential, deleteCredential'({ chat, account }) {
    const credential = await createCredential(chat, account, { type: 'fcm', secret: 'old' })
    await updateCredential(chat, account, credential, { secret: 'new' })
    await deleteCredential(chat, account, credential)
    return []
  },
  async 'createWebhook, updateWebhook, deleteWebhook'({ chat, account, channel }) {
    const url = 'http://localhost/hook'
    const webhook = await createWebhook(chat, account, channel, { type: 'trigger', url, triggers: ['help'] })
    await updateWebhook(chat, account, channel, webhook, { triggers: ['me'] })
    await deleteWebhook(chat, account, channel, webhook)
    return []
  },
}

const OF_USERS: Record<string, Trial> = {
  async createUser({ chat, account, service }) {
    return [fact('user.added', { user: await createUser(chat, account, service, { identity: 'carol' }) })]
  },
  async updateUser({ chat, account, service, alice }) {
    const user = await updateUser(chat, account, service, alice, { friendlyName: 'new' })
    return [fact('user.updated', { user })]
  },
  async 'deleteUser of a member'({ t, chat, account, alice, channel, member }) {
    await deleteUser(chat, account, alice)
    const now = await t.reread(channel)
    return [
      fact('member.removed', {
        channel: now,
        member: { ...member, lastEvent: now.rosterEvent },
        userChannel: tombstone(alice, channel, 'joined'),
      }),
      fact('user.removed', { user: alice }),
    ]
  },
  async 'deleteUser of somebody invited'({ chat, account, bob }) {
    await deleteUser(chat, account, bob)
    return [fact('user.removed', { user: bob })]
  },
  async 'deleteBinding of several'({ t, chat, account, alice, binding }) {
    await t.givenBinding(alice, 'tablet')
    await deleteBinding(chat, account, binding)
    return toldToWebhooks(account, fact('binding.removed', { binding }))
  },
  async 'deleteBinding of the last, reachability off'({ chat, account, service, alice, binding }) {
    await deleteBinding(chat, account, binding)
    expect(await requireUser(chat, service, alice.sid)).toMatchObject({ isNotifiable: 0 })
    return toldToWebhooks(account, fact('binding.removed', { binding }))
  },
  async 'deleteBinding of the last'({ chat, account, service, alice, binding }) {
    const reachable = await updateService(chat, account, service, { reachabilityEnabled: 1 })
    await deleteBinding(chat, account, binding)
    const user = await requireUser(chat, service, alice.sid)
    expect(user.isNotifiable).toBe(0)
    return [
      fact('service.updated', { service: reachable, reachabilityBegan: true }),
      ...toldToWebhooks(account, fact('binding.removed', { binding }), fact('user.updated', { user })),
    ]
  },
  async 'updateUserChannel: level'({ chat, account, alice, channel }) {
    await updateUserChannel(chat, account, alice, channel, { notificationLevel: 'muted' })
    const userChannel = await item(chat.db, alice, channel)
    return [fact('userChannel.updated', { userChannel, channelType: 'public', lastReadIndex: null })]
  },
  async 'updateUserChannel: level and horizon'({ t, chat, account, alice, channel }) {
    await updateUserChannel(chat, account, alice, channel, { notificationLevel: 'muted', lastReadIndex: 0 })
    const userChannel = await item(chat.db, alice, channel)
    const member = await requireMember(chat, channel, 'alice')
    const onTheWay = { ...userChannel, notificationLevel: 'default', lastEvent: userChannel.lastEvent - 1 }
    return [
      fact('member.updated', {
        channel: await t.reread(channel),
        member,
        edited: true,
        readHorizonMoved: true,
      }),
      fact('userChannel.updated', { userChannel: onTheWay, channelType: 'public', lastReadIndex: 0 }),
      fact('userChannel.updated', { userChannel, channelType: 'public', lastReadIndex: 0 }),
    ]
  },
}

const OF_CHANNELS: Record<string, Trial> = {
  async createChannel({ chat, account, service }) {
    return [fact('channel.created', { channel: await createChannel(chat, account, service, {}) })]
  },
  async updateChannel({ chat, account, channel }) {
    const updated = await updateChannel(chat, account, channel, { friendlyName: 'new' })
    return [fact('channel.updated', { channel: updated, edited: true, becamePrivate: false })]
  },
  async 'updateChannel: type'({ chat, account, channel }) {
    const updated = await updateChannel(chat, account, channel, { type: 'private' })
    return [fact('channel.updated', { channel: updated, edited: true, becamePrivate: true })]
  },
  async deleteChannel({ chat, account, alice, channel }) {
    await deleteChannel(chat, account, channel)
    return [fact('channel.removed', { channel, userChannels: [tombstone(alice, channel, 'joined')] })]
  },
  async 'addMember of a user'({ t, chat, account, bob, channel }) {
    const member = await addMember(chat, account, channel, { identity: 'bob' })
    return [fact('member.added', await seen(t, bob, channel, { member }))]
  },
  async 'addMember of an unknown identity'({ t, chat, account, service, channel }) {
    const member = await addMember(chat, account, channel, { identity: 'carol' })
    const carol = await requireUser(chat, service, 'carol')
    return [
      fact('user.added', { user: { ...carol, joinedChannelsCount: 0, channelsEvent: 0 } }),
      fact('member.added', await seen(t, carol, channel, { member })),
    ]
  },
  async 'addMember of somebody invited'({ t, chat, account, bob, room }) {
    const member = await addMember(chat, account, room, { identity: 'bob' })
    return [fact('member.added', await seen(t, bob, room, { member }))]
  },
  async 'updateMember: attributes'({ t, chat, account, channel, member }) {
    const updated = await updateMember(chat, account, channel, member, { attributes: '[1]' })
    return [
      fact('member.updated', {
        channel: await t.reread(channel),
        member: updated,
        edited: true,
        readHorizonMoved: false,
      }),
    ]
  },
  async 'updateMember: horizon'({ t, chat, account, alice, channel, member }) {
    const updated = await updateMember(chat, account, channel, member, { lastReadIndex: 0 })
    return [
      fact('member.updated', {
        channel: await t.reread(channel),
        member: updated,
        edited: true,
        readHorizonMoved: true,
      }),
      fact('userChannel.updated', {
        userChannel: await item(chat.db, alice, channel),
        channelType: 'public',
        lastReadIndex: 0,
      }),
    ]
  },
  async removeMember(scene) {
    await removeMember(scene.chat, scene.account, scene.channel, scene.member)
    return memberRemoved(scene)
  },
  async 'leaveUserChannel of a member'(scene) {
    await leaveUserChannel(scene.chat, scene.account, scene.alice, scene.channel)
    return memberRemoved(scene)
  },
  async createInvite({ chat, account, bob, channel }) {
    const invite = await createInvite(chat, account, channel, { identity: 'bob' })
    return [fact('invite.added', { channel, invite, userChannel: await item(chat.db, bob, channel) })]
  },
  async deleteInvite({ chat, account, bob, room, invite }) {
    await deleteInvite(chat, account, room, invite)
    return [fact('invite.removed', { channel: room, invite, userChannel: tombstone(bob, room, 'invited') })]
  },
  async 'createInvite to a channel that was changed meanwhile'({ t, chat, account, bob, channel }) {
    const renamed = await updateChannel(chat, account, channel, { friendlyName: 'new' })
    const invite = await createInvite(chat, account, channel, { identity: 'bob' })
    return [
      fact('channel.updated', { channel: renamed, edited: true, becamePrivate: false }),
      fact('invite.added', await seen(t, bob, channel, { invite })),
    ]
  },
  async 'deleteInvite to a channel that was changed meanwhile'({ chat, account, bob, room, invite }) {
    const renamed = await updateChannel(chat, account, room, { friendlyName: 'new' })
    await deleteInvite(chat, account, room, invite)
    return [
      fact('channel.updated', { channel: renamed, edited: true, becamePrivate: false }),
      fact('invite.removed', { channel: renamed, invite, userChannel: tombstone(bob, room, 'invited') }),
    ]
  },
  async 'leaveUserChannel of somebody invited'({ chat, account, bob, room, invite }) {
    await leaveUserChannel(chat, account, bob, room)
    return [fact('invite.removed', { channel: room, invite, userChannel: tombstone(bob, room, 'invited') })]
  },
  async sendMessage({ t, chat, account, channel }) {
    const message = await sendMessage(chat, account, channel, { body: 'hi' })
    return [fact('message.sent', { channel: await t.reread(channel), message })]
  },
  async updateMessage({ t, chat, account, channel, message }) {
    const updated = await updateMessage(chat, account, channel, message, { body: 'new' })
    return [fact('message.updated', { channel: await t.reread(channel), message: updated, edited: true })]
  },
  async removeMessage({ t, chat, account, channel, message }) {
    await removeMessage(chat, account, channel, message)
    const now = await t.reread(channel)
    return [fact('message.removed', { channel: now, message: { ...message, lastEvent: now.messagesEvent } })]
  },
}

/** Also where the request does not ask for it. */
function toldToWebhooks(account: AccountCaller, ...facts: object[]): object[] {
  return facts.map((one) => ({ ...one, by: { ...account, webhooks: true } }))
}

const TRIALS = Object.entries({ ...OF_SERVICES, ...OF_USERS, ...OF_CHANNELS })

describe.each(ENGINES)('on %s', (engine) => {
  test.each(TRIALS)('%s', async (_, trial) => {
    await using t = await startChat(engine)
    const scene = await givenScene(t)
    t.published.length = 0
    t.clock.now += 60_000

    const expected = await trial(scene)

    const circumstances = { by: t.account, serviceSid: t.service.sid, at: t.clock.now }
    expect(t.published).toEqual(expected.map((it) => ({ ...circumstances, ...(it as object) })))
  })
})

const fact = (type: ChatFact['type'], rows: Record<string, unknown>) => ({ type, ...rows })

async function item(db: Scene['chat']['db'], user: User, channel: Channel): Promise<UserChannel> {
  return (await findUserChannelItem(db, user.sid, channel.sid)) as UserChannel
}

function tombstone({ sid }: User, channel: Channel, status: UserChannel['status']) {
  return expect.objectContaining({ userSid: sid, channelSid: channel.sid, status, deleted: 1 })
}

/** The channel and the user's item of it as they are now, with the rest. */
async function seen(t: TestChat, user: User, channel: Channel, rest: object) {
  return { channel: await t.reread(channel), userChannel: await item(t.chat.db, user, channel), ...rest }
}

async function memberRemoved({ t, alice, channel, member }: Scene) {
  const now = await t.reread(channel)
  const userChannel = tombstone(alice, channel, 'joined')
  return [
    fact('member.removed', { channel: now, member: { ...member, lastEvent: now.rosterEvent }, userChannel }),
  ]
}

/** alice, in a channel with a message, and with a device; bob, invited to a room. */
async function givenScene(t: TestChat) {
  const { chat, account, service } = t
  const role = await t.givenRole('channel', ['sendMessage'])
  const [channel, room] = [await t.givenChannel(), await t.givenChannel()]
  const member = await t.givenMember(channel, { identity: 'alice' })
  await t.givenUser({ identity: 'bob' })
  const invite = await createInvite(chat, account, room, { identity: 'bob' })
  const message = await t.givenMessage(channel)
  const [alice, bob] = [await requireUser(chat, service, 'alice'), await requireUser(chat, service, 'bob')]
  const binding = await t.givenBinding(alice)
  return {
    ...{ t, chat, account, service, role, room, member, invite, message, alice, bob, binding },
    channel: await t.reread(channel),
  }
}
