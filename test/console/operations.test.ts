// What the console needs beyond the vendor's API: tokens, searches, figures, the account.
import { jwtVerify } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, startServer, type TestServer } from '../support/server.ts'

async function givenChannels(server: TestServer) {
  const service = await server.givenService()
  const { sid } = await service.fetch()
  const made: string[] = []
  const drafts = [
    { friendlyName: 'Lobby' },
    { uniqueName: 'lobby-2', type: 'private' as const },
    { friendlyName: '100% done' },
    { friendlyName: '100 and more' },
  ]
  for (const draft of drafts) made.push((await service.channels.create(draft)).sid)
  const [lobby = ''] = made
  await service.channels(lobby).members.create({ identity: 'alice' })
  return { service, base: `/parley/v1/Services/${sid}`, made, lobby }
}

describe.each(ENGINES)('on %s', (engine) => {
  test('channels are found by the start of a name in any case, by type, by member, page by page', async () => {
    await using server = await startServer({}, engine)
    const { base, made } = await givenChannels(server)
    const find = async (query: string) => {
      const { status, body } = await server.request('GET', `${base}/Channels?${query}`)
      expect(status).toBe(200)
      return body.channels.map(({ sid }: { sid: string }) => made.indexOf(sid))
    }
    expect(await find('')).toEqual([0, 1, 2, 3])
    expect(await find('Prefix=LOB')).toEqual([0, 1])
    expect(await find('Prefix=lobby-')).toEqual([1])
    expect(await find('Prefix=100%25')).toEqual([2])
    expect(await find('Prefix=_')).toEqual([])
    expect(await find('Prefix=lob&Type=private')).toEqual([1])
    expect(await find('Member=alice')).toEqual([0])
    expect(await find('Member=Alice')).toEqual([])

    const first = await server.request('GET', `${base}/Channels?Prefix=lob&PageSize=1`)
    const next = await server.request('GET', first.body.meta.next_page_url.replace(/^https?:\/\/[^/]+/, ''))
    expect(next.body.channels.map(({ sid }: { sid: string }) => made.indexOf(sid))).toEqual([1])
  })

  test('messages are found by a text in them, newest first, without the deleted', async () => {
    await using server = await startServer({}, engine)
    const { service, base, lobby } = await givenChannels(server)
    const { messages } = service.channels(lobby)
    for (const body of ['One lamp', 'No light', 'LAMPS! ÉTÉ', 'lamp 3']) await messages.create({ body })
    const [, , , last] = await messages.list()
    await service.channels(lobby).messages(last!.sid).remove()
    const find = async (text: string) => {
      const path = `${base}/Channels/${lobby}/Messages?Text=${encodeURIComponent(text)}`
      const { body } = await server.request('GET', path)
      return body.messages.map(({ index }: { index: number }) => index)
    }
    expect(await find('lamp')).toEqual([2, 0])
    expect(await find('s! ÉTÉ')).toEqual([2])
    expect(await find('%')).toEqual([])
    const missing = await server.request('GET', `${base}/Channels/${lobby}/Messages`)
    expect(missing.body).toMatchObject({ status: 400, code: 20001 })
    const long = await server.request('GET', `${base}/Channels/${lobby}/Messages?Text=${'x'.repeat(257)}`)
    expect(long.body).toMatchObject({ status: 400, code: 20001 })
  })
})

test('a token is signed for an identity; wrong ones are refused with the reason', async () => {
  await using server = await startServer()
  const { base } = await givenChannels(server)
  const mint = (form: Record<string, string>) => server.request('POST', `${base}/Tokens`, { form })
  const { status, body } = await mint({ Identity: 'zoë', Ttl: '60' })
  expect(status).toBe(201)
  const key = new TextEncoder().encode(API_KEY_SECRET)
  const { payload } = await jwtVerify(body.token, key, { issuer: API_KEY_SID, subject: ACCOUNT_SID })
  expect(payload.grants).toMatchObject({ identity: 'zoë', chat: { service_sid: body.service_sid } })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
  expect(new Date(body.date_expires).getTime()).toBe((payload.exp ?? 0) * 1000)

  for (const form of [
    {},
    { Identity: 'a', Ttl: '0' },
    { Identity: 'a', Ttl: '86401' },
    { Identity: 'a'.repeat(600) },
  ]) {
    expect((await mint(form as Record<string, string>)).status).toBe(400)
  }
  const elsewhere = await server.request('POST', `/parley/v1/Services/IS${'0'.repeat(32)}/Tokens`, {
    form: { Identity: 'a' },
  })
  expect(elsewhere.status).toBe(403)
})

test('the account tells the addresses that clients use', async () => {
  await using server = await startServer({ PARLEY_PUBLIC_URL: 'https://chat.example.org' })
  const { body } = await server.request('GET', '/parley/v1/Account')
  expect(body).toEqual({
    sid: ACCOUNT_SID,
    identity: 'system',
    url: 'https://chat.example.org',
    socket_url: 'wss://chat.example.org/v3/wsconnect',
  })
  expect((await server.request('GET', '/parley/v1/Account', { auth: null })).status).toBe(401)
})

test('figures count what was sent since the sample before', async () => {
  await using server = await startServer()
  const { service, lobby } = await givenChannels(server)
  for (let i = 0; i < 10; i++) await service.channels(lobby).messages.create({ body: 'x' })
  const samples = await vi.waitUntil(
    async () => {
      const { body } = await server.request('GET', '/parley/v1/Metrics')
      return body.samples.length > 0 && body.samples
    },
    { timeout: 20_000, interval: 500 },
  )
  const [{ date, messages_per_second, p50_ms, p95_ms, memory_bytes, connections, queue_depth }] = samples
  expect(Date.parse(date)).toBeLessThanOrEqual(Date.now())
  expect(messages_per_second).toBeGreaterThan(0)
  expect(p50_ms).toBeLessThanOrEqual(p95_ms)
  expect(memory_bytes).toBeGreaterThan(1e6)
  expect([connections, queue_depth]).toEqual([0, 0])
})
