// Reading items page by page: two generations of clients use `meta` in two ways (§5.3).
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime, type TestChannel } from '../../support/realtime.ts'
import { openObject, pathOf } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'

const MESSAGES = 23
/** Deleted: a gap in the indexes. */
const GAP = 11

let realtime: Realtime
let client: Twilsock
let channel: TestChannel
let items: string
beforeAll(async () => {
  realtime = await startRealtime()
  channel = await realtime.givenChannel('alice', 'bob', 'carol')
  for (let i = 0; i < MESSAGES; i++) await realtime.say(channel.sid, `m${i}`)
  const { messages } = realtime.service.channels(channel.sid)
  await messages((await messages.list())[GAP]?.sid ?? '').remove()
  client = await realtime.client('alice')
  items = pathOf((await openObject(client, 'list', channel.list)).links.items)
})
afterAll(() => realtime[Symbol.asyncDispose]())

type Meta = { previous_token: string | null; next_token: string | null }

async function read(
  params: Record<string, string>,
): Promise<{ indexes: number[]; meta: Meta; items: any[] }> {
  const { status, body } = await client.request('GET', items, { params })
  expect(status, JSON.stringify(body)).toBe(200)
  return {
    indexes: body.items.map(({ index }: { index: number }) => index),
    meta: body.meta,
    items: body.items,
  }
}

const ALL = Array.from({ length: MESSAGES }, (_, i) => i).filter((i) => i !== GAP)

test('items carry what the clients read', async () => {
  const {
    items: [item],
  } = await read({ PageSize: '1' })

  expect(item).toMatchObject({
    index: 0,
    url: expect.stringMatching(/^https?:/),
    revision: expect.any(String),
    last_event_id: 1,
    data: { author: 'system', text: 'm0', attributes: '{}', type: 'text' },
    date_created: expect.any(String),
    date_updated: expect.any(String),
  })
})

test('a message of a member names him, and one of the back end nobody', async () => {
  const { sid, list } = await realtime.givenChannel('alice', 'bob')
  await realtime.say(sid, 'from the back end')
  const { links } = await configurationOf(client)
  const messages = `${pathOf(links.conversations ?? '')}/${sid}/Messages`
  expect((await client.request('POST', messages, { body: { body: 'hi' } })).status).toBe(201)
  const { body } = await client.request('GET', pathOf((await openObject(client, 'list', list)).links.items))
  const alice = (await realtime.service.channels(sid).members.list()).find(
    ({ identity }) => identity === 'alice',
  )

  expect(body.items.map(({ data }: { data: { memberSid?: string } }) => data.memberSid)).toEqual([
    undefined,
    alice?.sid,
  ])
})

test.each(['asc', 'desc'])(
  '%s: tokens alone lead through everything and back, in the same order',
  async (Order) => {
    const wanted = Order === 'asc' ? ALL : ALL.toReversed()
    const first = await read({ Order, PageSize: '5' })
    expect(first.meta.previous_token).toBeNull()
    const pages = [first]
    for (let page = first; page.meta.next_token; pages.push(page))
      page = await read({ PageToken: page.meta.next_token })
    expect(pages.flatMap(({ indexes }) => indexes)).toEqual(wanted)
    expect(pages.map(({ indexes }) => indexes.length)).toEqual([5, 5, 5, 5, 2])

    let back = pages.at(-1)
    const seen = [back?.indexes]
    while (back?.meta.previous_token) {
      back = await read({ PageToken: back.meta.previous_token })
      seen.unshift(back.indexes)
    }
    expect(seen.flat()).toEqual(wanted)
    expect(back?.meta.next_token, 'from the first page on there is more').not.toBeNull()
  },
)

test.each<[string, Record<string, string>, number[], boolean, boolean]>([
  ['from an anchor upwards', { Order: 'asc', From: '20', PageSize: '5' }, [20, 21, 22], true, false],
  ['from an anchor downwards', { Order: 'desc', From: '3', PageSize: '10' }, [3, 2, 1, 0], true, false],
  ['from an anchor that is gone', { Order: 'asc', From: `${GAP}`, PageSize: '2' }, [12, 13], true, true],
  ['from the first one', { Order: 'asc', From: '0', PageSize: '2' }, [0, 1], false, true],
  ['from beyond the end', { Order: 'asc', From: '99', PageSize: '2' }, [], true, false],
  ['downwards from beyond the end', { Order: 'desc', From: '99', PageSize: '2' }, [22, 21], false, true],
  ['everything at once', { PageSize: '101' }, ALL, false, false],
])('%s: items, and whether there is more on either side', async (_what, params, indexes, before, after) => {
  const { indexes: found, meta } = await read(params)

  expect(found).toEqual(indexes)
  if (found.length > 0) expect(meta.previous_token !== null, 'before').toBe(before)
  expect(meta.next_token !== null, 'after').toBe(after)
})

test('tokens survive the clients’ parser: no “=” in them', async () => {
  const { meta } = await read({ PageSize: '2', From: '5' })

  expect(`${meta.next_token}${meta.previous_token}`).toMatch(/^[\w.~-]+$/)
})

test('one item by its index, and none where there is none', async () => {
  expect((await read({ Index: '7' })).indexes).toEqual([7])
  expect((await read({ Index: `${GAP}` })).indexes).toEqual([])
  expect((await read({ Index: '999' })).indexes).toEqual([])
})

test('map items come in the order of their keys, and one by its key', async () => {
  const roster = pathOf((await openObject(client, 'map', channel.roster)).links.items)
  const { body } = await client.request('GET', roster, { params: { PageSize: '2' } })
  const { body: rest } = await client.request('GET', roster, { params: { PageToken: body.meta.next_token } })
  const keys: string[] = [...body.items, ...rest.items].map(({ key }) => key)
  expect(keys).toHaveLength(3)
  expect(keys).toEqual(keys.toSorted())
  expect(rest.meta.next_token).toBeNull()

  const one = await client.request('GET', roster, { params: { Key: keys[1] ?? '' } })
  expect(one.body.items.map(({ key }: { key: string }) => key)).toEqual([keys[1]])
  expect((await client.request('GET', roster, { params: { Key: 'nobody' } })).body.items).toEqual([])
  const from = await client.request('GET', roster, { params: { From: keys[1] ?? '', PageSize: '10' } })
  expect(from.body.items.map(({ key }: { key: string }) => key)).toEqual(keys.slice(1))
})

test.each(['nonsense', '', '%00', Buffer.from('{"a":1}').toString('base64url')])(
  'a broken token %j is a bad request',
  async (PageToken) => {
    const { status } = await client.request('GET', items, { params: { PageToken } })

    expect(PageToken === '' ? [200, 400] : [400]).toContain(status)
  },
)

test('a token of one list does not open another', async () => {
  const other = await realtime.givenChannel('bob')
  const bob = await realtime.client('bob')
  const otherItems = pathOf((await openObject(bob, 'list', other.list)).links.items)
  const { meta } = await read({ PageSize: '2' })
  const { status, body } = await bob.request('GET', otherItems, {
    params: { PageToken: meta.next_token ?? '' },
  })

  expect(status === 400 || body.items.length === 0, `${status} ${JSON.stringify(body)}`).toBe(true)
})

describe('pages of long messages', () => {
  const count = 40
  const wanted = Array.from({ length: count }, (_, i) => i)
  let path: string
  beforeAll(async () => {
    const { sid, list } = await realtime.givenChannel('alice')
    // In JSON a character takes six bytes here: 75 kB for each message.
    for (let i = 0; i < count; i++) await realtime.say(sid, '\u0001'.repeat(12_500))
    path = pathOf((await openObject(client, 'list', list)).links.items)
  })

  async function readLong(params: Record<string, string>): Promise<{ indexes: number[]; meta: Meta }> {
    const { body, header } = await client.request('GET', path, { params })
    expect(header.payload_size).toBeLessThan(1_100_000)
    return { indexes: body.items.map(({ index }: { index: number }) => index), meta: body.meta }
  }

  test.each(['asc', 'desc'])('%s: they end early, and tokens lead to the end and back', async (Order) => {
    const pages = [await readLong({ Order, PageSize: '100' })]
    for (let token = pages[0]?.meta.next_token; token; token = pages.at(-1)?.meta.next_token) {
      pages.push(await readLong({ PageToken: token }))
    }
    expect(pages.length).toBeGreaterThan(2)
    expect(pages.flatMap(({ indexes }) => indexes)).toEqual(Order === 'asc' ? wanted : wanted.toReversed())

    const back = [pages.at(-1)]
    for (let token = back[0]?.meta.previous_token; token; token = back[0]?.meta.previous_token) {
      back.unshift(await readLong({ PageToken: token }))
    }
    expect(back.flatMap((page) => page?.indexes)).toEqual(Order === 'asc' ? wanted : wanted.toReversed())
    expect(back.length).toBeGreaterThan(2)
  })

  test('the last item of a page leads to the next one, as the newest Sync asks', async () => {
    const seen: number[] = []
    for (let next: unknown = 'first'; next; ) {
      const { indexes, meta } = await readLong({ From: `${seen.at(-1) ?? 0}`, PageSize: '101' })
      seen.push(...indexes.filter((index) => index !== seen.at(-1)))
      next = meta.next_token
    }
    expect(seen).toEqual(wanted)
  })
})
