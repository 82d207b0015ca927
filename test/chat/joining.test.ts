// Into a channel and out of it again, by one's own will (rest-v2.md §2.5, §2.8, §3.3).
import { expect, test } from 'vitest'
import { createInvite, deleteInvite, requireInvite, requireInviteOf } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember } from '../../src/chat/members.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import { fetchUserChannel, leaveUserChannel } from '../../src/chat/user-channels.ts'
import { requireUser } from '../../src/chat/users.ts'
import type { ChannelType } from '../../src/store/channels.ts'
import { startChat, type TestChat } from '../support/chat.ts'
import { allBut } from '../support/permissions.ts'

const NOT_AUTHORIZED = { status: 403, code: 50107 }
const TYPES: readonly ChannelType[] = ['public', 'private']

test.each(TYPES)(
  'an invite to a %s channel is enough to join it, under the role of the invite',
  async (type) => {
    await using t = await startChat('sqlite')
    const { alice } = await givenAlice(t)
    const channel = await t.givenChannel({ type })
    const role = await t.givenRole('channel', ['sendMessage'])
    const invite = await createInvite(t.chat, t.account, channel, { identity: 'alice', roleSid: role.sid })

    const member = await addMember(t.chat, alice, channel, { identity: 'alice' })

    expect(member).toMatchObject({ identity: 'alice', roleSid: role.sid })
    await expect(requireInvite(t.chat, channel, invite.sid)).rejects.toMatchObject({ code: 50601 })
    expect(
      await fetchUserChannel(t.chat, await requireUser(t.chat, t.service, 'alice'), channel),
    ).toMatchObject({
      status: 'joined',
      memberSid: member.sid,
    })
    await sendMessage(t.chat, alice, channel, { body: 'hi' })
  },
)

test.each(TYPES)('the invite of another does not let one into a %s channel', async (type) => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  await t.givenUser({ identity: 'bob' })
  const channel = await t.givenChannel({ type })
  await createInvite(t.chat, t.account, channel, { identity: 'bob' })

  await expect(addMember(t.chat, alice, channel, { identity: 'alice' })).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('whoever made a private channel joins it under the role of creators', async () => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  const channel = await t.givenChannel({ type: 'private', createdBy: 'alice' })

  const member = await addMember(t.chat, alice, channel, { identity: 'alice' })

  expect(member.roleSid).toBe(t.service.defaultChannelCreatorRoleSid)
})

test('to have made a public channel does not stand in for joinChannel', async () => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  const channel = await t.givenChannel({ type: 'public', createdBy: 'alice' })

  await expect(addMember(t.chat, alice, channel, { identity: 'alice' })).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('whoever joins without an invite gets the default role', async () => {
  await using t = await startChat('sqlite')
  const alice = t.asUser(await t.givenUser({ identity: 'alice', may: ['joinChannel'] }))
  const channel = await t.givenChannel()

  const member = await addMember(t.chat, alice, channel, { identity: 'alice' })

  expect(member.roleSid).toBe(t.service.defaultChannelRoleSid)
})

test.each(TYPES)(
  'an own invite to a %s channel can always be declined, and is used up by that',
  async (type) => {
    await using t = await startChat('sqlite')
    const { alice, user } = await givenAlice(t)
    const channel = await t.givenChannel({ type })
    const invite = await createInvite(t.chat, t.account, channel, { identity: 'alice' })

    await deleteInvite(t.chat, alice, channel, invite)

    await expect(requireInvite(t.chat, channel, invite.sid)).rejects.toMatchObject({ code: 50601 })
    await expect(addMember(t.chat, alice, channel, { identity: 'alice' })).rejects.toMatchObject(
      NOT_AUTHORIZED,
    )
    await createInvite(t.chat, t.account, channel, { identity: 'alice' })
    await leaveUserChannel(t.chat, alice, user, channel)
    await expect(addMember(t.chat, alice, channel, { identity: 'alice' })).rejects.toMatchObject(
      NOT_AUTHORIZED,
    )
  },
)

test('who is a member already has no invite to decline', async () => {
  await using t = await startChat('sqlite')
  await givenAlice(t)
  const channel = await t.givenChannel({ type: 'private' })
  await createInvite(t.chat, t.account, channel, { identity: 'alice' })
  await addMember(t.chat, t.account, channel, { identity: 'alice' })

  const declined = requireInviteOf(t.chat, channel, 'alice')
  await expect(declined).rejects.toMatchObject({ status: 409, code: 50602 })
  await expect(requireInviteOf(t.chat, channel, 'bob')).rejects.toMatchObject({ status: 404, code: 50601 })
})

test('the invite and the channel of another cannot be left for them', async () => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  const [bob, carol] = [await t.givenUser({ identity: 'bob' }), await t.givenUser({ identity: 'carol' })]
  const channel = await t.givenChannel()
  await t.givenMember(channel, { identity: 'alice', may: allBut('channel', 'inviteMember', 'removeMember') })
  await t.givenMember(channel, { identity: 'bob' })
  await createInvite(t.chat, t.account, channel, { identity: 'carol' })

  await expect(leaveUserChannel(t.chat, alice, bob, channel)).rejects.toMatchObject(NOT_AUTHORIZED)
  await expect(leaveUserChannel(t.chat, alice, carol, channel)).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('who has left a private channel needs a new way in', async () => {
  await using t = await startChat('sqlite')
  const { alice } = await givenAlice(t)
  const channel = await t.givenChannel({ type: 'private' })
  await createInvite(t.chat, t.account, channel, { identity: 'alice' })
  const member = await addMember(t.chat, alice, channel, { identity: 'alice' })

  await removeMember(t.chat, alice, channel, member)

  await expect(requireMember(t.chat, channel, 'alice')).rejects.toMatchObject({ code: 50402 })
  await expect(addMember(t.chat, alice, channel, { identity: 'alice' })).rejects.toMatchObject(NOT_AUTHORIZED)
})

/** A user whose service role grants everything but ways into a channel. */
async function givenAlice(t: TestChat) {
  const may = allBut('deployment', 'joinChannel', 'addMember', 'inviteMember', 'removeMember')
  const user = await t.givenUser({ identity: 'alice', may })
  return { user, alice: t.asUser(user) }
}
