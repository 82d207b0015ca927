// What is sent again, how often, and what stays of it in the end (rest-v2.md §4.5).
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { times } from '../support/at-once.ts'
import {
  givenWatchedChannel,
  givenWatchedService,
  type ShownDelivery,
  settled,
  WANTED,
} from '../support/deliveries.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

const RETRIED = [429, 503, 504]
const NOT_RETRIED = [301, 302, 307, 400, 401, 403, 404, 408, 410, 422, 500, 501, 502]

test('429, 503 and 504 are sent again up to the configured count, then kept as failed', async () => {
  await using receiver = await startReceiver(({ url }) => ({ status: Number(url.slice(1, 4)), body: 'no' }))
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const paths = [...RETRIED.map((status) => `/${status}/2`), '/503/0', '/503/1', '/503/3']
  for (const path of paths) {
    const channelSid = await givenWatchedChannel(service, receiver.url(path), {
      retryCount: Number(path.at(-1)),
    })
    await service.channels(channelSid).messages.create({ body: path, ...WANTED })
  }
  const log = await settled(server, serviceSid)

  for (const path of paths) {
    const count = Number(path.at(-1)) + 1
    const tries = sentTo(receiver, path)
    expect(tries.map(({ parameters }) => parameters.RetryCount)).toEqual(times(count, String))
    expect(new Set(tries.map(tokenOf)).size).toBe(1)
    expect(new Set(tries.map(withoutRetryCount)).size).toBe(1)
    expect(new Set(tries.map(signatureOf)).size).toBe(count)
    expect(log.find(isFor(receiver, path))).toMatchObject({
      state: 'failed',
      attempts: count,
      response: { status: Number(path.slice(1, 4)), body: 'no' },
      error: null,
    })
  }
  expect(new Set(receiver.received.map(tokenOf)).size).toBe(paths.length)
})

test('a channel webhook without a retry count, and a service without one, are tried once', async () => {
  await using receiver = await startReceiver(() => ({ status: 503 }))
  await using server = await startServer()
  const { service, serviceSid } = await givenWatchedService(server, receiver.url('/service'))
  const channelSid = await givenWatchedChannel(service, receiver.url('/channel'))

  await service.channels(channelSid).messages.create({ body: 'hi', ...WANTED })
  const log = await settled(server, serviceSid)

  expect(log.map(({ state, attempts }) => ({ state, attempts }))).toEqual([
    { state: 'failed', attempts: 1 },
    { state: 'failed', attempts: 1 },
  ])
  expect(receiver.received).toHaveLength(2)
})

test('other answers are not sent again, and what follows in the channel goes on', async () => {
  await using receiver = await startReceiver(({ url, parameters }) => ({
    status: parameters.Index === '0' ? Number(url.slice(1)) : 204,
    headers: { location: '/elsewhere' },
  }))
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  for (const status of NOT_RETRIED) {
    const channelSid = await givenWatchedChannel(service, receiver.url(`/${status}`), { retryCount: 3 })
    await service.channels(channelSid).messages.create({ body: 'refused', ...WANTED })
    await service.channels(channelSid).messages.create({ body: 'taken', ...WANTED })
  }
  const log = await settled(server, serviceSid)

  for (const status of NOT_RETRIED) {
    const came = sentTo(receiver, `/${status}`).map(({ parameters }) => parameters)
    expect(
      came.map(({ Index, RetryCount }) => `${Index} ${RetryCount}`),
      String(status),
    ).toEqual(['0 0', '1 0'])
    expect(log.filter(isFor(receiver, `/${status}`))).toMatchObject([
      { state: 'failed', attempts: 1, response: { status } },
      { state: 'delivered', attempts: 1, response: { status: 204 } },
    ])
  }
  expect(sentTo(receiver, '/elsewhere')).toEqual([])
})

test.each([200, 201, 202, 204])('%i means delivered', async (status) => {
  await using receiver = await startReceiver(() => ({ status }))
  await using server = await startServer()
  const { service, serviceSid } = await givenWatchedService(server, receiver.url())
  const { sid } = await service.channels.create({})

  await service.channels(sid).messages.create({ body: 'hi', ...WANTED })

  expect(await settled(server, serviceSid)).toMatchObject([{ state: 'delivered', attempts: 1 }])
})

test.each(['POST', 'GET'] as const)('a target that answers at last ends the %s tries', async (method) => {
  await using receiver = await startReceiver((_received, count) => ({ status: count < 3 ? 503 : 200 }))
  await using server = await startServer()
  const { service, serviceSid } = await givenWatchedService(server, receiver.url('/hook?a=1'), {
    postWebhookRetryCount: 3,
    webhookMethod: method,
  })
  const { sid } = await service.channels.create({})

  await service.channels(sid).messages.create({ body: 'hi', ...WANTED })

  expect(await settled(server, serviceSid)).toMatchObject([
    { state: 'delivered', attempts: 3, response: { status: 200 }, request: { method } },
  ])
  expect(receiver.received.map((one) => `${one.method} ${one.parameters.RetryCount}`)).toEqual([
    `${method} 0`,
    `${method} 1`,
    `${method} 2`,
  ])
  expect(new Set(receiver.received.map(tokenOf)).size).toBe(1)
})

test('silence, a broken connection and no connection at all are sent again, too', async () => {
  await using silent = await startReceiver(() => null)
  await using breaking = await startBreaking()
  const gone = await startReceiver()
  const urlOfGone = gone.url()
  await gone[Symbol.asyncDispose]()
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  for (const url of [silent.url(), breaking.url, urlOfGone]) {
    const channelSid = await givenWatchedChannel(service, url, { retryCount: 1 })
    await service.channels(channelSid).messages.create({ body: 'hi', ...WANTED })
  }
  const log = await settled(server, serviceSid)

  const failed = { state: 'failed', attempts: 2, response: null, error: expect.stringMatching(/./) }
  expect(log).toMatchObject([failed, failed, failed])
  expect(silent.received.map(({ parameters }) => parameters.RetryCount)).toEqual(['0', '1'])
  expect(breaking.connections()).toBe(2)
})

/** Closes every connection as soon as there is a request on it. */
async function startBreaking(): Promise<AsyncDisposable & { url: string; connections(): number }> {
  let connections = 0
  const server = createServer((request) => {
    connections++
    request.socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function sentTo(receiver: Receiver, path: string): Received[] {
  return receiver.received.filter(({ url }) => url === path)
}

function isFor(receiver: Receiver, path: string): (delivery: ShownDelivery) => boolean {
  return ({ request }) => request.url === receiver.url(path)
}

function tokenOf({ headers }: Received): string {
  return headers['i-twilio-idempotency-token'] ?? ''
}

function signatureOf({ headers }: Received): string {
  return headers['x-twilio-signature'] ?? ''
}

function withoutRetryCount({ parameters: { RetryCount, ...rest } }: Received): string {
  return JSON.stringify(rest)
}
