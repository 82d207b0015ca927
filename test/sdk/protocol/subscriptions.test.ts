// Subscribing, replay and live events (§5.4 to §5.6).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime, type TestChannel } from '../../support/realtime.ts'
import {
  allSyncEvents,
  type ObjectType,
  openObject,
  type SyncEvent,
  subscribe,
} from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

type Options = { after?: number | null; protocol?: 3 | 4 }

/** Opens and watches; returns the object's SID and what was told, the confirmation last. */
async function watch(client: Twilsock, type: ObjectType, name: string, { after, protocol }: Options = {}) {
  const { sid, last_event_id } = await openObject(client, type, name)
  const from = after === undefined ? last_event_id : after
  const first = client.frames.length
  await subscribe(client, [{ object_sid: sid, object_type: type, last_event_id: from }], { protocol })
  return { sid, told: eventsSince(client, first) }
}

function eventsSince(client: Twilsock, frame: number): SyncEvent[] {
  return allSyncEvents(client.frames.slice(frame))
}

function brief(events: readonly SyncEvent[]): unknown[] {
  return events.map(({ type, id, event }) => [type, event.item_index ?? event.item_data?.identity ?? '', id])
}

/** A channel of alice with five messages (events 1 to 5), of which 1 was edited (6) and 3 removed (7). */
async function givenHistory(): Promise<TestChannel> {
  const channel = await realtime.givenChannel('alice')
  for (let i = 0; i < 5; i++) await realtime.say(channel.sid, `m${i}`)
  const { messages } = realtime.service.channels(channel.sid)
  const sids = (await messages.list()).map(({ sid }) => sid)
  await messages(sids[1] ?? '').update({ body: 'edited' })
  await messages(sids[3] ?? '').remove()
  return channel
}

test.each<[string, number | null | undefined, unknown[]]>([
  [
    'from the start',
    0,
    [
      ['list_item_added', 0, 1],
      ['list_item_added', 2, 3],
      ['list_item_added', 4, 5],
      ['list_item_added', 1, 6],
    ],
  ],
  [
    'from −1, as mobile SDKs ask',
    -1,
    [
      ['list_item_added', 0, 1],
      ['list_item_added', 2, 3],
      ['list_item_added', 4, 5],
      ['list_item_added', 1, 6],
    ],
  ],
  [
    'from the middle',
    4,
    [
      ['list_item_added', 4, 5],
      ['list_item_updated', 1, 6],
      ['list_item_removed', 3, 7],
    ],
  ],
  ['from before the removal', 6, [['list_item_removed', 3, 7]]],
  ['from the end', 7, []],
  ['from an unknown place', null, []],
])('replay %s', async (_what, after, expected) => {
  const { list } = await givenHistory()
  const { sid, told } = await watch(await realtime.client('alice'), 'list', list, { after })

  expect(brief(told.slice(0, -1))).toEqual(expected)
  expect(told.at(-1)).toMatchObject({
    type: 'subscription_established',
    event: { object_sid: sid, object_type: 'list', replay_status: 'completed', last_event_id: 7 },
  })
  expect(new Set(told.map(({ correlationId }) => correlationId)).size, 'one correlation id').toBe(1)
})

test('replay of a roster tells who came, who went, and nothing of who came and went', async () => {
  const { sid, roster } = await realtime.givenChannel('alice', 'bob')
  const client = await realtime.client('alice')
  const { last_event_id: after } = await openObject(client, 'map', roster)
  const { members } = realtime.service.channels(sid)
  await members.create({ identity: 'passing' })
  await members('passing').remove()
  await members('bob').remove()
  await members.create({ identity: 'carol' })
  const { told } = await watch(client, 'map', roster, { after })

  const seen = told.map(({ type, event }) => [type, event.item_data?.identity])
  expect(seen).toEqual([
    ['map_item_removed', 'bob'],
    ['map_item_added', 'carol'],
    ['subscription_established', undefined],
  ])
})

test('replay of a document is its last state, once', async () => {
  const { sid, document } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { last_event_id: after } = await openObject(client, 'document', document)
  for (const friendlyName of ['one', 'two', 'three'])
    await realtime.service.channels(sid).update({ friendlyName })
  const { told } = await watch(client, 'document', document, { after })

  expect(told.map(({ type }) => type)).toEqual(['document_updated', 'subscription_established'])
  expect(told[0]?.event).toMatchObject({
    document_data: { sid, friendlyName: 'three' },
    document_revision: expect.any(String),
  })
})

test('live events come with everything the clients read, ascending and without a gap', async () => {
  const { sid, list } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { sid: listSid } = await watch(client, 'list', list)
  const first = client.frames.length
  const { messages } = realtime.service.channels(sid)
  const message = await messages.create({ body: 'a', from: 'x', attributes: '{"a":1}' })
  await messages(message.sid).update({ body: 'b' })
  await messages(message.sid).remove()
  const events = await until('three events', () => {
    const seen = eventsSince(client, first)
    return seen.length >= 3 && seen
  })

  expect(brief(events)).toEqual([
    ['list_item_added', 0, 1],
    ['list_item_updated', 0, 2],
    ['list_item_removed', 0, 3],
  ])
  const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(events[0]?.event).toMatchObject({
    list_sid: listSid,
    list_revision: expect.any(String),
    item_index: 0,
    item_url: expect.stringMatching(/^https?:/),
    item_revision: expect.any(String),
    date_created: iso,
    item_data: {
      sid: message.sid,
      author: 'x',
      text: 'a',
      attributes: '{"a":1}',
      type: 'text',
      timestamp: iso,
      dateUpdated: iso,
    },
  })
  expect(events[1]?.event.item_data).toMatchObject({
    sid: message.sid,
    text: 'b',
    attributes: '{"a":1}',
    dateUpdated: iso,
  })
})

test.each([3, 4] as const)('protocol %i: what is confirmed and told in what form', async (protocol) => {
  const channels = [await realtime.givenChannel('alice'), await realtime.givenChannel('alice')]
  const client = await realtime.client('alice')
  const wanted = []
  for (const { list } of channels) {
    const { sid } = await openObject(client, 'list', list)
    wanted.push({ object_sid: sid, object_type: 'list' as const, last_event_id: 0 })
  }
  const confirmed = await subscribe(client, wanted, { protocol })
  for (const { sid } of channels) for (const body of ['a', 'b', 'c']) await realtime.say(sid, body)
  await until(
    'six events',
    () => allSyncEvents(client.frames).filter(({ type }) => type === 'list_item_added').length === 6,
  )

  expect(confirmed.map(({ object }) => object).sort()).toEqual(
    wanted.map(({ object_sid }) => object_sid).sort(),
  )
  const notifications = client.frames.filter(({ header }) => header.method === 'notification')
  const joined = notifications.filter(({ payload }) => 'events' in (payload as object))
  if (protocol === 3) expect(joined).toEqual([])
  for (const { payload } of notifications) expect(payload).toHaveProperty('event_protocol_version')
})

test('a canceled subscription is confirmed, and tells no more', async () => {
  const { sid, list } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { sid: object_sid } = await watch(client, 'list', list)
  const [canceled] = await subscribe(client, [{ object_sid, object_type: 'list' }], { action: 'cancel' })
  const first = client.frames.length
  await realtime.say(sid, 'unheard')
  await realtime.client('alice')
  await client.request('GET', '/Client/v1/Configuration')

  expect(canceled).toMatchObject({
    type: 'subscription_canceled',
    event: { object_sid, object_type: 'list' },
  })
  expect(eventsSince(client, first)).toEqual([])
})

test('asking again for a watched object is a fresh start', async () => {
  const { list } = await givenHistory()
  const client = await realtime.client('alice')
  await watch(client, 'list', list)
  const { told } = await watch(client, 'list', list, { after: 4 })

  expect(brief(told.slice(0, -1))).toEqual([
    ['list_item_added', 4, 5],
    ['list_item_updated', 1, 6],
    ['list_item_removed', 3, 7],
  ])
})

test('a long replay stops half-way, and goes on where it stopped', { timeout: 60_000 }, async () => {
  const count = 1_250
  const { sid, list } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const messages = `${new URL((await configurationOf(client)).links.conversations ?? '').pathname}/${sid}/Messages`
  await Promise.all(
    Array.from({ length: count }, (_, i) => client.request('POST', messages, { body: { body: `m${i}` } })),
  )
  const seen: number[] = []
  const statuses: string[] = []
  for (let after = 0; statuses.at(-1) !== 'completed'; ) {
    const { told } = await watch(client, 'list', list, { after })
    seen.push(...told.slice(0, -1).map(({ event }) => event.item_index))
    const { replay_status, last_event_id } = told.at(-1)?.event ?? {}
    statuses.push(replay_status)
    after = last_event_id
  }

  expect(statuses.length).toBeGreaterThan(1)
  expect(statuses.slice(0, -1)).toEqual(statuses.slice(1).map(() => 'interrupted'))
  expect(seen).toEqual(Array.from({ length: count }, (_, i) => i))
})

test('events that fall into the moment of subscribing come once and in order', {
  timeout: 60_000,
}, async () => {
  const { sid, list } = await realtime.givenChannel('alice')
  const clients = await Promise.all(Array.from({ length: 8 }, () => realtime.client('alice')))
  const total = 120
  const talk = (async () => {
    for (let i = 0; i < total; i++) await realtime.say(sid, `m${i}`)
  })()
  await Promise.all(clients.map((client) => watch(client, 'list', list, { after: 0 })))
  await talk
  for (const client of clients) {
    const indexes = (): number[] =>
      allSyncEvents(client.frames)
        .filter(({ type }) => type === 'list_item_added')
        .map(({ event }) => event.item_index)
    await until('all messages', () => indexes().length >= total, { seen: indexes })
    expect(indexes()).toEqual(Array.from({ length: total }, (_, i) => i))
  }
})

test('the answer to a subscription tells the client how long to wait', async () => {
  const client = await realtime.client('alice')
  const { status, body } = await client.request('POST', '/v4/Subscriptions', {
    body: {
      event_protocol_version: 4,
      action: 'establish',
      correlation_id: 1,
      retried_requests: 0,
      ttl_in_s: -1,
      requests: [],
    },
  })

  expect([200, 202]).toContain(status)
  expect(body).toMatchObject({
    estimated_delivery_in_ms: expect.any(Number),
    max_batch_size: expect.any(Number),
    ttl_in_s: expect.any(Number),
  })
})

test.each([
  ['no requests', { action: 'establish', correlation_id: 1 }],
  ['an unknown action', { action: 'ponder', correlation_id: 1, requests: [] }],
  ['requests that are none', { action: 'establish', correlation_id: 1, requests: [null, 5, 'x', {}] }],
])('%s in a subscription: a clear answer', async (_what, body) => {
  const client = await realtime.client('alice')
  const answer = await client.request('POST', '/v4/Subscriptions', { body })

  expect(answer.status).toBeLessThan(500)
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
})

test('an object that one request names again and again is answered once', async () => {
  const client = await realtime.client('alice')
  const missing = { object_sid: `ES${'9'.repeat(32)}`, object_type: 'list' }
  for (const action of ['establish', 'cancel']) {
    const before = client.frames.length
    await client.request('POST', '/v4/Subscriptions', {
      body: { action, correlation_id: 1, requests: Array(1_000).fill(missing) },
    })
    expect(eventsSince(client, before)).toHaveLength(1)
  }
})

test('of several wishes for one object the last one counts', async () => {
  const { sid, list } = await realtime.givenChannel('alice')
  await realtime.say(sid, 'hello')
  const client = await realtime.client('alice')
  const { sid: object_sid } = await openObject(client, 'list', list)
  const wish = (last_event_id: number) => ({ object_sid, object_type: 'list', last_event_id })
  const before = client.frames.length
  await client.request('POST', '/v4/Subscriptions', {
    body: { action: 'establish', correlation_id: 1, requests: [wish(1), wish(0)] },
  })
  expect(eventsSince(client, before).map(({ type }) => type)).toEqual([
    'list_item_added',
    'subscription_established',
  ])
})

test.each(['establish', 'cancel'])(
  '%s: what answers would repeat for every object must not be long',
  async (action) => {
    const client = await realtime.client('alice')
    const requests = Array.from({ length: 900 }, (_, i) => ({ object_sid: `${i}`, object_type: 'list' }))
    const long = 'x'.repeat(200_000)
    const before = client.frames.length
    const ask = async (body: object) =>
      (await client.request('POST', '/v4/Subscriptions', { body: { action, ...body } })).status

    expect(await ask({ correlation_id: long, requests })).toBe(400)
    expect(await ask({ correlation_id: 1, requests: [{ object_sid: long, object_type: 'list' }] })).toBe(400)
    expect(eventsSince(client, before)).toEqual([])
    expect(await ask({ correlation_id: 'c'.repeat(100), requests })).toBe(200)
    expect(eventsSince(client, before)).toHaveLength(900)
  },
)
