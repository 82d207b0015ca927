// What lists can be filtered by (rest-v2.md §1.10).
import { expect, test } from 'vitest'
import { getList, getPage, givenBinding, walk } from '../support/lists.ts'
import { startServer, type TestServer } from '../support/server.ts'

async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  return { service, channel: service.channels(sid), path: new URL(url).pathname }
}

const query = (pairs: [string, string][]): string => new URLSearchParams(pairs).toString()

test('channels are filtered by one type or several, and are all there without a filter', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const types = ['public', 'private', 'public', 'private', 'public'] as const
  const created = []
  for (const type of types) created.push((await service.channels.create({ type })).sid)
  const [a, b, c, d, e] = created
  const sids = async (options: Parameters<typeof service.channels.list>[0]): Promise<string[]> =>
    (await service.channels.list(options)).map(({ sid }) => sid)

  expect(await sids({})).toEqual(created)
  expect(await sids({ type: ['public'] })).toEqual([a, c, e])
  expect(await sids({ type: ['private'] })).toEqual([b, d])
  expect(await sids({ type: ['private', 'public'] })).toEqual(created)
  expect(await sids({ type: ['public'], pageSize: 1 })).toEqual([a, c, e])
  expect(await sids({ type: ['private', 'public'], pageSize: 2 })).toEqual(created)
  expect(await sids({ type: ['private'], limit: 1 })).toEqual([b])
})

test('members are filtered by identities, exactly as they are written', async () => {
  await using server = await startServer()
  const { channel } = await givenChannel(server)
  const names = ['alice', 'Alice', 'bob', 'al', 'al%ce', 'alice ', 'a+b@c&d=é', 'ALICE']
  for (const identity of names) await channel.members.create({ identity })
  const identities = async (...identity: string[]): Promise<string[]> =>
    (await channel.members.list({ identity })).map((member) => member.identity)

  for (const name of names) expect(await identities(name)).toEqual([name])
  expect(await identities('bob', 'Alice')).toEqual(['Alice', 'bob'])
  expect(await identities('bob', 'bob', 'nobody')).toEqual(['bob'])
  expect(await identities('nobody')).toEqual([])
  expect(await identities('BOB', 'a%', '%', '_l')).toEqual([])
  expect(await identities()).toEqual(names)
})

test('invites are filtered by identities, exactly as they are written', async () => {
  await using server = await startServer()
  const { service, channel } = await givenChannel(server)
  const names = ['alice', 'Alice', 'bob']
  for (const identity of names) {
    await service.users.create({ identity })
    await channel.invites.create({ identity })
  }
  await channel.members.create({ identity: 'carol' })
  const identities = async (...identity: string[]): Promise<string[]> =>
    (await channel.invites.list({ identity })).map((invite) => invite.identity)

  expect(await identities('alice')).toEqual(['alice'])
  expect(await identities('bob', 'Alice', 'nobody')).toEqual(['Alice', 'bob'])
  expect(await identities('ALICE', 'carol')).toEqual([])
  expect(await identities()).toEqual(names)
})

test('a filter takes forty identities', async () => {
  await using server = await startServer()
  const { service, channel } = await givenChannel(server)
  const { sid } = await service.channels.create({})
  const wanted = Array.from({ length: 40 }, (_, i) => `wanted-${i}`)
  for (const identity of wanted) {
    await channel.members.create({ identity: `other than ${identity}` })
    await channel.members.create({ identity })
    await service.channels(sid).invites.create({ identity })
  }

  const members = await channel.members.list({ identity: wanted.toReversed() })
  expect(members.map(({ identity }) => identity)).toEqual(wanted)
  const inPages = await channel.members.list({ identity: wanted, pageSize: 15 })
  expect(inPages.map(({ identity }) => identity)).toEqual(wanted)
  const invites = await service.channels(sid).invites.list({ identity: wanted.slice(1), pageSize: 15 })
  expect(invites.map(({ identity }) => identity)).toEqual(wanted.slice(1))
})

test('page URLs have the filters first and keep them from page to page', async () => {
  await using server = await startServer()
  const { channel, path } = await givenChannel(server)
  const names = ['a b&c=d', 'alice', 'bob', 'carol', 'd+é/?#']
  const sids = []
  for (const identity of names) sids.push((await channel.members.create({ identity })).sid)
  const base = `${server.app.publicUrl}${path}/Members`

  const one = await getPage(server, `${path}/Members?PageSize=50&Identity=bob`)
  expect(one.meta.url).toBe(`${base}?Identity=bob&PageSize=50&Page=0`)
  expect(one.meta.first_page_url).toBe(one.meta.url)
  const two = await getPage(server, `${path}/Members?Identity=carol&PageSize=1&Identity=bob`)
  expect(two.meta.url).toBe(`${base}?Identity=carol&Identity=bob&PageSize=1&Page=0`)
  expect(two.meta.next_page_url).toContain(`${base}?Identity=carol&Identity=bob&PageSize=1&Page=1&PageToken=`)

  const three = [names[0], names[2], names[4]].map((name): [string, string] => ['Identity', String(name)])
  const pages = await walk(server, `${path}/Members?${query([...three, ['PageSize', '2']])}`)
  expect(pages.map(({ keys }) => keys)).toEqual([[sids[0], sids[2]], [sids[4]]])
  for (const { meta } of pages) {
    expect([...new URL(meta.url).searchParams].slice(0, 4)).toEqual([...three, ['PageSize', '2']])
  }
  expect(await getPage(server, String(pages[1]?.meta.previous_page_url))).toMatchObject({
    keys: [sids[0], sids[2]],
  })
})

test('bindings are filtered by type and identity together, those of a user by type', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const alice = await service.users.create({ identity: 'alice' })
  const bob = await service.users.create({ identity: 'bob' })
  const apn = await givenBinding(server, alice, 'apn')
  const fcm = await givenBinding(server, alice, 'fcm')
  const gcm = await givenBinding(server, alice, 'gcm')
  const bobs = await givenBinding(server, bob, 'fcm')
  const sids = async (options: Parameters<typeof service.bindings.list>[0]): Promise<string[]> =>
    (await service.bindings.list(options)).map(({ sid }) => sid)

  expect(await sids({})).toEqual([apn, fcm, gcm, bobs])
  expect(await sids({ bindingType: ['fcm'] })).toEqual([fcm, bobs])
  expect(await sids({ bindingType: ['gcm', 'fcm'], pageSize: 1 })).toEqual([fcm, gcm, bobs])
  expect(await sids({ identity: ['alice', 'bob'] })).toEqual([apn, fcm, gcm, bobs])
  expect(await sids({ identity: ['bob', 'Alice'] })).toEqual([bobs])
  expect(await sids({ bindingType: ['fcm'], identity: ['alice'] })).toEqual([fcm])
  expect(await sids({ bindingType: ['apn', 'gcm'], identity: ['bob'] })).toEqual([])
  const { userBindings } = service.users('alice')
  const ofAlice = await userBindings.list({ bindingType: ['apn', 'gcm'], pageSize: 1 })
  expect(ofAlice.map(({ sid }) => sid)).toEqual([apn, gcm])
})

test('a filter value that does not exist is refused', async () => {
  await using server = await startServer()
  const { service, path } = await givenChannel(server)
  const { url } = await service.users.create({ identity: 'alice' })
  const { pathname } = new URL((await service.fetch()).url)

  for (const [wrong, code] of [
    [`${pathname}/Channels?Type=secret`, 20001],
    [`${pathname}/Channels?Type=public&Type=secret`, 20001],
    [`${path}/Messages?Order=sideways`, 20001],
    [`${pathname}/Bindings?BindingType=sms`, 50209],
    [`${pathname}/Bindings?BindingType=fcm&BindingType=sms`, 50209],
    [`${new URL(url).pathname}/Bindings?BindingType=sms`, 50209],
  ] as const) {
    expect(await getList(server, wrong), wrong).toMatchObject({ status: 400, body: { code } })
  }
})

test('query parameters that a list does not know are ignored', async () => {
  await using server = await startServer()
  const { channel, path } = await givenChannel(server)
  const { sid } = await channel.members.create({ identity: 'alice' })

  const { keys, meta } = await getPage(server, `${path}/Members?identity=bob&Type=secret&Colour=red`)
  expect(keys).toEqual([sid])
  expect(meta.url).toBe(`${server.app.publicUrl}${path}/Members?PageSize=50&Page=0`)
})
