// Changes and deletions of one thing at the same time: nothing is lost, nothing half-deleted.
import { expect, test } from 'vitest'
import { atOnce, tally, times } from '../support/at-once.ts'
import { startServer } from '../support/server.ts'

const AT_ONCE = 20
const FLOW_SID = `FW${'0'.repeat(32)}`

test('parallel updates of different fields lose none of them', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channel = await service.channels.create({ uniqueName: 'lobby' })
  const user = await service.users.create({ identity: 'alice' })
  const { members, messages } = service.channels('lobby')
  await members.create({ identity: 'alice' })
  const { sid } = await messages.create({ body: 'hi' })

  for (const round of times(5, (i) => `round ${i}`)) {
    const attributes = JSON.stringify({ round })
    const updated = await atOnce<unknown>([
      service.update({ friendlyName: round }),
      service.update({ 'media.compatibilityMessage': round }),
      service.channels('lobby').update({ friendlyName: round }),
      service.channels('lobby').update({ attributes }),
      service.channels('lobby').update({ createdBy: round }),
      service.users('alice').update({ friendlyName: round }),
      service.users('alice').update({ attributes }),
      members('alice').update({ attributes }),
      members('alice').update({ lastConsumedMessageIndex: Number(round.slice(-1)) }),
      messages(sid).update({ body: round }),
      messages(sid).update({ attributes }),
      messages(sid).update({ from: round }),
    ])
    expect(tally(updated)).toEqual({ ok: 12 })

    const settings = await service.fetch()
    expect([settings.friendlyName, settings.media.compatibility_message]).toEqual([round, round])
    expect(await service.channels(channel.sid).fetch()).toMatchObject({
      uniqueName: 'lobby',
      friendlyName: round,
      attributes,
      createdBy: round,
    })
    expect(await service.users(user.sid).fetch()).toMatchObject({ friendlyName: round, attributes })
    const horizon = Number(round.slice(-1))
    expect(await members('alice').fetch()).toMatchObject({ attributes, lastConsumedMessageIndex: horizon })
    expect(await messages(sid).fetch()).toMatchObject({ body: round, attributes, from: round })
  }
})

test('messages sent at once get consecutive indexes, and deletions at once are all counted', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { messages } = service.channels('lobby')

  const sent = await Promise.all(times(2 * AT_ONCE, (i) => messages.create({ body: `${i}` })))
  expect(sent.map(({ index }) => index).sort((a, b) => a - b)).toEqual(times(2 * AT_ONCE, (i) => i))

  const [gone, kept] = [sent.slice(0, AT_ONCE), sent.slice(AT_ONCE)]
  const removed = await atOnce([...gone, ...gone].map(({ sid }) => messages(sid).remove()))
  expect(tally(removed)).toEqual({ ok: AT_ONCE, '404/20404': AT_ONCE })
  expect((await messages.list()).map(({ sid }) => sid).sort()).toEqual(kept.map(({ sid }) => sid).sort())
  const channel = await service.channels('lobby').fetch()
  const last = kept.toSorted((a, b) => b.index - a.index)[0]
  expect(channel.messagesCount).toBe(AT_ONCE)
  expect(channel.links.last_message).toBe(`${channel.links.messages}/${last?.sid}`)
  expect(await messages.create({ body: 'next' })).toMatchObject({ index: 2 * AT_ONCE })
})

test('of many deletions of one thing exactly one succeeds', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: credentialSid } = await server.client.chat.v2.credentials.create({ type: 'gcm' })
  const role = { friendlyName: 'guest', type: 'channel' as const, permission: ['sendMessage'] }
  const { sid: roleSid } = await service.roles.create(role)
  await service.users.create({ identity: 'bob' })
  const { sid } = await service.channels.create({ uniqueName: 'lobby' })
  const channel = service.channels(sid)
  await channel.members.create({ identity: 'alice' })
  const invite = await channel.invites.create({ identity: 'bob' })

  const deletions = [
    () => channel.invites(invite.sid).remove(),
    () => channel.members('alice').remove(),
    () => service.users('bob').remove(),
    () => service.roles(roleSid).remove(),
    () => channel.remove(),
    () => server.client.chat.v2.credentials(credentialSid).remove(),
    () => service.remove(),
  ]
  for (const remove of deletions) {
    expect(tally(await atOnce(times(AT_ONCE, remove)))).toEqual({ ok: 1, '404/20404': AT_ONCE - 1 })
  }
})

test('a channel that is deleted while it is used is gone for everyone', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  for (const uniqueName of times(4, (i) => `room ${i}`)) {
    await service.channels.create({ uniqueName })
    const channel = service.channels(uniqueName)
    const mixed = await atOnce<unknown>([
      ...times(6, (i) => channel.members.create({ identity: `guest ${i}` })),
      ...times(6, (i) => channel.messages.create({ body: `${i}` })),
      channel.remove(),
      ...times(6, (i) => channel.update({ friendlyName: `${i}` })),
      ...times(6, () => channel.webhooks.create({ type: 'studio', 'configuration.flowSid': FLOW_SID })),
    ])
    for (const outcome of Object.keys(tally(mixed))) {
      expect(outcome).toMatch(/^(ok|404\/20404|409\/(50334|50349|50449)|400\/50321)$/)
    }
    await expect(channel.fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  }
  for (const user of await service.users.list()) {
    expect(user.joinedChannelsCount).toBe(0)
    expect(await service.users(user.sid).userChannels.list()).toEqual([])
  }
})

test('a role that is deleted while it is given to someone is either kept or not given', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')

  for (const name of times(6, (i) => `role ${i}`)) {
    const give = { friendlyName: name, permission: ['editAnyMessage'] }
    const { sid: ofUser } = await service.roles.create({ ...give, type: 'deployment' })
    const { sid: ofMember } = await service.roles.create({ ...give, type: 'channel' })
    const mixed = await atOnce<unknown>([
      ...times(4, (i) => service.users.create({ identity: `user ${i} of ${name}`, roleSid: ofUser })),
      service.roles(ofUser).remove(),
      ...times(4, (i) => members.create({ identity: `member ${i} of ${name}`, roleSid: ofMember })),
      service.roles(ofMember).remove(),
    ])
    for (const outcome of Object.keys(tally(mixed))) {
      expect(outcome).toMatch(/^(ok|409\/20409|400\/50100)$/)
    }
  }
  const roles = new Set((await service.roles.list()).map(({ sid }) => sid))
  for (const { identity, roleSid } of [...(await service.users.list()), ...(await members.list())]) {
    expect([identity, roles.has(roleSid)]).toEqual([identity, true])
  }
})

test('parallel creates never exceed five webhooks in a channel', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { webhooks } = service.channels('lobby')

  const created = await atOnce(
    times(AT_ONCE, () => webhooks.create({ type: 'studio', 'configuration.flowSid': FLOW_SID })),
  )
  expect(tally(created)).toEqual({ ok: 5, '400/50321': AT_ONCE - 5 })
  expect(await webhooks.list()).toHaveLength(5)
})
