// What holds for every request, whatever the operation (rest-v2.md §1.1, §1.3, §1.5).
import { expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import { fillPath, givenFurnishedService } from '../support/furnished-service.ts'
import { sendRequest } from '../support/raw-socket.ts'
import { type RawAnswer, startServer } from '../support/server.ts'

const UNKNOWN = `IS${'0'.repeat(32)}`

test('every answer has the CORS headers and a request id of its own', async () => {
  await using server = await startServer()
  const answers = [
    await server.request('POST', '/v2/Services', { form: { FriendlyName: 'desk' } }),
    await server.request('GET', '/v2/Services'),
    await server.request('GET', '/v2/Services', { auth: null }),
    await server.request('GET', `/v2/Services/${UNKNOWN}`),
    await server.request('PUT', '/v2/Services'),
    await server.request('GET', '/v2/%zz'),
    await server.request('GET', '/nothing'),
    await server.request('GET', '/healthz'),
    await server.request('GET', '/openapi.json'),
  ]

  expect(answers.map(({ status }) => status)).toEqual([201, 200, 401, 404, 405, 400, 404, 200, 200])
  for (const { headers } of answers) {
    expect(headers['access-control-allow-origin']).toBe('*')
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      expect(headers['access-control-allow-methods']).toContain(method)
    }
    expect(headers['access-control-allow-headers']).toMatch(/Authorization.*Content-Type/)
    expect(headers['access-control-allow-credentials']).toBe('true')
    expect(headers['access-control-expose-headers']).toContain('ETag')
    expect(headers['twilio-request-id']).toMatch(/^RQ[0-9a-f]{32}$/)
  }
  expect(new Set(answers.map(({ headers }) => headers['twilio-request-id'])).size).toBe(answers.length)
  expect(answers[0]?.headers['twilio-request-duration']).toMatch(/^\d+\.\d+$/)
})

test('a pre-flight needs no credentials, on any path', async () => {
  await using server = await startServer()
  const headers = {
    origin: 'https://app.example.org',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type',
  }
  const { sid } = await (await server.givenService()).fetch()
  const path = `/v2/Services/${sid}`

  for (const target of [
    '/v2/Services',
    path,
    `${path}/Channels/${encodeURIComponent('a/b')}/Messages`,
    `/v2/Services/${UNKNOWN}/Channels`,
    '/v3/Services/x/Channels/y',
    '/v2/Nothing/at/all',
    '/healthz',
    '/nothing',
    '/',
  ]) {
    const answer = await server.request('OPTIONS', target, { auth: null, headers })
    expect([target, answer.status, answer.text]).toEqual([target, 204, ''])
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers['access-control-allow-methods']).toMatch(/GET.*POST.*DELETE/)
    expect(answer.headers['access-control-allow-headers']).toMatch(/Authorization.*Content-Type/)
    expect(answer.headers['www-authenticate']).toBeUndefined()
  }
})

test('with a list of origins, only those may read', async () => {
  await using server = await startServer({ PARLEY_CORS_ORIGINS: 'https://a.example, https://b.example:8443' })
  const allowed = async (origin?: string): Promise<string | undefined> => {
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    return (await server.request('OPTIONS', '/v2/Services', { auth: null, headers })).headers[
      'access-control-allow-origin'
    ]
  }

  expect(await allowed('https://a.example')).toBe('https://a.example')
  expect(await allowed('https://b.example:8443')).toBe('https://b.example:8443')
  expect(await allowed('https://b.example')).toBeUndefined()
  expect(await allowed('https://a.example.evil.org')).toBeUndefined()
  expect(await allowed('null')).toBeUndefined()
  expect(await allowed()).toBeUndefined()
  const answer = await server.request('GET', '/v2/Services', { headers: { origin: 'https://a.example' } })
  expect([answer.status, answer.headers.vary]).toEqual([200, 'Origin'])
})

test('a verb that a path does not have is 405 and names those that it has', async () => {
  await using server = await startServer()
  const { service, sids } = await givenFurnishedService(server)
  const before = await service.channels(sids.Channels).fetch()
  const verbs = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH']

  for (const [path, operations] of Map.groupBy(chatV2Operations, (operation) => operation.path)) {
    const allowed = operations.map(({ method }) => method as string)
    for (const verb of verbs.filter((verb) => !allowed.includes(verb))) {
      const { status, headers, body } = await server.request(verb, fillPath({ path }, sids))
      expect([verb, path, status, body.code, body.message]).toEqual([
        ...[verb, path],
        ...[405, 20004, 'Method not allowed'],
      ])
      const named = (headers.allow ?? '')
        .split(', ')
        .filter((method) => !['OPTIONS', 'HEAD'].includes(method))
      expect(named.sort()).toEqual(allowed.sort())
    }
  }
  expect(await service.channels(sids.Channels).fetch()).toEqual(before)
})

test('a verb of another protocol is 405 as well', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()

  for (const verb of ['PROPFIND', 'LOCK', 'SEARCH', 'TRACE', 'QUERY']) {
    for (const path of ['/v2/Services', `/v2/Services/${sid}`, `/v2/Services/${sid}/Users`]) {
      const { status, text } = await sendRequest(server.url, verb, path)
      expect([verb, path, status, JSON.parse(text).code]).toEqual([verb, path, 405, 20004])
    }
  }
})

test('HEAD is answered without a body', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()

  for (const path of ['/v2/Services', `/v2/Services/${sid}`, `/v2/Services/${sid}/Channels?PageSize=1`]) {
    const answer = await server.request('HEAD', path)
    expect([answer.status, answer.text]).toEqual([405, ''])
    expect(answer.headers.allow).toContain('GET')
  }
  const unknown = await server.request('HEAD', '/v2/Nothing')
  expect([unknown.status, unknown.text]).toEqual([404, ''])
  const health = await server.request('HEAD', '/healthz')
  expect([health.status, health.text]).toEqual([200, ''])
})

test('an unknown path is 404 and named without its version', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const unknown = [
    '/Nothing',
    '/services',
    '/Services.json',
    `/Services/${sid}/Nothing`,
    `/Services/${sid}/channels`,
    `/Services/${sid}/Channels/lobby/Members/alice/More`,
    `/Services/${sid}//Channels`,
    '/Accounts',
    `/Credentials/CR${'0'.repeat(32)}/Keys`,
  ]

  for (const path of unknown) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await server.request(method, `/v2${path}?PageSize=1`)
      const message = `The requested resource ${path} was not found`
      expect([method, status, body.code, body.message]).toEqual([method, 404, 20404, message])
    }
  }
  for (const path of ['/', '/favicon.ico', '/v2', '/v2/', '/v9/Services', '/V2/Services', '/v2Services']) {
    const { status, body } = await server.request('GET', path)
    expect([path, status, body.code]).toEqual([path, 404, 20404])
  }
})

test('an error is JSON with exactly four keys, a deletion has no body at all', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  await service.channels.create({ uniqueName: 'lobby' })
  const path = `/v2/Services/${sid}`
  const errors: RawAnswer[] = [
    await server.request('POST', `${path}/Users`, { form: {} }),
    await server.request('GET', path, { auth: null }),
    await server.request('GET', `/v2/Services/${UNKNOWN}/Users`),
    await server.request('GET', `/v2/Services/${UNKNOWN}`),
    await server.request('GET', '/nothing'),
    await server.request('PATCH', path),
    await server.request('POST', `${path}/Channels`, { form: { UniqueName: 'lobby' } }),
    await server.request('POST', path, { form: { FriendlyName: 'x'.repeat(1_100_000) } }),
    await server.request('GET', '/v2/%zz'),
  ]

  expect(errors.map(({ status }) => status)).toEqual([400, 401, 403, 404, 404, 405, 409, 413, 400])
  for (const { status, headers, body } of errors) {
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(Object.keys(body).sort()).toEqual(['code', 'message', 'more_info', 'status'])
    expect(body.status).toBe(status)
    expect(body.more_info).toBe(`https://www.twilio.com/docs/errors/${body.code}`)
  }
  const gone = await server.request('DELETE', path)
  expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([204, '', undefined])
})

test('the Host header does not matter, and URLs in answers do not follow it', async () => {
  await using server = await startServer({ PARLEY_PUBLIC_URL: 'https://chat.example.org/base/' })
  const { sid } = await (await server.givenService()).fetch()
  const hosts = ['chat.twilio.com', 'ip-messaging.twilio.com', 'evil.example:81', '[::1]', '', 'a b<>"@']

  for (const host of hosts) {
    const { status, text } = await sendRequest(server.url, 'GET', `/v2/Services/${sid}`, { host })
    expect([host, status, JSON.parse(text).url]).toEqual([
      ...[host, 200],
      `https://chat.example.org/base/v2/Services/${sid}`,
    ])
  }
  const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp', forwarded: 'host=evil' }
  const list = await server.request('GET', '/v2/Services', { headers: forwarded })
  expect(list.body.meta.url).toBe('https://chat.example.org/base/v2/Services?PageSize=50&Page=0')
})
