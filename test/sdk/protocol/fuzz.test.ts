// Hostile clients: whatever they send, the server stays well, answers what can be answered, and forgets them.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { openObject, pathOf } from '../../support/sync-events.ts'
import { requestFrame, type Twilsock } from '../../support/twilsock.ts'
import { encodeFrame } from '../../support/twilsock-frames.ts'
import { until } from '../../support/until.ts'
import { bytes, hostileFrame } from './hostile-frames.ts'
import { type RandomRequest, randomRequest } from './random-requests.ts'

const SEED = 4
const FRAMES = 1_500
const REQUESTS = 2_500
const BATCH = 50

let realtime: Realtime
let witness: Twilsock
beforeAll(async () => {
  realtime = await startRealtime()
  witness = await realtime.client('witness')
})
afterAll(() => realtime[Symbol.asyncDispose]())

/** Everything is as before: the server lives, serves, and holds no socket but those given. */
async function expectHealth(sockets: number): Promise<void> {
  expect((await fetch(`${realtime.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${realtime.url}/readyz`)).status).toBe(200)
  expect((await witness.request('GET', '/Client/v1/Configuration')).status).toBe(200)
  const open = async (): Promise<number> => {
    const metrics = await (await fetch(`${realtime.url}/metrics`)).text()
    return Number(/^parley_socket_connections (\d+)/m.exec(metrics)?.[1])
  }
  await until(`${sockets} sockets`, async () => (await open()) === sockets, { seen: open })
}

test.each(['before init', 'after init'])(`${FRAMES} hostile frames %s`, { timeout: 60_000 }, async (when) => {
  const frames = fc.sample(hostileFrame, { seed: SEED, numRuns: FRAMES })
  for (let i = 0; i < frames.length; i += BATCH) {
    const client = when === 'after init' ? await realtime.client('mallory') : await realtime.socket()
    for (const frame of frames.slice(i, i + BATCH)) if (!client.isClosed()) client.sendBytes(frame)
    if (!client.isClosed()) {
      const last = await client.exchange({ method: 'update', token: 'none' })
      expect(last.header.status).toMatchObject({ code: 401 })
    }
    for (const { header } of client.frames) expect(header).toHaveProperty('method')
    await client[Symbol.asyncDispose]()
  }
  await expectHealth(1)
})

test('frames cut anywhere, and bytes that are no WebSocket frames', { timeout: 60_000 }, async () => {
  const whole = encodeFrame(
    { ...requestFrame('POST', '/v4/Subscriptions', {})[0], id: 'TM1' },
    { requests: [] },
  )
  const client = await realtime.client('mallory')
  for (let end = 0; end < whole.length; end++) client.sendBytes(whole.subarray(0, end))
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
  await client[Symbol.asyncDispose]()

  for (const raw of fc.sample(bytes, { seed: SEED, numRuns: 60 })) {
    const victim = await realtime.client('mallory')
    const { _socket } = victim.socket as unknown as { _socket: { write(data: Buffer): void } }
    _socket.write(raw)
    await victim[Symbol.asyncDispose]()
  }
  await expectHealth(1)
})

test(`${REQUESTS} random requests are all answered, none of them with a fault of the server`, {
  timeout: 90_000,
}, async () => {
  const { sid, document, list, roster } = await realtime.givenChannel('mallory')
  await realtime.say(sid, 'hello')
  const client = await realtime.client('mallory')
  const { links, myChannels, myInfo } = await configurationOf(client)
  const items = await Promise.all([openObject(client, 'list', list), openObject(client, 'map', roster)])
  const words = [sid, document, list, roster, myChannels, myInfo, 'mallory']
  const paths = [...Object.values(links), ...items.map((one) => one.links.items)].map(pathOf)
  const faults: unknown[] = []
  let served = 0
  const all = fc.sample(randomRequest({ words, paths }), { seed: SEED, numRuns: REQUESTS })
  for (let i = 0; i < all.length; i += BATCH) {
    for (const { request, code, payload } of await answersTo(client, all.slice(i, i + BATCH))) {
      if (code < 300) served++
      if (code >= 500) faults.push({ code, request, payload })
    }
  }

  expect(faults).toEqual([])
  expect(served, 'some of them make sense').toBeGreaterThan(REQUESTS / 50)
  expect(client.isClosed()).toBe(false)
  await client[Symbol.asyncDispose]()
  await expectHealth(1)
})

type Answered = { request: RandomRequest; code: number; payload: unknown }

/** Sends them all at once. A refusal must say what it is about. */
async function answersTo(client: Twilsock, requests: RandomRequest[]): Promise<Answered[]> {
  const ids = requests.map((one) => client.send(...requestFrame(one.verb, one.path, one)))
  const answered: Answered[] = []
  for (const [i, request] of requests.entries()) {
    const { header, payload } = await client.reply(ids[i] ?? '')
    // Without http_status: the frame carried nothing that is a request.
    const { code } = (header.http_status ?? header.status) as { code: number }
    const isRefusal = header.http_status !== undefined && code >= 400
    const refusal = { status: code, code: expect.any(Number), message: expect.any(String) }
    if (isRefusal) expect(payload, JSON.stringify(request)).toMatchObject(refusal)
    answered.push({ request, code, payload })
  }
  return answered
}
