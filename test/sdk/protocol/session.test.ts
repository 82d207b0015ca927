// The session list of 3.x and 4.x: commands go in as items, and come back with their answers (§9).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../../../src/store/sql.ts'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { allSyncEvents, openObject, pathOf, subscribe } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const PURPOSE = {
  purpose: 'com.twilio.rtd.ipmsg',
  context: { type: 'IpMsgSession', apiVersion: '3', endpointPlatform: 'js|3.4.0|Linux|Node.js|20' },
}

type Session = { sid: string; items: string; context: string }

async function openSession(client: Twilsock): Promise<Session> {
  const { status, body } = await client.request('POST', '/v3/Lists', { body: PURPOSE })
  expect({ status, last_event_id: body.last_event_id }).toEqual({ status: 201, last_event_id: 0 })
  return { sid: body.sid, items: pathOf(body.links.items), context: pathOf(body.links.context) }
}

async function watchSession(
  client: Twilsock,
  { sid }: Session,
  last_event_id: number | null = 0,
): Promise<void> {
  await subscribe(client, [{ object_sid: sid, object_type: 'list', last_event_id }], { protocol: 3 })
}

function push(client: Twilsock, { items }: Session, commandId: string, request: object) {
  return client.request('POST', items, { body: { data: { request, commandId } } })
}

function answerTo(client: Twilsock, commandId: string): Promise<any> {
  return until(`the answer to ${commandId}`, () => {
    const found = allSyncEvents(client.frames).find(
      ({ event }) => event.item_data?.commandId === commandId && event.item_data.response,
    )
    return found?.event.item_data.response
  })
}

test('the context comes as an event, and the early read of it does not spoil that', async () => {
  const client = await realtime.client('alice')
  const session = await openSession(client)
  const { status, body } = await client.request('GET', session.context)
  await watchSession(client, session)
  const [context] = allSyncEvents(client.frames)

  expect({ status, last_event_id: body.last_event_id }).toEqual({ status: 200, last_event_id: 0 })
  expect(context).toMatchObject({ type: 'list_context_updated', event: { list_sid: session.sid } })
  expect(context?.id).toBeGreaterThanOrEqual(1)
  expect(context?.event.context_data).toMatchObject({
    ...{ type: 'IpMsgSession', apiVersion: '3', identity: 'alice', userInfo: expect.any(String) },
    ...{
      myChannels: expect.any(String),
      channels: expect.any(String),
      links: { publicChannelsUrl: expect.stringMatching(/^\//) },
    },
  })
  expect(body.data).toEqual(context?.event.context_data)
})

test('a command is kept as an item, done once, and answered in it', async () => {
  const client = await realtime.client('alice')
  const session = await openSession(client)
  await watchSession(client, session)
  const { status, body } = await push(client, session, 'c1', {
    action: 'createChannel',
    type: 'private',
    friendlyName: 'G',
    attributes: '{}',
  })
  const { channelSid, ...response } = await answerTo(client, 'c1')

  expect({ status, body }).toMatchObject({
    status: 201,
    body: { index: expect.any(Number), last_event_id: expect.any(Number), url: expect.any(String) },
  })
  expect(response).toMatchObject({ status: 200, statusText: 'OK', channel: `${channelSid}.channel` })
  expect(await realtime.service.channels(channelSid).fetch()).toMatchObject({
    friendlyName: 'G',
    createdBy: 'alice',
  })
  await push(client, session, 'c2', { action: 'joinChannelV2', channelSid })
  await answerTo(client, 'c2')
  await push(client, session, 'c3', { action: 'sendMessage', channelSid, text: 'hi', attributes: '{}' })
  expect(await answerTo(client, 'c3')).toMatchObject({ status: 200, messageId: 0 })
  const ids = allSyncEvents(client.frames)
    .filter(({ object }) => object === session.sid)
    .map(({ id }) => id)
    .filter((id) => id > 0)
  expect(ids).toEqual(ids.toSorted((a, b) => a - b))
})

test.each<[string, object, number]>([
  ['a channel that is not there', { action: 'joinChannelV2', channelSid: `CH${'0'.repeat(32)}` }, 50300],
  ['an unknown action', { action: 'levitate' }, expect.any(Number) as never],
  ['no action', {}, expect.any(Number) as never],
  [
    'values of the wrong kind',
    { action: 'createChannel', type: 7, friendlyName: [], attributes: {} },
    expect.any(Number) as never,
  ],
])('%s: the refusal comes back in the item', async (_what, request, code) => {
  const client = await realtime.client('alice')
  const session = await openSession(client)
  await watchSession(client, session)
  await push(client, session, 'c1', request)
  const { status, statusText } = await answerTo(client, 'c1')

  expect(status).toEqual(code)
  expect(status).not.toBe(200)
  expect(statusText).toEqual(expect.any(String))
})

test('a session goes on after a reconnect, with numbers that go on rising', async () => {
  const first = await realtime.client('alice')
  const session = await openSession(first)
  await watchSession(first, session)
  const { sid: channelSid } = await realtime.givenChannel('alice')
  const say = { action: 'sendMessage', channelSid, text: 'hi', attributes: '{}' }
  await push(first, session, 'before', say)
  await answerTo(first, 'before')
  const position = newestOf(first, session)
  await first[Symbol.asyncDispose]()
  const second = await realtime.client('alice')
  await watchSession(second, session, position)
  expect((await push(second, session, 'after', say)).status).toBe(201)

  expect(await answerTo(second, 'after')).toMatchObject({ status: 200, messageId: 1 })
  const told = allSyncEvents(second.frames).filter(({ object, id }) => object === session.sid && id > 0)
  for (const { id } of told) expect(id).toBeGreaterThan(position)
})

function newestOf(client: Twilsock, { sid }: Session): number {
  const events = allSyncEvents(client.frames).filter(({ object }) => object === sid)
  return Math.max(...events.map(({ id, event }) => id || Number(event.last_event_id)))
}

test('who takes the session of another user acts in their own name, and reaches nobody', async () => {
  const [alice, mallory] = [await realtime.client('alice'), await realtime.client('mallory')]
  const session = await openSession(alice)
  await watchSession(alice, session)
  const { sid: channelSid } = await realtime.givenChannel('alice')
  const before = alice.frames.length
  const say = { action: 'sendMessage', channelSid, text: 'forged', attributes: '{}' }
  await push(mallory, session, 'c1', say)
  await watchSession(mallory, session)
  await alice.request('GET', '/Client/v1/Configuration')

  expect(await answerTo(mallory, 'c1')).not.toMatchObject({ status: 200 })
  expect(await realtime.service.channels(channelSid).messages.list()).toEqual([])
  expect(allSyncEvents(alice.frames.slice(before))).toEqual([])
  const { body } = await mallory.request('GET', session.context)
  expect(body.data?.identity ?? 'mallory').toBe('mallory')
})

test('a session that is not known any more says so in the way that makes clients open a new one', async () => {
  const client = await realtime.client('alice')
  const session = await openSession(client)
  const gone = { ...session, items: session.items.replace(session.sid, `ES${'0'.repeat(32)}`) }
  const { status, body } = await push(client, gone, 'c1', {
    action: 'createChannel',
    type: 'public',
    attributes: '{}',
  })

  expect({ status, code: body.code }).toEqual({ status: 403, code: 54007 })
})

test('a session that cannot be watched any more fails alone, and not what was asked for with it', async () => {
  await using own = await startRealtime()
  const client = await own.client('alice')
  const session = await openSession(client)
  const { myInfo } = await configurationOf(client)
  const { sid: infoSid } = await openObject(client, 'map', myInfo)
  // As when another server has deleted the service, and its news is still on the way.
  await own.server.app.chat.db.transaction((tx) => tx.run(sql`update services set deleted = 1`))

  const confirmations = await subscribe(client, [
    { object_sid: session.sid, object_type: 'list', last_event_id: 0 },
    { object_sid: infoSid, object_type: 'map', last_event_id: null },
  ])
  expect(confirmations).toMatchObject([
    { type: 'subscription_failed', object: session.sid, event: { error: { status: 403, code: 50050 } } },
    { type: 'subscription_established', object: infoSid },
  ])
})

test('consumption reports answer for each channel', async () => {
  const { sid } = await realtime.givenChannel('alice')
  for (let i = 0; i < 4; i++) await realtime.say(sid, `m${i}`)
  const client = await realtime.client('alice')
  const session = await openSession(client)
  await watchSession(client, session)
  await push(client, session, 'c1', {
    action: 'consumptionReportV2',
    report: [{ channelSid: sid, messageIdx: 1 }],
  })

  expect(await answerTo(client, 'c1')).toMatchObject({
    status: 200,
    report: [{ channelSid: sid, unreadMessagesCount: 2 }],
  })
  expect(await realtime.service.channels(sid).members('alice').fetch()).toMatchObject({
    lastConsumedMessageIndex: 1,
  })
})

test('what a client does not fetch is not kept without end', async () => {
  const client = await realtime.client('alice')
  const { body } = await client.request('POST', '/v3/Lists', {
    body: { ...PURPOSE, context: { endpointPlatform: 'p'.repeat(100_000) } },
  })
  const session = { sid: body.sid, items: pathOf(body.links.items), context: pathOf(body.links.context) }
  const other = await openSession(client)
  const request = { action: 'levitate', junk: 'x'.repeat(100_000) }
  for (let i = 0; i < 20; i++) {
    expect((await push(client, i % 2 ? session : other, `c${i}`, request)).status).toBe(201)
  }
  const before = client.frames.length
  await watchSession(client, session)
  await watchSession(client, other)
  const told = client.frames.slice(before)
  expect(told.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1_200_000)
  expect(allSyncEvents(told).filter(({ type }) => type === 'list_item_added').length).toBeGreaterThan(2)
  const [context] = allSyncEvents(told)
  expect(context?.event.context_data.endpointPlatform).toBe('p'.repeat(256))

  await push(client, session, 'later', { action: 'levitate' })
  expect(await answerTo(client, 'later')).toMatchObject({ status: expect.any(Number) })
  const third = await openSession(client)
  await push(client, third, 'again', { action: 'levitate' })
  await watchSession(client, third)
  expect(await answerTo(client, 'again'), 'there is room again').toMatchObject({
    statusText: expect.any(String),
  })
})
