// Unique names and identities as addresses: rest-v2.md §1.3, §1.7, §2.5.
import { expect, test } from 'vitest'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** The official library puts these into a path as they are. */
const PLAIN_NAMES = [
  'two words',
  'a@b.example',
  'tel:+4930123',
  "it's (me)!*;=$,&",
  'naïve ☕ 😀',
  'a+b',
  '~.-_',
]
/** It refuses some of these and does not encode the others. */
const ENCODED_NAMES = [
  'a/b',
  '/',
  'a//b/',
  'what?',
  'a#b',
  '100%',
  '50%25',
  '%2F',
  '[x]{y}|\\^`"<>',
  '日本/語',
  ' ',
]

const pathOf = (...segments: string[]): string => `/v2/${segments.map(encodeURIComponent).join('/')}`

async function expectNothingAt(server: TestServer, names: string[]): Promise<void> {
  const service = await server.givenService()
  const { serviceSid } = await service.channels.create({ uniqueName: 'lobby' })
  await service.users.create({ identity: 'lobby' })
  for (const name of names) {
    for (const collection of ['Channels', 'Users']) {
      const path = pathOf('Services', serviceSid, collection, name)
      const message = `The requested resource ${path.replace('/v2', '')} was not found`
      const answer = await server.request('GET', path)
      expect(answer.body).toMatchObject({ status: 404, code: 20404, message })
    }
  }
}

test('a unique name is taken once among the living channels of a service, and counts by case', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const elsewhere = await server.givenService()
  const lobby = await service.channels.create({ uniqueName: 'lobby' })
  const hall = await service.channels.create({ uniqueName: 'hall' })

  await expectRefusal(service.channels.create({ uniqueName: 'lobby' }), 409, 50307)
  await expectRefusal(service.channels('hall').update({ uniqueName: 'lobby', friendlyName: 'x' }), 409, 50307)
  expect(await service.channels(hall.sid).fetch()).toMatchObject({ uniqueName: 'hall', friendlyName: null })
  expect(await service.channels('lobby').update({ uniqueName: 'lobby' })).toMatchObject({ sid: lobby.sid })
  const upper = await service.channels.create({ uniqueName: 'Lobby' })
  expect(await service.channels('Lobby').fetch()).toMatchObject({ sid: upper.sid })
  expect(await service.channels('lobby').fetch()).toMatchObject({ sid: lobby.sid })
  expect(await elsewhere.channels.create({ uniqueName: 'lobby' })).toMatchObject({ uniqueName: 'lobby' })

  await service.channels('lobby').remove()
  const again = await service.channels.create({ uniqueName: 'lobby' })
  expect(await service.channels('lobby').fetch()).toMatchObject({ sid: again.sid })
  expect(await service.channels.list()).toHaveLength(3)
})

test('of many requests for one unique name at the same time, one makes the channel', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => service.channels.create({ uniqueName: 'lobby' })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 409, code: 50307 })
  expect(await service.channels.list()).toHaveLength(1)
})

test('an empty unique name is none, also for several channels, and frees the name', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.channels.create({ uniqueName: 'lobby' })

  expect(await service.channels('lobby').update({ uniqueName: '' })).toMatchObject({ sid, uniqueName: null })
  expect(await service.channels.create({ uniqueName: '' })).toMatchObject({ uniqueName: null })
  await expectMissing(service.channels('lobby').fetch())
  expect(await service.channels(sid).fetch()).toMatchObject({ uniqueName: null })
  expect(await service.channels.create({ uniqueName: 'lobby' })).toMatchObject({ uniqueName: 'lobby' })
})

test('a renamed channel has its new name only, and its old one is free', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.channels.create({ uniqueName: 'lobby' })
  await service.channels('lobby').members.create({ identity: 'alice' })

  await service.channels('lobby').update({ uniqueName: 'hall' })

  await expectMissing(service.channels('lobby').members.list())
  expect(await service.channels('hall').members.list()).toMatchObject([{ channelSid: sid }])
  const other = await service.channels.create({ uniqueName: 'lobby' })
  expect(other.sid).not.toBe(sid)
  expect(await service.channels('lobby').members.list()).toEqual([])
})

test('a unique name has at most 256 characters and does not look like a sid of a channel', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.channels.create({ uniqueName: 'first' })

  for (const longest of ['a'.repeat(256), '😀'.repeat(256)]) {
    const channel = await service.channels.create({ uniqueName: longest })
    expect(await service.channels(longest).fetch()).toMatchObject({ sid: channel.sid, uniqueName: longest })
  }
  for (const nearlySid of [`CH${'a'.repeat(31)}`, `ch${'a'.repeat(32)}`, `CH${'g'.repeat(32)}`]) {
    const channel = await service.channels.create({ uniqueName: nearlySid })
    expect(await service.channels(nearlySid).fetch()).toMatchObject({ sid: channel.sid })
  }
  const wrong = [['a'.repeat(257), 50004] as const, ['😀'.repeat(257), 50004] as const, [sid, 50306] as const]
  for (const [uniqueName, code] of wrong) {
    await expectRefusal(service.channels.create({ uniqueName }), 400, code)
    await expectRefusal(service.channels('first').update({ uniqueName }), 400, code)
  }
  expect(await service.channels('first').fetch()).toMatchObject({ sid, uniqueName: 'first' })
})

test('names and identities stand for sids in every path of the official library', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const base = `${server.app.publicUrl}/v2/Services/${serviceSid}`

  for (const name of PLAIN_NAMES) {
    const channel = await service.channels.create({ uniqueName: name })
    const member = await service.channels(name).members.create({ identity: name })
    const user = await service.users(name).fetch()
    const channelUrl = `${base}/Channels/${channel.sid}`
    expect(user).toMatchObject({ identity: name, url: `${base}/Users/${user.sid}` })
    expect(await service.channels(name).fetch()).toMatchObject({ uniqueName: name, url: channelUrl })
    expect(await service.channels(name).members(name).fetch()).toMatchObject({
      identity: name,
      url: `${channelUrl}/Members/${member.sid}`,
    })
    expect(await service.channels(name).members.list({ identity: [name] })).toHaveLength(1)
    expect(await service.users(name).userChannels(name).fetch()).toMatchObject({
      url: `${base}/Users/${user.sid}/Channels/${channel.sid}`,
      links: { channel: channelUrl, member: `${channelUrl}/Members/${member.sid}` },
    })
  }
})

test('a name of any characters is an address when it is percent-encoded, and is decoded once', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const inService = (...segments: string[]) => pathOf('Services', serviceSid, ...segments)

  for (const name of [...ENCODED_NAMES, ...PLAIN_NAMES]) {
    const channel = await service.channels.create({ uniqueName: name, friendlyName: name })
    const fetched = await server.request('GET', inService('Channels', name))
    expect(fetched.body).toMatchObject({ sid: channel.sid, unique_name: name, friendly_name: name })
    const form = { Identity: name }
    const added = await server.request('POST', inService('Channels', name, 'Members'), { form })
    expect(added).toMatchObject({ status: 201, body: { identity: name, channel_sid: channel.sid } })
    const member = await server.request('GET', inService('Channels', name, 'Members', name))
    expect(member.body).toEqual(added.body)
    const userChannel = await server.request('GET', inService('Users', name, 'Channels', name))
    expect(userChannel.body).toMatchObject({ channel_sid: channel.sid, member_sid: added.body.sid })
    const removed = await server.request('DELETE', inService('Users', name, 'Channels', name))
    expect(removed.status).toBe(204)
  }
  expect(await service.channels.list()).toHaveLength(ENCODED_NAMES.length + PLAIN_NAMES.length)
})

test('a name that nothing has is an address of nothing', async () => {
  await using server = await startServer()
  await expectNothingAt(server, ['lobby ', 'lobby/', ' lobby', 'x'.repeat(5000)])
})

test('a name with a NUL character is an address of nothing', async () => {
  await using server = await startServer()
  await expectNothingAt(server, ['\0', 'lobby\0'])
})

test('what looks like a sid is one: an identity in that form does not stand for its member', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.channels.create({ uniqueName: 'lobby' })
  const { members } = service.channels('lobby')
  const alice = await members.create({ identity: 'alice' })

  const imitation = await members.create({ identity: alice.sid })

  expect(await members(alice.sid).fetch()).toMatchObject({ sid: alice.sid, identity: 'alice' })
  expect(await members(imitation.sid).fetch()).toMatchObject({ identity: alice.sid })
  const upperCase = `MB${imitation.sid.slice(2).toUpperCase()}`
  expect(await members(upperCase).fetch()).toMatchObject({ sid: imitation.sid })
})
