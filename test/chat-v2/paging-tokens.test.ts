// Page tokens, pages that change while somebody reads them, and the order of lists (rest-v2.md §1.8, §1.9).
import { expect, test } from 'vitest'
import { getList, getPage, givenBinding, LISTS, walk } from '../support/lists.ts'
import { startServer, type TestServer } from '../support/server.ts'

const badParameter = { status: 400, body: { code: 20001 } }
const BASE = 'https://chat.example.org/chat'

async function givenMessages(server: TestServer, count: number) {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const { messages } = service.channels(sid)
  const sids: string[] = []
  for (let i = 0; i < count; i++) sids.push((await messages.create({ body: `message ${i}` })).sid)
  return { service, messages, sids, path: `${new URL(url).pathname}/Messages` }
}

/** A token that the list itself gave out. */
async function tokenOf(server: TestServer, path: string): Promise<string> {
  const { meta } = await getPage(server, `${path}?PageSize=1`)
  return String(new URL(String(meta.next_page_url)).searchParams.get('PageToken'))
}

test('a list refuses the page tokens of lists of other things, and texts that are no tokens', async () => {
  await using server = await startServer()
  const lists = await Promise.all(
    LISTS.map(async ({ key, given }) => {
      const { path } = await given(server)
      return { key, path, token: await tokenOf(server, path) }
    }),
  )

  for (const { key, path } of lists) {
    const foreign = lists.filter((other) => other.key !== key).map(({ token }) => token)
    for (const token of [...foreign, 'nonsense', 'PT', 'PTxyz', '-']) {
      const url = `${path}?PageSize=2&Page=1&PageToken=${token}`
      expect(await getList(server, url), url).toMatchObject(badParameter)
    }
  }
})

test('a message token below zero has an error of its own', async () => {
  await using server = await startServer()
  const { path } = await givenMessages(server, 1)

  for (const token of ['PT-1', 'PT-20']) {
    expect(await getList(server, `${path}?PageToken=${token}`)).toMatchObject({
      status: 400,
      body: { code: 19038, message: expect.stringContaining('Page token must be') },
    })
  }
})

test('a page token works with another page size and another page number', async () => {
  await using server = await startServer()
  const { path, sids } = await givenMessages(server, 6)
  const { meta } = await getPage(server, `${path}?PageSize=2`)
  const token = new URL(String(meta.next_page_url)).searchParams.get('PageToken')

  const page = await getPage(server, `${path}?PageSize=3&Page=7&PageToken=${token}`)
  expect(page.keys).toEqual(sids.slice(2, 5))
  expect(await getPage(server, `${path}?PageToken=${token}`)).toMatchObject({ keys: sids.slice(2) })
})

test('messages are listed by index, or backwards with Order=desc', async () => {
  await using server = await startServer()
  const { messages, path, sids } = await givenMessages(server, 5)
  const newestFirst = sids.toReversed()
  await messages(String(sids[4])).update({ dateCreated: new Date('2001-01-01') })

  expect((await messages.list()).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
  expect((await messages.list({ order: 'asc' })).map(({ sid }) => sid)).toEqual(sids)
  expect((await messages.list({ order: 'desc' })).map(({ sid }) => sid)).toEqual(newestFirst)

  const first = await getPage(server, `${path}?PageSize=2&Order=desc`)
  const base = `${server.app.publicUrl}${path}?Order=desc&PageSize=2`
  expect(first.meta).toMatchObject({ url: `${base}&Page=0`, first_page_url: `${base}&Page=0` })
  expect(first.meta.next_page_url).toContain(`${base}&Page=1&PageToken=`)
  await messages(String(first.keys[1])).remove()
  await messages.create({ body: 'later' })
  const rest = await walk(server, String(first.meta.next_page_url))
  expect(rest.map(({ keys }) => keys)).toEqual([newestFirst.slice(2, 4), newestFirst.slice(4)])
  const back = await getPage(server, String(rest[1]?.meta.previous_page_url))
  expect(back.keys).toEqual(newestFirst.slice(2, 4))
})

test('the order of creation is not the order of the dates that an import sets', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const years = ['2021', '2019', '2020']
  const dates = years.map((year) => new Date(`${year}-05-05T00:00:00Z`))

  const channels = []
  for (const dateCreated of dates) channels.push(await service.channels.create({ dateCreated }))
  expect(await service.channels.list({ pageSize: 1 })).toMatchObject(channels.map(({ sid }) => ({ sid })))
  const { members, messages } = service.channels(String(channels[0]?.sid))
  for (const [i, dateCreated] of dates.entries()) {
    await members.create({ identity: `${years[i]}`, dateCreated })
    await messages.create({ body: `${years[i]}`, dateCreated })
  }
  expect((await members.list({ pageSize: 1 })).map(({ identity }) => identity)).toEqual(years)
  expect((await messages.list({ pageSize: 1 })).map(({ body }) => body)).toEqual(years)
  expect((await messages.list({ pageSize: 2, order: 'desc' })).map(({ body }) => body)).toEqual(
    years.toReversed(),
  )
})

test('a page holds no more items than its size allows', async () => {
  await using server = await startServer()
  const { messages, path } = await givenMessages(server, 0)
  await Promise.all(Array.from({ length: 101 }, (_, i) => messages.create({ body: `${i}` })))
  const service = await server.givenService()
  const user = await service.users.create({ identity: 'alice' })
  const bindings = []
  for (let i = 0; i < 51; i++) bindings.push(await givenBinding(server, user))

  const pages = await walk(server, `${path}?PageSize=1000`)
  expect(pages.map(({ keys }) => keys.length)).toEqual([100, 1])
  expect((await walk(server, path)).map(({ keys }) => keys.length)).toEqual([50, 50, 1])
  for (const parent of [(await service.fetch()).url, user.url]) {
    const of = await walk(server, `${new URL(parent).pathname}/Bindings?PageSize=1000`)
    expect(of.map(({ keys }) => keys)).toEqual([bindings.slice(0, 50), bindings.slice(50)])
  }
})

test('the last page still leads back when all of its items are deleted', async () => {
  await using server = await startServer()
  const { messages, path, sids } = await givenMessages(server, 4)
  const [first, second] = await walk(server, `${path}?PageSize=2`)

  for (const sid of sids.slice(2)) await messages(sid).remove()
  const last = await getPage(server, String(second?.meta.url))
  expect(last).toMatchObject({ keys: [], meta: { page: 1, next_page_url: null } })
  expect(last.meta.previous_page_url).toEqual(expect.stringContaining('&Page=0&PageToken='))
  expect((await getPage(server, String(last.meta.previous_page_url))).keys).toEqual(first?.keys)
})

test('the first page still leads on when all of its items are deleted', async () => {
  await using server = await startServer()
  const { messages, path, sids } = await givenMessages(server, 4)
  const [, second] = await walk(server, `${path}?PageSize=2`)

  for (const sid of sids.slice(0, 2)) await messages(sid).remove()
  const first = await getPage(server, String(second?.meta.previous_page_url))
  expect(first).toMatchObject({ keys: [], meta: { page: 0, previous_page_url: null } })
  expect(first.meta.next_page_url).not.toBeNull()
  expect((await getPage(server, String(first.meta.next_page_url))).keys).toEqual(second?.keys)
})

test('an empty list is one empty page', async () => {
  await using server = await startServer()
  const { path } = await givenMessages(server, 0)

  const { keys, meta } = await getPage(server, path)
  expect(keys).toEqual([])
  expect(meta).toMatchObject({ page: 0, page_size: 50, previous_page_url: null, next_page_url: null })
})

test('the page URLs have the public base of the server', async () => {
  await using server = await startServer({ PARLEY_PUBLIC_URL: BASE })
  const { path, sids } = await givenMessages(server, 5)

  const first = await getPage(server, `${path.slice(new URL(BASE).pathname.length)}?PageSize=2`)
  expect(first.keys).toEqual(sids.slice(0, 2))
  for (const url of [first.meta.url, first.meta.first_page_url, String(first.meta.next_page_url)]) {
    expect(url.startsWith(`${BASE}/v2/Services/`)).toBe(true)
  }
})
