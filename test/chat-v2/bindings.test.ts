// Push bindings of a service and of a user: rest-v2.md §2.4, §2.10.
import { expect, test } from 'vitest'
import { ALL_MESSAGE_TYPES, givenDevice } from '../support/devices.ts'
import { startReceiver } from '../support/receiver.ts'
import { expectMissing, expectRefusal } from '../support/refusals.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

/** Alice with a phone and a tablet, and bob with a phone, all of different types. */
async function givenDevices(server: TestServer) {
  const service = await server.givenService()
  for (const identity of ['alice', 'bob']) await service.users.create({ identity })
  const phone = await givenDevice(server, service, 'alice', { bindingType: 'fcm', endpoint: 'phone' })
  const tablet = await givenDevice(server, service, 'alice', { bindingType: 'apn', endpoint: 'tablet' })
  const bobs = await givenDevice(server, service, 'bob', { bindingType: 'gcm', endpoint: 'phone' })
  return { service, alice: await service.users('alice').fetch(), phone, tablet, bobs }
}

const sidsOf = (items: { sid: string }[]) => items.map(({ sid }) => sid)

test('a binding shows its device and its user by identity, and not the address', async () => {
  await using server = await startServer()
  const { service, alice, phone } = await givenDevices(server)
  const base = `${server.app.publicUrl}/v2/Services/${alice.serviceSid}`
  const common = {
    sid: phone.sid,
    account_sid: ACCOUNT_SID,
    service_sid: alice.serviceSid,
    date_created: expect.any(String),
    date_updated: expect.any(String),
    endpoint: 'phone',
    identity: 'alice',
    credential_sid: phone.credentialSid,
    binding_type: 'fcm',
    message_types: ALL_MESSAGE_TYPES,
  }

  const binding = await server.request('GET', `/v2/Services/${alice.serviceSid}/Bindings/${phone.sid}`)
  expect(binding.body).toEqual({
    ...common,
    url: `${base}/Bindings/${phone.sid}`,
    links: { user: `${base}/Users/alice` },
  })
  for (const key of ['alice', alice.sid]) {
    const path = `/v2/Services/${alice.serviceSid}/Users/${key}/Bindings/${phone.sid}`
    expect((await server.request('GET', path)).body).toEqual({
      ...common,
      user_sid: alice.sid,
      url: `${base}/Users/${alice.sid}/Bindings/${phone.sid}`,
    })
  }
  const listed = (await service.bindings.list()).find(({ sid }) => sid === phone.sid)
  expect(listed?.toJSON()).toEqual((await service.bindings(phone.sid).fetch()).toJSON())
})

test('the link to a user with an unusual identity leads there', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const identity = 'a/b 100% ü'
  await service.users.create({ identity })
  const { sid } = await givenDevice(server, service, identity)

  const { links } = await service.bindings(sid).fetch()

  const { pathname } = new URL(links.user as string)
  expect((await server.request('GET', pathname)).body).toMatchObject({ identity })
})

test('a list of bindings can be filtered by types and identities', async () => {
  await using server = await startServer()
  const { service, phone, tablet, bobs } = await givenDevices(server)
  type Filter = Parameters<typeof service.bindings.list>[0]
  const found = async (filter: Filter) => sidsOf(await service.bindings.list(filter))

  expect(await found({})).toEqual(sidsOf([phone, tablet, bobs]))
  expect(await found({ bindingType: ['apn'] })).toEqual([tablet.sid])
  expect(await found({ bindingType: ['gcm', 'fcm'] })).toEqual(sidsOf([phone, bobs]))
  expect(await found({ identity: ['alice'] })).toEqual(sidsOf([phone, tablet]))
  expect(await found({ identity: ['bob', 'alice'] })).toEqual(sidsOf([phone, tablet, bobs]))
  expect(await found({ identity: ['alice'], bindingType: ['apn', 'gcm'] })).toEqual([tablet.sid])
  expect(await found({ identity: ['Alice'] })).toEqual([])
  expect(await found({ identity: ['bob'], bindingType: ['fcm'] })).toEqual([])
})

test('a user has its own bindings, which can be filtered by types', async () => {
  await using server = await startServer()
  const { service, alice, phone, tablet, bobs } = await givenDevices(server)
  const { userBindings } = service.users('alice')

  expect(sidsOf(await userBindings.list())).toEqual(sidsOf([phone, tablet]))
  expect(sidsOf(await userBindings.list({ bindingType: ['fcm'] }))).toEqual([phone.sid])
  expect(sidsOf(await userBindings.list({ bindingType: ['fcm', 'apn'] }))).toHaveLength(2)
  expect(await userBindings.list({ bindingType: ['gcm'] })).toEqual([])
  expect(sidsOf(await service.users(alice.sid).userBindings.list())).toHaveLength(2)
  expect(sidsOf(await service.users('bob').userBindings.list())).toEqual([bobs.sid])
})

test('another type of binding is refused', async () => {
  await using server = await startServer()
  const { service } = await givenDevices(server)
  const bindingType = ['sms' as 'fcm']

  await expectRefusal(service.bindings.list({ bindingType }), 400, 50209)
  await expectRefusal(service.users('alice').userBindings.list({ bindingType }), 400, 50209)
})

test('a deleted binding is gone from the service and from the user', async () => {
  await using server = await startServer()
  const { service, phone, tablet, bobs } = await givenDevices(server)

  expect(await service.bindings(phone.sid).remove()).toBe(true)
  expect(await service.users('alice').userBindings(tablet.sid).remove()).toBe(true)

  for (const { sid } of [phone, tablet]) {
    await expectMissing(service.bindings(sid).fetch())
    await expectMissing(service.bindings(sid).remove())
    await expectMissing(service.users('alice').userBindings(sid).fetch())
    await expectMissing(service.users('alice').userBindings(sid).remove())
  }
  expect(await service.users('alice').userBindings.list()).toEqual([])
  expect(sidsOf(await service.bindings.list())).toEqual([bobs.sid])
})

test('a binding is found in its own service and with its own user only', async () => {
  await using server = await startServer()
  const { service, phone } = await givenDevices(server)
  const elsewhere = await server.givenService()
  await elsewhere.users.create({ identity: 'alice' })

  const wrong = [
    elsewhere.bindings(phone.sid),
    elsewhere.users('alice').userBindings(phone.sid),
    service.users('bob').userBindings(phone.sid),
    service.bindings(`BS${'0'.repeat(32)}`),
    service.bindings(phone.endpoint),
  ]
  for (const binding of wrong) {
    await expectMissing(binding.fetch())
    await expectMissing(binding.remove())
  }
  expect(await elsewhere.bindings.list()).toEqual([])
  expect(await service.bindings(phone.sid).fetch()).toMatchObject({ sid: phone.sid })
})

test('after its last binding a user is not notifiable any more', async () => {
  await using server = await startServer()
  const { service, phone, tablet } = await givenDevices(server)
  await service.update({ reachabilityEnabled: true })
  const alice = service.users('alice')

  expect(await alice.fetch()).toMatchObject({ isNotifiable: true })
  await service.bindings(phone.sid).remove()
  expect(await alice.fetch()).toMatchObject({ isNotifiable: true })
  await alice.userBindings(tablet.sid).remove()
  expect(await alice.fetch()).toMatchObject({ isNotifiable: false })
  expect(await service.users('bob').fetch()).toMatchObject({ isNotifiable: true })
  await givenDevice(server, service, 'alice')
  expect(await alice.fetch()).toMatchObject({ isNotifiable: true })
})

test('webhooks are told that the last binding is gone, as of each change of reachability', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const { service, bobs } = await givenDevices(server)
  const settings = { postWebhookUrl: receiver.url(), webhookFilters: ['onUserUpdated'] }
  await service.update({ ...settings, reachabilityEnabled: true })

  await service.bindings(bobs.sid).remove()

  const [told] = await receiver.waitFor(1)
  expect(told?.parameters).toMatchObject({
    EventType: 'onUserUpdated',
    Identity: 'bob',
    IsNotifiable: 'false',
  })
})

test('where reachability is off, a binding shows nothing at its user', async () => {
  await using server = await startServer()
  const { service, bobs } = await givenDevices(server)

  expect(await service.users('bob').fetch()).toMatchObject({ isNotifiable: null })
  await service.bindings(bobs.sid).remove()
  expect(await service.users('bob').fetch()).toMatchObject({ isNotifiable: null })
})
