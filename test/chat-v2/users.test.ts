// Users: rest-v2.md §2.4.
import { expect, test } from 'vitest'
import { setPresence } from '../support/devices.ts'
import { setClock } from '../support/frozen-clock.ts'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer } from '../support/server.ts'

const UNKNOWN_ROLE = `RL${'0'.repeat(32)}`

test('a new user has the defaults of its service, and is found by sid and by identity', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid, defaultServiceRoleSid } = await service.fetch()

  const user = await service.users.create({ identity: 'alice' })

  const url = `${server.app.publicUrl}/v2/Services/${serviceSid}/Users/${user.sid}`
  expect(user).toMatchObject({
    sid: expect.stringMatching(/^US[0-9a-f]{32}$/),
    accountSid: ACCOUNT_SID,
    serviceSid,
    identity: 'alice',
    friendlyName: null,
    attributes: '{}',
    roleSid: defaultServiceRoleSid,
    isOnline: null,
    isNotifiable: null,
    joinedChannelsCount: 0,
    url,
    links: { user_channels: `${url}/Channels`, user_bindings: `${url}/Bindings` },
  })
  expect(user.dateUpdated).toEqual(user.dateCreated)
  const upperCase = `US${user.sid.slice(2).toUpperCase()}`
  for (const key of [user.sid, upperCase, 'alice']) {
    expect((await service.users(key).fetch()).toJSON()).toEqual(user.toJSON())
  }
  expect((await service.users.list()).map((one) => one.toJSON())).toEqual([user.toJSON()])
})

test('a user is created and changed with a friendly name, attributes and a role', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const [first, second] = await Promise.all(
    ['first', 'second'].map((friendlyName) =>
      service.roles.create({ friendlyName, type: 'deployment', permission: ['joinChannel'] }),
    ),
  )
  const created = { friendlyName: 'Alice', attributes: '{"age": 7}', roleSid: first?.sid }
  const changed = { friendlyName: 'Alice B.', attributes: '[1, 2]', roleSid: second?.sid }

  expect(await service.users.create({ identity: 'alice', ...created })).toMatchObject(created)
  expect(await service.users('alice').fetch()).toMatchObject(created)
  expect(await service.users('alice').update(changed)).toMatchObject({ identity: 'alice', ...changed })
  expect(await service.users('alice').update({ attributes: '3' })).toMatchObject({
    ...changed,
    attributes: '3',
  })
  expect(await service.users('alice').update({ friendlyName: '' })).toMatchObject({ friendlyName: null })
  expect(await service.users('alice').fetch()).toMatchObject({ friendlyName: null, roleSid: second?.sid })
})

test('an identity is taken once, counts by case, and cannot be changed', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const alice = await service.users.create({ identity: 'alice', friendlyName: 'first' })

  await expectRefusal(service.users.create({ identity: 'alice', friendlyName: 'second' }), 409, 50201)
  const other = await service.users.create({ identity: 'Alice' })
  const renamed = await server.request('POST', `/v2/Services/${alice.serviceSid}/Users/alice`, {
    form: { Identity: 'bob' },
  })

  expect(other.sid).not.toBe(alice.sid)
  expect(renamed).toMatchObject({ status: 200, body: { sid: alice.sid, identity: 'alice' } })
  expect(await service.users('alice').fetch()).toMatchObject({ sid: alice.sid, friendlyName: 'first' })
  expect(await service.users.list()).toHaveLength(2)
  const elsewhere = await server.givenService()
  expect(await elsewhere.users.create({ identity: 'alice' })).toMatchObject({ identity: 'alice' })
})

test('of many requests for one identity at the same time, one makes the user', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => service.users.create({ identity: 'alice' })),
  )

  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refusals).toHaveLength(7)
  for (const { reason } of refusals) expect(reason).toMatchObject({ status: 409, code: 50201 })
  expect(await service.users.list()).toHaveLength(1)
})

test('an identity has 1 to 256 characters, is not reserved and does not look like a sid of a user', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  const create = (identity: string) => service.users.create({ identity })

  for (const longest of ['a'.repeat(256), '😀'.repeat(256)]) {
    expect(await create(longest)).toMatchObject({ identity: longest })
    expect(await service.users(encodeURIComponent(longest)).fetch()).toMatchObject({ identity: longest })
  }
  for (const nearlySid of [`US${'a'.repeat(31)}`, `us${'a'.repeat(32)}`, `US${'g'.repeat(32)}`]) {
    expect(await create(nearlySid)).toMatchObject({ identity: nearlySid })
  }
  await expectRefusal(create('a'.repeat(257)), 400, 50207)
  await expectRefusal(create('😀'.repeat(257)), 400, 50207)
  await expectRefusal(create(`US${'0a'.repeat(16)}`), 400, 50206)
  await expectRefusal(create('system'), 400, 50203)
  const missing = {
    code: 20001,
    message: 'Missing required parameter Identity in the post body',
    status: 400,
  }
  const forms: Record<string, string>[] = [{ FriendlyName: 'nobody' }, { Identity: '' }]
  for (const form of forms) {
    const answer = await server.request('POST', `/v2/Services/${sid}/Users`, { form })
    expect(answer.body).toMatchObject(missing)
  }
  expect(await service.users.list()).toHaveLength(5)
})

test('a friendly name has at most 256 characters', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const longest = '😀'.repeat(256)

  expect(await service.users.create({ identity: 'alice', friendlyName: longest })).toMatchObject({
    friendlyName: longest,
  })
  await expectRefusal(service.users.create({ identity: 'bob', friendlyName: `${longest}x` }), 400, 50003)
  await expectRefusal(service.users('alice').update({ friendlyName: `${longest}x` }), 400, 50003)
  expect(await service.users('alice').fetch()).toMatchObject({ friendlyName: longest })
  await expectMissing(service.users('bob').fetch())
})

test('the role of a user is a role of the service, for the service', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const elsewhere = await server.givenService()
  const { defaultChannelRoleSid, defaultServiceRoleSid } = await service.fetch()
  const { defaultServiceRoleSid: foreign } = await elsewhere.fetch()
  await service.users.create({ identity: 'alice' })

  await expectRefusal(service.users.create({ identity: 'bob', roleSid: defaultChannelRoleSid }), 400, 50102)
  await expectRefusal(service.users('alice').update({ roleSid: defaultChannelRoleSid }), 400, 50102)
  for (const roleSid of [UNKNOWN_ROLE, foreign, 'nonsense']) {
    const refusal = { status: 400, code: expect.toSatisfy((code) => [50100, 50102].includes(code)) }
    await expect(service.users.create({ identity: 'bob', roleSid })).rejects.toMatchObject(refusal)
    await expect(service.users('alice').update({ roleSid })).rejects.toMatchObject(refusal)
  }
  expect(await service.users.list()).toMatchObject([{ identity: 'alice', roleSid: defaultServiceRoleSid }])
})

test('the update date of a user moves with a change of the user and with nothing else', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const channel = await service.channels.create()
  setClock(server, '2024-05-06T07:08:09.999Z')
  const user = await service.users.create({ identity: 'alice', friendlyName: 'Alice', attributes: '{"a":1}' })
  const created = new Date('2024-05-06T07:08:09Z')
  expect(user).toMatchObject({ dateCreated: created, dateUpdated: created })

  setClock(server, '2024-06-01T00:00:00Z')
  expect(await service.users('alice').update()).toMatchObject({ dateUpdated: created })
  const same = { friendlyName: 'Alice', attributes: '{"a":1}', roleSid: user.roleSid }
  expect(await service.users('alice').update(same)).toMatchObject({ dateUpdated: created })
  await service.channels(channel.sid).members.create({ identity: 'alice' })
  expect(await service.users('alice').fetch()).toMatchObject({ dateUpdated: created, joinedChannelsCount: 1 })

  const moved = new Date('2024-06-01T00:00:00Z')
  const changed = await service.users('alice').update({ attributes: '{"a": 1}' })
  expect(changed).toMatchObject({ dateCreated: created, dateUpdated: moved })
  expect(await service.users('alice').fetch()).toMatchObject({ dateCreated: created, dateUpdated: moved })
})

test('reachability is shown for one user at a time, where the service has it on', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.users.create({ identity: 'alice' })
  const hidden = { isOnline: null, isNotifiable: null }
  await setPresence(server, sid, { isOnline: 1, isNotifiable: 0 })
  expect(await service.users('alice').fetch()).toMatchObject(hidden)

  await service.update({ reachabilityEnabled: true })

  const shown = { isOnline: true, isNotifiable: false }
  expect(await service.users('alice').fetch()).toMatchObject(shown)
  expect(await service.users('alice').update({ friendlyName: 'A' })).toMatchObject(shown)
  expect(await service.users.list()).toMatchObject([hidden])
  expect(await service.users.create({ identity: 'never online' })).toMatchObject(hidden)
  await service.update({ reachabilityEnabled: false })
  expect(await service.users('alice').fetch()).toMatchObject(hidden)
})

test('an unknown user is missing, by any name and in every operation', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const elsewhere = await server.givenService()
  const foreign = await elsewhere.users.create({ identity: 'foreign' })

  for (const key of ['nobody', 'foreign', foreign.sid, `US${'0'.repeat(32)}`]) {
    const user = service.users(key)
    await expectMissing(user.fetch())
    await expectMissing(user.update({ friendlyName: 'x' }))
    await expectMissing(user.remove())
    await expectMissing(user.userChannels.list())
    await expectMissing(user.userBindings.list())
  }
  expect(await elsewhere.users('foreign').fetch()).toMatchObject({ friendlyName: null })
})
