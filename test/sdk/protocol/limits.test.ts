// What one client may use up: each limit with a clear refusal, and nobody else is touched (§13.4).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Realtime, startRealtime } from '../../support/realtime.ts'
import { openObject, subscribe } from '../../support/sync-events.ts'
import { encodeFrame } from '../../support/twilsock-frames.ts'

const FRAME_BYTES = 65_536
const IN_FLIGHT = 4
const SUBSCRIPTIONS = 3
const CONNECTIONS = 3
const SILENT = 12

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime({
    PARLEY_MAX_FRAME_BYTES: `${FRAME_BYTES}`,
    PARLEY_MAX_REQUESTS_IN_FLIGHT: `${IN_FLIGHT}`,
    PARLEY_MAX_SUBSCRIPTIONS: `${SUBSCRIPTIONS}`,
    PARLEY_MAX_CONNECTIONS_PER_USER: `${CONNECTIONS}`,
    PARLEY_MAX_SILENT_CONNECTIONS: `${SILENT}`,
  })
})
afterAll(() => realtime[Symbol.asyncDispose]())

test('a message over PARLEY_MAX_FRAME_BYTES ends its connection, one below does not', async () => {
  const [client, other] = [await realtime.client('frames'), await realtime.client('other')]
  const fits = encodeFrame({ method: 'telemetry.v1', id: 'TM1' }, 'x'.repeat(FRAME_BYTES - 200))
  client.sendBytes(fits)
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)

  client.sendBytes(Buffer.alloc(FRAME_BYTES + 1))
  expect((await client.closed).code).toBe(1009)
  expect((await other.request('GET', '/Client/v1/Configuration')).status).toBe(200)
})

test('requests over PARLEY_MAX_REQUESTS_IN_FLIGHT are answered 429, the others served', async () => {
  const client = await realtime.client('busy')
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => client.request('GET', '/Client/v1/Configuration')),
  )
  const served = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status === 429)

  expect(served.length).toBeGreaterThanOrEqual(IN_FLIGHT)
  expect(refused.length).toBeGreaterThan(0)
  expect(served.length + refused.length).toBe(answers.length)
  expect(refused[0]?.body).toMatchObject({
    status: 429,
    code: expect.any(Number),
    message: expect.any(String),
  })
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
})

test('subscriptions over PARLEY_MAX_SUBSCRIPTIONS fail, until others are canceled', async () => {
  const client = await realtime.client('curious')
  const wanted = []
  for (let i = 0; i < SUBSCRIPTIONS + 2; i++) {
    const { document } = await realtime.givenChannel()
    const { sid, last_event_id } = await openObject(client, 'document', document)
    wanted.push({ object_sid: sid, object_type: 'document' as const, last_event_id })
  }
  const results = new Map(
    (await subscribe(client, wanted)).map(({ object, type, event }) => [object, { type, event }]),
  )
  const inOrder = wanted.map(({ object_sid }) => results.get(object_sid))
  expect(inOrder.map((result) => result?.type)).toEqual([
    ...Array(SUBSCRIPTIONS).fill('subscription_established'),
    ...Array(2).fill('subscription_failed'),
  ])
  expect(inOrder.at(-1)?.event.error).toMatchObject({ status: 429, code: expect.any(Number) })

  await subscribe(client, wanted.slice(0, 1), { action: 'cancel' })
  expect((await subscribe(client, wanted.slice(-1))).map(({ type }) => type)).toEqual([
    'subscription_established',
  ])
})

test('connections over PARLEY_MAX_CONNECTIONS_PER_USER are told to come back later', async () => {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS + 5 }, () => realtime.socket()))
  const replies = await Promise.all(sockets.map((socket) => socket.init(realtime.token('popular'))))
  const codes = replies.map(({ header }) => (header.status as { code: number }).code)

  expect(codes.filter((code) => code === 200)).toHaveLength(CONNECTIONS)
  const refused = replies.filter(({ header }) => (header.status as { code: number }).code === 429)
  expect(refused).toHaveLength(5)
  expect(refused[0]?.payload).toEqual({ backoff_policy: { reconnect_min_ms: expect.any(Number) } })
  expect((await (await realtime.client('another')).request('GET', '/Client/v1/Configuration')).status).toBe(
    200,
  )

  sockets[codes.indexOf(200)]?.send({ method: 'close' })
  await sockets[codes.indexOf(200)]?.closed
  expect((await (await realtime.socket()).init(realtime.token('popular'))).header.status).toMatchObject({
    code: 200,
  })
})

test('of sockets over PARLEY_MAX_SILENT_CONNECTIONS the one that was silent longest comes back later', async () => {
  const before = await realtime.client('early')
  const strangers = []
  for (let i = 0; i < SILENT; i++) strangers.push(await realtime.socket())
  // Whoever is refused starts anew.
  await strangers[0]?.init('no token')
  const late = await realtime.socket()
  const goodbye = await strangers[1]?.closeFrame()

  expect(goodbye?.header.status).toMatchObject({ code: 308, status: 'OFFLOAD' })
  await strangers[1]?.closed
  expect(strangers.flatMap(({ isClosed }, i) => (isClosed() ? i : []))).toEqual([1])
  for (const [i, socket] of [...strangers.slice(2), late].entries()) {
    expect((await socket.init(realtime.token(`late ${i}`))).header.status).toMatchObject({ code: 200 })
  }
  for (let i = 0; i < SILENT; i++) await realtime.socket()
  expect((await before.request('GET', '/Client/v1/Configuration')).status).toBe(200)
  expect((await late.request('GET', '/Client/v1/Configuration')).status).toBe(200)
})
