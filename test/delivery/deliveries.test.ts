// The log of deliveries over REST: finding, reading, and who may.
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { listDeliveries } from '../support/deliveries.ts'
import { answerByBody, givenLog } from '../support/delivery-log.ts'
import { startReceiver } from '../support/receiver.ts'
import { ACCOUNT_SID, AUTH_TOKEN, startServer, type TestServer } from '../support/server.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const UNKNOWN = `WD${'0'.repeat(32)}`

describe.each(ENGINES)('on %s', (engine) => {
  test('the list holds every delivery, oldest first, and takes filters', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { serviceSid, lobby, hall } = await givenLog(server, receiver)
    const years = async (query: Record<string, string>): Promise<string[]> =>
      (await listDeliveries(server, serviceSid, query)).map(
        ({ request, state }) => `${request.parameters.DateCreated?.slice(0, 4)} ${state}`,
      )
    const [added, refused, taken, hallFailed, hallWaiting] = [
      ...['2021 delivered', '2022 failed', '2023 delivered', '2024 failed', '2024 waiting'],
    ]

    const all = await listDeliveries(server, serviceSid)
    expect(all.map(({ sid }) => sid)).toEqual(all.map(({ sid }) => sid).sort())
    expect((await years({})).sort()).toEqual([added, refused, taken, hallFailed, hallWaiting])
    expect(await years({ State: 'failed' })).toEqual([refused, hallFailed])
    expect(await years({ State: 'delivered' })).toEqual([added, taken])
    expect(await years({ State: 'waiting' })).toEqual([hallWaiting])
    expect(await years({ Event: 'onChannelAdded' })).toEqual([added])
    expect(await years({ Event: 'onMemberAdded' })).toEqual([])
    expect(await years({ ChannelSid: lobby })).toEqual([added, refused, taken])
    expect((await years({ ChannelSid: hall })).sort()).toEqual([hallFailed, hallWaiting])
    expect(await years({ ChannelSid: `CH${'0'.repeat(32)}` })).toEqual([])
    expect(await years({ CreatedBefore: '2022-01-01T00:00:00Z' })).toEqual([added])
    expect(await years({ CreatedBefore: '2022-01-01T00:00:00.001Z' })).toEqual([added, refused])
    expect(await years({ CreatedFrom: '2023-01-01T00:00:00Z', State: 'delivered' })).toEqual([taken])
    expect(await years({ CreatedFrom: '2024-01-01T00:00:00.501Z' })).toEqual([])
    expect(await years({ CreatedFrom: '2024-01-01T01:00:00.500+01:00', State: 'failed' })).toEqual([
      hallFailed,
    ])
    expect(
      await years({ CreatedFrom: '2022-01-01T00:00:00Z', CreatedBefore: '2023-01-01T00:00:00Z' }),
    ).toEqual([refused])
    expect(await years({ State: 'failed', ChannelSid: lobby, Event: 'onMessageSent' })).toEqual([refused])
  })

  test('it pages like every list, with the filters in its URLs', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByBody)
    const { path } = await givenLog(server, receiver)
    const follow = (url: string) => server.request('GET', url.slice(new URL(url).origin.length))

    const first = await server.request('GET', `${path}?Event=onMessageSent&PageSize=3`)
    const second = await follow(first.body.meta.next_page_url)
    const back = await follow(second.body.meta.previous_page_url)

    expect(first.body.meta).toEqual({
      page: 0,
      page_size: 3,
      key: 'deliveries',
      url: expect.stringMatching(`^http.*${path}\\?Event=onMessageSent&PageSize=3&Page=0$`),
      first_page_url: expect.stringContaining(`${path}?Event=onMessageSent&PageSize=3&Page=0`),
      previous_page_url: null,
      next_page_url: expect.stringMatching(/\?Event=onMessageSent&PageSize=3&Page=1&PageToken=PT/),
    })
    expect(first.body.deliveries).toHaveLength(3)
    expect(second.body.deliveries).toHaveLength(1)
    expect(second.body.meta).toMatchObject({ page: 1, next_page_url: null })
    expect(back.body.deliveries).toEqual(first.body.deliveries)
  })
})

test('one delivery shows its request, the answer or the error, and its times', async () => {
  await using server = await startServer()
  await using receiver = await startReceiver(answerByBody)
  const { serviceSid, path, lobby } = await givenLog(server, receiver)
  const [failed] = await listDeliveries(server, serviceSid, { State: 'failed' })

  const { status, body } = await server.request('GET', `${path}/${failed?.sid}`)

  expect(status).toBe(200)
  expect(body).toEqual({
    sid: expect.stringMatching(/^WD[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    service_sid: serviceSid,
    channel_sid: lobby,
    webhook_sid: null,
    event: 'onMessageSent',
    state: 'failed',
    attempts: 1,
    request: {
      url: receiver.url('/hook'),
      method: 'POST',
      parameters: expect.objectContaining({ EventType: 'onMessageSent', Body: 'refuse', ChannelSid: lobby }),
      idempotency_token: receiver.of('onMessageSent')[0]?.headers['i-twilio-idempotency-token'],
      retry_limit: 0,
    },
    response: { status: 500, body: 'broken' },
    error: null,
    last_attempt: expect.stringMatching(ISO),
    duration_ms: expect.any(Number),
    date_created: '2022-01-01T00:00:00.000Z',
    date_updated: expect.stringMatching(ISO),
    url: expect.stringMatching(`^http://localhost:\\d+${path}/${failed?.sid}$`),
  })
  const [waiting] = await listDeliveries(server, serviceSid, { State: 'waiting' })
  expect(waiting).toMatchObject({
    webhook_sid: expect.stringMatching(/^WH/),
    response: null,
    request: { retry_limit: 3 },
  })
})

test('wrong values of filters are refused', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const path = `/parley/v1/Services/${sid}/Deliveries`
  const forBoth = [
    'ChannelSid=CH1',
    `ChannelSid=${UNKNOWN}`,
    'CreatedFrom=yesterday',
    'CreatedBefore=2024-02-30',
  ]
  const invalid = { status: 400, body: { code: 20001, status: 400 } }

  for (const query of [...forBoth, 'State=lost', 'State=', 'State=failed&State=waiting', 'PageToken=x']) {
    expect(await server.request('GET', `${path}?${query}`), query).toMatchObject(invalid)
  }
  for (const query of forBoth) {
    const form = Object.fromEntries(new URLSearchParams(query))
    expect(await server.request('POST', `${path}/Replay`, { form }), query).toMatchObject(invalid)
  }
})

test('nothing is shown without credentials, of another service, or inside the paths of the API', async () => {
  await using server = await startServer()
  await using receiver = await startReceiver(answerByBody)
  const { serviceSid, path, service } = await givenLog(server, receiver)
  const { sid: otherSid } = await (await server.givenService()).fetch()
  const other = `/parley/v1/Services/${otherSid}/Deliveries`
  const [failed] = await listDeliveries(server, serviceSid, { State: 'failed' })
  const operations = [
    ['GET', ''],
    ['GET', `/${failed?.sid}`],
    ['POST', `/${failed?.sid}/Replay`],
    ['POST', '/Replay'],
  ] as const

  for (const [method, rest] of operations) {
    const without = await server.request(method, path + rest, { auth: null })
    const wrong = await server.request(method, path + rest, { auth: { username: 'x', password: 'y' } })
    expect([without, wrong]).toMatchObject([
      { status: 401, body: { code: 20003 } },
      { status: 401, body: { code: 20003 } },
    ])
    expect(await statusInsideV2(server, method, `/v2/Services/${serviceSid}/Deliveries${rest}`)).toBe(404)
  }
  expect(await listDeliveries(server, otherSid)).toEqual([])
  for (const [method, rest] of [...operations.slice(1, 3), ['GET', `/${UNKNOWN}`], ['GET', '/x']] as const) {
    expect(await server.request(method, other + rest)).toMatchObject({ status: 404, body: { code: 20404 } })
  }
  expect(await server.request('POST', `${other}/Replay`)).toMatchObject({
    status: 200,
    body: { replayed: 0 },
  })
  expect(await listDeliveries(server, serviceSid, { State: 'failed' })).toHaveLength(2)
  expect(JSON.stringify((await service.fetch()).links)).not.toContain('Deliveries')
})

/** Without the checks of the test kit, which knows no such path. */
async function statusInsideV2({ url }: TestServer, method: string, path: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`
  return (await fetch(url + path, { method, headers: { authorization } })).status
}
