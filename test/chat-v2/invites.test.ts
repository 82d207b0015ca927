// Invites: rest-v2.md §2.8, C.2.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

/** A private channel `club`, the user carol, and her invite. */
async function givenInvite(server: TestServer) {
  const service = await server.givenService()
  const channel = await service.channels.create({ uniqueName: 'club', type: 'private' })
  const carol = await service.users.create({ identity: 'carol' })
  const invite = await service.channels('club').invites.create({ identity: 'carol' })
  return { service, channel, carol, invite, club: service.channels('club') }
}

const channelsOf = async (service: ServiceContext, identity: string) =>
  (await service.users(identity).userChannels.list()).map(({ status, memberSid }) => ({ status, memberSid }))

test('an invite shows the channel to the user, who is no member yet', async () => {
  await using server = await startServer()
  const { service, channel, carol, invite } = await givenInvite(server)
  const { defaultChannelRoleSid } = await service.fetch()

  const url = `${channel.url}/Invites/${invite.sid}`
  expect(invite).toMatchObject({
    sid: expect.stringMatching(/^IN[0-9a-f]{32}$/),
    accountSid: ACCOUNT_SID,
    serviceSid: channel.serviceSid,
    channelSid: channel.sid,
    identity: 'carol',
    roleSid: defaultChannelRoleSid,
    createdBy: 'system',
    url,
  })
  expect(invite.dateUpdated).toEqual(invite.dateCreated)
  for (const key of [channel.sid, 'club']) {
    const { invites } = service.channels(key)
    expect((await invites(invite.sid).fetch()).toJSON()).toEqual(invite.toJSON())
    expect((await invites.list()).map((one) => one.toJSON())).toEqual([invite.toJSON()])
  }
  const userChannel = { status: 'invited', memberSid: null, channelSid: channel.sid, userSid: carol.sid }
  const noMember = { links: { channel: channel.url, member: null } }
  expect(await service.users('carol').userChannels('club').fetch()).toMatchObject({
    ...userChannel,
    ...noMember,
    lastConsumedMessageIndex: null,
    unreadMessagesCount: null,
  })
  expect(await service.users('carol').userChannels.list()).toMatchObject([{ ...userChannel, ...noMember }])
  expect(await service.channels('club').fetch()).toMatchObject({ membersCount: 0 })
  expect(await service.channels('club').members.list()).toEqual([])
  expect(await service.users('carol').fetch()).toMatchObject({ joinedChannelsCount: 0 })
})

test('an identity without a user cannot be invited, and does not become a user', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid, serviceSid } = await service.channels.create({ uniqueName: 'club' })

  for (const key of [sid, 'club']) {
    const path = `/Services/${serviceSid}/Channels/${key}/Invites`
    await expect(service.channels(key).invites.create({ identity: 'carol' })).rejects.toMatchObject({
      status: 404,
      code: 20404,
      message: expect.toSatisfy((text: string) =>
        text.startsWith(`The requested resource ${path} was not found`),
      ),
    })
  }
  await expectMissing(service.users('carol').fetch())
  expect(await service.channels('club').invites.list()).toEqual([])
  await service.users.create({ identity: 'carol' })
  expect(await service.channels('club').invites.create({ identity: 'carol' })).toMatchObject({
    identity: 'carol',
  })
})

test('who is invited or a member already is not invited again', async () => {
  await using server = await startServer()
  const { service, club, invite } = await givenInvite(server)
  await club.members.create({ identity: 'alice' })

  await expectRefusal(club.invites.create({ identity: 'carol' }), 409, 50212)
  await expectRefusal(club.invites.create({ identity: 'alice' }), 409, 50404)

  expect(await club.invites.list()).toMatchObject([{ sid: invite.sid }])
  expect(await service.users('alice').userChannels('club').fetch()).toMatchObject({ status: 'joined' })
})

test('of many invites for one user at the same time, one is made', async () => {
  await using server = await startServer()
  const { service, club, invite } = await givenInvite(server)
  await club.invites(invite.sid).remove()

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => club.invites.create({ identity: 'carol' })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 409, code: 50212 })
  expect(await club.invites.list()).toHaveLength(1)
  expect(await channelsOf(service, 'carol')).toEqual([{ status: 'invited', memberSid: null }])
})

test('adding the invited user uses up the invite', async () => {
  await using server = await startServer()
  const { service, channel, club, invite } = await givenInvite(server)

  const member = await club.members.create({ identity: 'carol' })

  await expectMissing(club.invites(invite.sid).fetch())
  await expectMissing(club.invites(invite.sid).remove())
  expect(await club.invites.list()).toEqual([])
  expect(await channelsOf(service, 'carol')).toEqual([{ status: 'joined', memberSid: member.sid }])
  expect(await service.users('carol').userChannels('club').fetch()).toMatchObject({
    status: 'joined',
    links: { channel: channel.url, member: member.url },
  })
  expect(await club.fetch()).toMatchObject({ membersCount: 1 })
  expect(await service.users('carol').fetch()).toMatchObject({ joinedChannelsCount: 1 })
  await expectRefusal(club.invites.create({ identity: 'carol' }), 409, 50404)

  await club.members('carol').remove()
  expect(await channelsOf(service, 'carol')).toEqual([])
  await club.invites.create({ identity: 'carol' })
  expect(await channelsOf(service, 'carol')).toEqual([{ status: 'invited', memberSid: null }])
  expect(await service.users('carol').fetch()).toMatchObject({ joinedChannelsCount: 0 })
})

test('adding somebody leaves the invites of others alone, and those of other channels', async () => {
  await using server = await startServer()
  const { service, club, invite } = await givenInvite(server)
  await service.channels.create({ uniqueName: 'other' })
  await service.users.create({ identity: 'dave' })
  const kept = await club.invites.create({ identity: 'dave' })
  const elsewhere = await service.channels('other').invites.create({ identity: 'carol' })

  await club.members.create({ identity: 'carol' })

  await expectMissing(club.invites(invite.sid).fetch())
  expect(await club.invites.list()).toMatchObject([{ sid: kept.sid }])
  expect(await service.channels('other').invites.list()).toMatchObject([{ sid: elsewhere.sid }])
})

test('a revoked invite is gone, and the channel with it', async () => {
  await using server = await startServer()
  const { service, club, invite } = await givenInvite(server)

  expect(await club.invites(invite.sid).remove()).toBe(true)

  await expectMissing(club.invites(invite.sid).fetch())
  await expectMissing(club.invites(invite.sid).remove())
  expect(await channelsOf(service, 'carol')).toEqual([])
  await expectMissing(service.users('carol').userChannels('club').fetch())
  expect(await service.users('carol').fetch()).toMatchObject({ joinedChannelsCount: 0 })
  expect(await club.fetch()).toMatchObject({ membersCount: 0 })
  const again = await club.invites.create({ identity: 'carol' })
  expect(again.sid).not.toBe(invite.sid)
  expect(await channelsOf(service, 'carol')).toEqual([{ status: 'invited', memberSid: null }])
})

test('an invite is found in its own channel and by its sid only', async () => {
  await using server = await startServer()
  const { service, club, invite } = await givenInvite(server)
  await service.channels.create({ uniqueName: 'other' })

  for (const key of ['carol', `IN${'0'.repeat(32)}`]) {
    await expectMissing(club.invites(key).fetch())
    await expectMissing(club.invites(key).remove())
  }
  await expectMissing(service.channels('other').invites(invite.sid).fetch())
  await expectMissing(service.channels('other').invites(invite.sid).remove())
  expect(await club.invites(`IN${invite.sid.slice(2).toUpperCase()}`).fetch()).toMatchObject({
    sid: invite.sid,
  })
})

test('a public channel takes invites too, and a list of them can be filtered by identities', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby', type: 'public' })
  const { invites } = service.channels('lobby')
  for (const identity of ['alice', 'bob', 'Alice']) {
    await service.users.create({ identity })
    await invites.create({ identity })
  }
  const found = async (identity?: string[]) => (await invites.list({ identity })).map((one) => one.identity)

  expect(await found()).toEqual(['alice', 'bob', 'Alice'])
  expect(await found(['alice'])).toEqual(['alice'])
  expect(await found(['Alice', 'bob'])).toEqual(['bob', 'Alice'])
  expect(await found(['nobody'])).toEqual([])
})

test('an invite needs an identity, and its role is a role for channels', async () => {
  await using server = await startServer()
  const { service, channel, club, invite } = await givenInvite(server)
  const { defaultServiceRoleSid } = await service.fetch()
  const { sid: roleSid } = await service.roles.create({
    friendlyName: 'guest',
    type: 'channel',
    permission: ['leaveChannel'],
  })
  await club.invites(invite.sid).remove()

  const path = `/v2/Services/${channel.serviceSid}/Channels/club/Invites`
  const message = 'Missing required parameter Identity in the post body'
  const missing = await server.request('POST', path, { form: { RoleSid: roleSid } })
  expect(missing.body).toMatchObject({ status: 400, code: 20001, message })
  const wrongRole = club.invites.create({ identity: 'carol', roleSid: defaultServiceRoleSid })
  await expectRefusal(wrongRole, 400, 50101)
  expect(await channelsOf(service, 'carol')).toEqual([])
  expect(await club.invites.create({ identity: 'carol', roleSid })).toMatchObject({ roleSid })
})
