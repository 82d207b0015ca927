// Requests that want the same thing at the same time: whoever wins, what is stored stays consistent.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { atOnce, tally, times } from '../support/at-once.ts'
import { startServer } from '../support/server.ts'

const AT_ONCE = 20

test('of twenty creates of one name, user, member or invite exactly one succeeds', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const channels = await atOnce(times(AT_ONCE, () => service.channels.create({ uniqueName: 'lobby' })))
  expect(tally(channels)).toEqual({ ok: 1, '409/50307': AT_ONCE - 1 })
  const users = await atOnce(times(AT_ONCE, () => service.users.create({ identity: 'alice' })))
  expect(tally(users)).toEqual({ ok: 1, '409/50201': AT_ONCE - 1 })
  const { members, invites } = service.channels('lobby')
  const invited = await atOnce(times(AT_ONCE, () => invites.create({ identity: 'alice' })))
  expect(tally(invited)).toEqual({ ok: 1, '409/50212': AT_ONCE - 1 })
  const added = await atOnce(times(AT_ONCE, () => members.create({ identity: 'bob' })))
  expect(tally(added)).toEqual({ ok: 1, '409/50404': AT_ONCE - 1 })

  expect(await service.channels.list()).toMatchObject([{ uniqueName: 'lobby', membersCount: 1 }])
  expect((await service.users.list()).map(({ identity }) => identity)).toEqual(['alice', 'bob'])
  expect(await members.list()).toMatchObject([{ identity: 'bob' }])
  expect(await invites.list()).toMatchObject([{ identity: 'alice' }])
  expect(await service.users('bob').fetch()).toMatchObject({ joinedChannelsCount: 1 })
})

test('a name that many channels ask for at once goes to one of them', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channels = await Promise.all(times(AT_ONCE, () => service.channels.create()))

  const renamed = await atOnce(
    channels.map(({ sid }) => service.channels(sid).update({ uniqueName: 'prize' })),
  )
  expect(tally(renamed)).toEqual({ ok: 1, '409/50307': AT_ONCE - 1 })
  const named = (await service.channels.list()).filter(({ uniqueName }) => uniqueName === 'prize')
  expect(named).toHaveLength(1)
  expect(await service.channels('prize').fetch()).toMatchObject({ sid: named[0]?.sid })
})

test('one new identity added to many channels at once becomes one user who is in all of them', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channels = await Promise.all(times(AT_ONCE, () => service.channels.create()))

  const added = await atOnce(
    channels.map(({ sid }) => service.channels(sid).members.create({ identity: 'alice' })),
  )
  expect(tally(added)).toEqual({ ok: AT_ONCE })
  expect(await service.users.list()).toMatchObject([{ identity: 'alice', joinedChannelsCount: AT_ONCE }])
  expect(await service.users('alice').userChannels.list()).toHaveLength(AT_ONCE)
})

test('parallel adds never exceed the limits of a channel and of a user', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ 'limits.channelMembers': 5, 'limits.userChannels': 3 })
  const { sid } = await service.channels.create()
  const { members } = service.channels(sid)
  const channels = await Promise.all(times(AT_ONCE, () => service.channels.create()))

  const filled = await atOnce(times(AT_ONCE, (i) => members.create({ identity: `guest ${i}` })))
  expect(tally(filled)).toEqual({ ok: 5, '403/50403': AT_ONCE - 5 })
  expect(await members.list()).toHaveLength(5)
  expect(await service.channels(sid).fetch()).toMatchObject({ membersCount: 5 })
  expect(await service.users.list()).toHaveLength(5)

  const joined = await atOnce(
    channels.map((channel) => service.channels(channel.sid).members.create({ identity: 'alice' })),
  )
  expect(tally(joined)).toEqual({ ok: 3, '403/50208': AT_ONCE - 3 })
  expect(await service.users('alice').fetch()).toMatchObject({ joinedChannelsCount: 3 })
  await expectConsistent(service)
})

test('adding and removing one identity at once leaves counts that agree', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.channels.create()
  const { members } = service.channels(sid)

  for (const round of times(5, (i) => i)) {
    const mixed = await atOnce<unknown>(
      times(AT_ONCE, (i) =>
        (i + round) % 2 === 0 ? members.create({ identity: 'alice' }) : members('alice').remove(),
      ),
    )
    for (const outcome of Object.keys(tally(mixed))) {
      expect(outcome).toMatch(/^(ok|409\/50404|409\/50419|404\/20404)$/)
    }
    await expectConsistent(service)
  }
})

test('deleting a user while he is added leaves him out, or in as a new user', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channels = await Promise.all(times(3, () => service.channels.create()))

  for (const identity of times(6, (i) => `guest ${i}`)) {
    await service.users.create({ identity })
    const mixed = await atOnce<unknown>([
      ...channels.map(({ sid }) => service.channels(sid).members.create({ identity })),
      service.users(identity).remove(),
      ...channels.map(({ sid }) => service.channels(sid).invites.create({ identity })),
    ])
    for (const outcome of Object.keys(tally(mixed))) {
      expect(outcome).toMatch(/^(ok|409\/50213|409\/50404|409\/50212|404\/20404)$/)
    }
    await expectConsistent(service)
  }
})

/** Both sides of every membership and every counter tell the same. */
async function expectConsistent(service: ServiceContext): Promise<void> {
  const users = await service.users.list()
  const known = new Set(users.map(({ identity }) => identity))
  const joined: string[] = []
  const invited: string[] = []
  for (const channel of await service.channels.list()) {
    const { members, invites } = service.channels(channel.sid)
    const identities = (await members.list()).map(({ identity }) => identity)
    const guests = (await invites.list()).map(({ identity }) => identity)
    expect(channel.membersCount).toBe(identities.length)
    expect(new Set([...identities, ...guests]).size).toBe(identities.length + guests.length)
    for (const identity of [...identities, ...guests]) expect(known).toContain(identity)
    joined.push(...identities.map((identity) => `${identity} ${channel.sid}`))
    invited.push(...guests.map((identity) => `${identity} ${channel.sid}`))
  }
  const seen: Record<string, string[]> = { joined: [], invited: [] }
  for (const { identity, joinedChannelsCount } of users) {
    const ofUser = await service.users(identity).userChannels.list()
    expect(joinedChannelsCount).toBe(ofUser.filter(({ status }) => status === 'joined').length)
    for (const { status, channelSid } of ofUser) seen[status]?.push(`${identity} ${channelSid}`)
  }
  expect(seen.joined?.sort()).toEqual(joined.sort())
  expect(seen.invited?.sort()).toEqual(invited.sort())
}
