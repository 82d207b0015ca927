// Actions per second (rest-v2.md §6.3): 30 on average over five seconds, for each channel and for each service.
import { expect, test, vi } from 'vitest'
import { type RawAnswer, startServer, type TestServer } from '../support/server.ts'

/** What one window holds. */
const BURST = 150
const AT_ONCE = 170
const WINDOW_MS = 5_000

test('a channel takes a burst and refuses the rest, while another channel and all reads still work', async () => {
  using clock = stopClock()
  await using server = await startServer({ PARLEY_RATE_LIMITS: 'twilio' })
  const path = await givenChannels(server, 'busy', 'quiet')

  const message = (): Post => [`${path}/Channels/busy/Messages`, { Body: 'x' }]
  const answers = await postAtOnce(server, AT_ONCE, message)

  const { refused } = expectBurst(answers)
  for (const { headers, body } of refused) {
    expect(body).toMatchObject({ code: 20429, message: 'Too Many Requests', status: 429 })
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  }
  const busy = await server.request('GET', `${path}/Channels/busy`)
  expect([busy.status, busy.body.messages_count]).toEqual([200, BURST])
  expect((await server.request('GET', `${path}/Channels/busy/Messages?PageSize=100`)).status).toBe(200)
  const quiet = await postAtOnce(server, 20, () => [`${path}/Channels/quiet/Messages`, { Body: 'x' }])
  expect(quiet.map(({ status }) => status)).toEqual(Array(20).fill(201))
  expect((await server.request('POST', `${path}/Users`, { form: { Identity: 'alice' } })).status).toBe(201)

  clock.advance(WINDOW_MS + 1_000)
  expectBurst(await postAtOnce(server, AT_ONCE, message))
})

test('the official library shows the refusal', async () => {
  using clock = stopClock()
  await using server = await startServer({ PARLEY_RATE_LIMITS: 'twilio' })
  const path = await givenChannels(server, 'busy')
  await postAtOnce(server, AT_ONCE, () => [`${path}/Channels/busy/Messages`, { Body: 'x' }])
  const [service] = await server.client.chat.v2.services.list()
  const { messages } = server.client.chat.v2.services(service!.sid).channels('busy')

  await expect(messages.create({ body: 'one more' })).rejects.toMatchObject({ status: 429, code: 20429 })
  clock.advance(WINDOW_MS / 2)
  await expect(messages.create({ body: 'one more' })).rejects.toMatchObject({ status: 429, code: 20429 })
  clock.advance(WINDOW_MS)
  expect(await messages.create({ body: 'one more' })).toMatchObject({ index: BURST })
})

test('all that changes in a channel draws on one budget', async () => {
  using clock = stopClock()
  await using server = await startServer({ PARLEY_RATE_LIMITS: 'twilio' })
  const path = await givenChannels(server, 'busy')
  const channel = `${path}/Channels/busy`
  await server.request('POST', `${path}/Users`, { form: { Identity: 'guest' } })
  const { body: alice } = await server.request('POST', `${channel}/Members`, { form: { Identity: 'alice' } })
  const { body: hello } = await server.request('POST', `${channel}/Messages`, { form: { Body: 'hello' } })
  clock.advance(2 * WINDOW_MS)

  expectBurst(await postAtOnce(server, AT_ONCE, (i) => [channel, { FriendlyName: `name ${i}` }]))
  const refused: [string, string, Record<string, string>?][] = [
    ['POST', channel, { FriendlyName: 'x' }],
    ['POST', `${channel}/Messages`, { Body: 'x' }],
    ['POST', `${channel}/Messages/${hello.sid}`, { Body: 'x' }],
    ['DELETE', `${channel}/Messages/${hello.sid}`],
    ['POST', `${channel}/Members`, { Identity: 'bob' }],
    ['POST', `${channel}/Members/alice`, { Attributes: '[]' }],
    ['DELETE', `${channel}/Members/alice`],
    ['POST', `${channel}/Invites`, { Identity: 'guest' }],
  ]
  for (const [method, target, form] of refused) {
    expect([method, target, (await server.request(method, target, { form })).status]).toEqual([
      ...[method, target, 429],
    ])
  }
  expect((await server.request('GET', `${channel}/Members/alice`)).body).toEqual(alice)
  expect((await server.request('GET', `${channel}/Messages/${hello.sid}`)).body).toEqual(hello)
  expect((await server.request('GET', `${channel}/Invites`)).body.invites).toEqual([])
})

test('what belongs to a service draws on a budget of its own', async () => {
  using clock = stopClock()
  await using server = await startServer({ PARLEY_RATE_LIMITS: 'twilio' })
  const path = await givenChannels(server, 'lobby')
  const other = await givenChannels(server, 'lobby')
  clock.advance(2 * WINDOW_MS)

  const { sent } = expectBurst(
    await postAtOnce(server, AT_ONCE, (i) => [`${path}/Users`, { Identity: `user ${i}` }]),
  )
  const someone = `${path}/Users/${sent[0]?.body.sid}`
  const refused: [string, string, Record<string, string>?][] = [
    ['POST', `${path}/Users`, { Identity: 'one more' }],
    ['POST', someone, { FriendlyName: 'x' }],
    ['DELETE', someone],
    ['POST', `${path}/Channels`, {}],
    ['DELETE', `${path}/Channels/lobby`],
    ['POST', `${path}/Roles`, { FriendlyName: 'x', Type: 'channel', Permission: 'sendMessage' }],
  ]
  for (const [method, target, form] of refused) {
    expect([method, target, (await server.request(method, target, { form })).status]).toEqual([
      ...[method, target, 429],
    ])
  }
  expect((await server.request('GET', someone)).body).toEqual(sent[0]?.body)
  const elsewhere: [string, Record<string, string>][] = [
    [`${path}/Channels/lobby/Messages`, { Body: 'x' }],
    [`${other}/Users`, { Identity: 'alice' }],
    ['/v2/Services', { FriendlyName: 'another' }],
  ]
  for (const [target, form] of elsewhere) {
    expect([target, (await server.request('POST', target, { form })).status]).toEqual([target, 201])
  }
})

test('without the setting there are no limits', async () => {
  await using server = await startServer()
  const path = await givenChannels(server, 'busy')

  const messages = postAtOnce(server, AT_ONCE, () => [`${path}/Channels/busy/Messages`, { Body: 'x' }])
  const users = postAtOnce(server, AT_ONCE, (i) => [`${path}/Users`, { Identity: `user ${i}` }])

  const answers = [...(await messages), ...(await users)]
  expect(answers.map(({ status }) => status)).toEqual(Array(2 * AT_ONCE).fill(201))
  expect((await server.request('GET', `${path}/Channels/busy`)).body.messages_count).toBe(AT_ONCE)
})

type Post = [path: string, form: Record<string, string>]

/** The path of a new service with these channels. */
async function givenChannels(server: TestServer, ...names: string[]): Promise<string> {
  const service = await server.givenService()
  for (const uniqueName of names) await service.channels.create({ uniqueName })
  return `/v2/Services/${(await service.fetch()).sid}`
}

function postAtOnce(server: TestServer, times: number, request: (i: number) => Post): Promise<RawAnswer[]> {
  return Promise.all(
    Array.from({ length: times }, (_, i) => {
      const [path, form] = request(i)
      return server.request('POST', path, { form })
    }),
  )
}

function expectBurst(answers: RawAnswer[]): { sent: RawAnswer[]; refused: RawAnswer[] } {
  const sent = answers.filter(({ status }) => status < 300)
  const refused = answers.filter(({ status }) => status === 429)
  expect([sent.length, refused.length]).toEqual([BURST, answers.length - BURST])
  return { sent, refused }
}

/** Time stands still, however long the requests take, until it is moved. */
function stopClock(): Disposable & { advance(milliseconds: number): void } {
  vi.useFakeTimers({ toFake: ['Date'] })
  return {
    advance: (milliseconds) => void vi.setSystemTime(Date.now() + milliseconds),
    [Symbol.dispose]: () => void vi.useRealTimers(),
  }
}
