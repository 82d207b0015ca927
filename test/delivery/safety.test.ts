// Targets that must not be called, and targets that mean no good.
import { describe, expect, test } from 'vitest'
import { givenDatabase } from '../support/databases.ts'
import { givenWatchedChannel, givenWatchedService, settled, WANTED } from '../support/deliveries.ts'
import { serve } from '../support/process.ts'
import { startRealtime } from '../support/realtime.ts'
import { startReceiver } from '../support/receiver.ts'
import { ACCOUNT_SID, AUTH_TOKEN, officialClient, startServer, type TestServer } from '../support/server.ts'
import { startEndlessBody, startEndlessHeaders, startSwitching } from '../support/unruly-target.ts'

/** Names and spellings of this machine; each with the port of the receiver. */
const THIS_MACHINE = [
  ...['127.0.0.1', '127.0.0.2', '127.1', '2130706433', '017700000001', '0177.0.0.1', '0x7f000001', '0x7f.1'],
  ...['0.0.0.0', '0', 'localhost', 'LOCALHOST', '[::1]', '[::]'],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
]
const OTHER_PRIVATE = ['169.254.169.254', '10.0.0.1', '172.16.0.1', '192.168.1.1', '[fe80::1]', '[fc00::1]']
const MOST_BYTES = 32 * 1_048_576

describe('with PARLEY_WEBHOOK_BLOCK_PRIVATE=on', () => {
  test('addresses that are not public are never called, and the log says why', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({ PARLEY_WEBHOOK_BLOCK_PRIVATE: 'on' })
    const service = await server.givenService()
    const { sid } = await service.fetch()
    const { port } = new URL(receiver.url())
    const urls = [...THIS_MACHINE, ...OTHER_PRIVATE].map((host) => `http://${host}:${port}/hook`)
    for (const url of [...urls, `http://user:password@127.0.0.1:${port}/hook`]) {
      const channel = await givenWatchedChannel(service, url)
      await service.channels(channel).messages.create({ body: 'hi', ...WANTED })
    }
    const log = await settled(server, sid)

    expect(log).toHaveLength(urls.length + 1)
    for (const { state, error, response, request } of log) {
      expect({ state, error, response }, request.url).toEqual({
        state: 'failed',
        error: expect.stringContaining('is not a public address, and PARLEY_WEBHOOK_BLOCK_PRIVATE is on'),
        response: null,
      })
    }
    expect(receiver.received).toEqual([])
  })

  test('without it this machine may be called', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({ PARLEY_WEBHOOK_BLOCK_PRIVATE: 'off' })

    expect(await tell(server, receiver.url())).toMatchObject([{ state: 'delivered' }])
  })
})

test('redirects are not followed', async () => {
  await using elsewhere = await startReceiver()
  for (const status of [301, 302, 303, 307, 308]) {
    const headers = { location: elsewhere.url() }
    await using receiver = await startReceiver(() => ({ status, headers }))
    await using server = await startServer()

    expect(await tell(server, receiver.url())).toMatchObject([{ state: 'failed', response: { status } }])
    expect(receiver.received).toHaveLength(1)
  }
  expect(elsewhere.received).toEqual([])
})

describe('an answer without end', () => {
  test('is cut: the delivery ends, and little of the body is read', async () => {
    await using endless = await startEndlessBody()
    await using server = await startServer()

    const [delivery] = await tell(server, endless.url)
    await endless.hungUp

    expect(delivery).toMatchObject({ attempts: 1, response: { status: 200 } })
    expect(delivery?.response?.body).toMatch(/^x{1,1024}$/)
    expect(endless.written()).toBeLessThan(MOST_BYTES)
  })

  test('is cut in its headers, too', async () => {
    await using endless = await startEndlessHeaders()
    await using server = await startServer()

    const [delivery] = await tell(server, endless.url)
    await endless.hungUp

    expect(delivery).toMatchObject({ state: 'failed', response: null, error: expect.stringMatching(/./) })
    expect(endless.written()).toBeLessThan(MOST_BYTES)
  })
})

test('of a long answer the log keeps the first 1024 characters, also where they are odd', async () => {
  const odd = `\0${'é'.repeat(100)}`
  await using receiver = await startReceiver(() => ({ body: `${odd}${'x'.repeat(100_000)}` }))
  await using server = await startServer({}, 'postgres')

  const [delivery] = await tell(server, receiver.url())

  expect(delivery?.response?.body).toBe(`\uFFFD${odd.slice(1)}${'x'.repeat(1_024 - odd.length)}`)
})

test('the auth token is neither in the log of deliveries nor in what the process writes', async () => {
  await using receiver = await startReceiver(({ url }) =>
    url === '/take' ? {} : { status: 500, body: 'no' },
  )
  await using database = await givenDatabase('sqlite')
  await using parley = serve(database, { LOG_LEVEL: 'trace' })
  const { url } = await parley.listening()
  const { services } = officialClient(url).chat.v2
  const { sid } = await services.create({ friendlyName: 'test' })
  const urls = [
    receiver.url('/take'),
    receiver.url('/refuse'),
    'http://127.0.0.1:1/',
    'http://nothing.invalid/',
  ]
  for (const one of urls) {
    const channel = await givenWatchedChannel(services(sid), one)
    await services(sid)
      .channels(channel)
      .messages.create({ body: 'hi', ...WANTED })
  }
  const answers: string[] = []
  const basic = Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')
  const asked: Pick<TestServer, 'request'> = {
    async request(method, path) {
      const answer = await fetch(url + path, { method, headers: { authorization: `Basic ${basic}` } })
      const text = await answer.text()
      answers.push(text)
      return { status: answer.status, headers: {}, body: JSON.parse(text), text }
    },
  }
  const log = await settled(asked, sid)
  parley.kill('SIGTERM')
  await parley.exit

  expect(log.map(({ state }) => state)).toEqual(['delivered', 'failed', 'failed', 'failed'])
  const written = [...answers, ...parley.lines, parley.stderr()].join('\n')
  expect(written).toContain('/Deliveries')
  for (const secret of [AUTH_TOKEN, basic]) expect(written).not.toContain(secret)
})

/** The log after a message of which this URL is told. */
async function tell(server: TestServer, url: string) {
  const { service, serviceSid } = await givenWatchedService(server, url)
  const { sid } = await service.channels.create({})
  await service.channels(sid).messages.create({ body: 'hi', ...WANTED })
  return settled(server, serviceSid)
}

test('a target that answers 101 has not answered', async () => {
  await using realtime = await startRealtime()
  await using target = await startSwitching()
  const log = await tell(realtime.server, target.url)
  expect(log).toMatchObject([
    { state: 'failed', attempts: 1, response: null, error: expect.stringContaining('101') },
  ])

  await realtime.service.update({ preWebhookUrl: target.url, webhookFilters: ['onChannelAdd'] })
  const alice = await realtime.client('alice')
  const path = `/Client/v2/Services/${realtime.serviceSid}/Conversations`
  expect(await alice.request('POST', path, { body: { type: 'public' } })).toMatchObject({ status: 201 })
})
