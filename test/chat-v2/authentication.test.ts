// Who may call the API (rest-v2.md §1.2).
import twilio from 'twilio'
import { expect, test } from 'vitest'
import {
  ACCOUNT_SID,
  API_KEY_SECRET,
  API_KEY_SID,
  AUTH_TOKEN,
  officialClient,
  type RawAnswer,
  type RawOptions,
  startServer,
  type TestServer,
} from '../support/server.ts'

const NOBODY = {
  code: 20003,
  message: 'Authenticate',
  more_info: 'https://www.twilio.com/docs/errors/20003',
  status: 401,
}

test('the account and its API key have the same rights', async () => {
  await using server = await startServer()
  const withKey = officialClient(server.url, API_KEY_SID, API_KEY_SECRET)

  const { sid, accountSid } = await withKey.chat.v2.services.create({ friendlyName: 'by key' })
  const service = withKey.chat.v2.services(sid)
  const role = await service.roles.create({
    friendlyName: 'guest',
    type: 'channel',
    permission: ['sendMessage'],
  })
  const channel = await service.channels.create({ uniqueName: 'lobby' })
  await service.channels('lobby').members.create({ identity: 'alice', roleSid: role.sid })
  const message = await service.channels('lobby').messages.create({ body: 'hi' })

  expect(accountSid).toBe(ACCOUNT_SID)
  expect([channel.accountSid, channel.createdBy, message.from]).toEqual([ACCOUNT_SID, 'system', 'system'])
  expect((await server.client.chat.v2.services.list()).map((service) => service.sid)).toEqual([sid])
  const credential = await withKey.chat.v2.credentials.create({ type: 'gcm' })
  expect(await server.client.chat.v2.credentials(credential.sid).fetch()).toMatchObject({ type: 'gcm' })
  expect(await withKey.chat.v2.services(sid).remove()).toBe(true)
  expect(await server.client.chat.v2.services.list()).toEqual([])
})

test('wrong credentials are refused by status, code and text that the official library shows', async () => {
  await using server = await startServer()
  const wrong: [string, string][] = [
    [ACCOUNT_SID, 'wrong'],
    [ACCOUNT_SID, API_KEY_SECRET],
    [`AC${'0'.repeat(31)}2`, AUTH_TOKEN],
    [API_KEY_SID, 'wrong'],
    [API_KEY_SID, AUTH_TOKEN],
    [`SK${'0'.repeat(31)}2`, API_KEY_SECRET],
  ]

  for (const [username, password] of wrong) {
    const client = officialClient(server.url, username, password)
    await expect(client.chat.v2.services.list()).rejects.toMatchObject({
      status: 401,
      code: 20003,
      message: 'Authenticate',
      moreInfo: 'https://www.twilio.com/docs/errors/20003',
    })
    await expect(client.chat.v2.services.create({ friendlyName: 'x' })).rejects.toMatchObject({ status: 401 })
  }
  expect(await server.client.chat.v2.services.list()).toEqual([])
})

test('missing and malformed credentials are refused, all with the same answer', async () => {
  await using server = await startServer()
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  const right = encoded(`${ACCOUNT_SID}:${AUTH_TOKEN}`)
  const malformed = [
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${ACCOUNT_SID}:${AUTH_TOKEN}`,
    `Basic ${encoded(ACCOUNT_SID)}`,
    `Basic ${encoded(`${ACCOUNT_SID}:`)}`,
    `Basic ${encoded(`:${AUTH_TOKEN}`)}`,
    `Basic ${encoded(`${AUTH_TOKEN}:${ACCOUNT_SID}`)}`,
    `Basic ${encoded(`${ACCOUNT_SID.toLowerCase()}:${AUTH_TOKEN}`)}`,
    `Basic ${encoded(`${ACCOUNT_SID}:${AUTH_TOKEN.toUpperCase()}`)}`,
    `Basic ${encoded(`${ACCOUNT_SID}:${AUTH_TOKEN} `)}`,
    `Basic ${encoded(`${ACCOUNT_SID}:${AUTH_TOKEN}\0`)}`,
    `Basic ${encoded('__proto__:constructor')}`,
    `Basic ${right} ${right}`,
    `Basic ${'A'.repeat(20_000)}`,
    `Bearer ${right}`,
    `Digest ${right}`,
    right,
  ]

  const answers: RawAnswer[] = [await server.request('GET', '/v2/Services', { auth: null })]
  for (const authorization of malformed) {
    answers.push(await server.request('GET', '/v2/Services', { auth: null, headers: { authorization } }))
  }

  for (const { status, headers, body } of answers) {
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toBe('Basic realm="Twilio API"')
    expect(body).toEqual(NOBODY)
  }
})

test('the name of the scheme is read in any case, and credentials may hold a colon', async () => {
  await using server = await startServer({ PARLEY_AUTH_TOKEN: 'a:b::c' })
  const pair = Buffer.from(`${ACCOUNT_SID}:a:b::c`).toString('base64')

  for (const scheme of ['Basic', 'basic', 'BASIC']) {
    const headers = { authorization: `${scheme} ${pair}` }
    const answer = await server.request('GET', '/v2/Services', { auth: null, headers })
    expect(answer.status).toBe(200)
  }
})

test('an access token is for clients, not for this API', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const { AccessToken } = twilio.jwt
  const token = new AccessToken(ACCOUNT_SID, API_KEY_SID, API_KEY_SECRET, { identity: 'alice' })
  token.addGrant(new AccessToken.ChatGrant({ serviceSid }))
  const jwt = token.toJwt()

  const path = `/v2/Services/${serviceSid}/Channels`
  const attempts: RawOptions[] = [
    { headers: { authorization: `Bearer ${jwt}` }, auth: null },
    { headers: { 'x-twilio-token': jwt }, auth: null },
    { auth: { username: API_KEY_SID, password: jwt } },
    { auth: { username: 'token', password: jwt } },
  ]
  for (const attempt of attempts) {
    expect((await server.request('GET', path, attempt)).body).toEqual(NOBODY)
  }
})

test('nobody learns without credentials what exists: 401 comes before 400, 403, 404, 405 and 413', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const unknown = `/v2/Services/IS${'0'.repeat(32)}`
  const requests: [string, string][] = [
    ['GET', `/v2/Services/${sid}`],
    ['GET', `/v2/Services/${sid}/`],
    ['GET', unknown],
    ['GET', `${unknown}/Channels`],
    ['POST', `/v2/Services/${sid}/Users`],
    ['DELETE', `/v2/Services/${sid}`],
    ['PUT', `/v2/Services/${sid}`],
    ['PATCH', `/v2/Services`],
    ['GET', '/v2/Nothing'],
    ['GET', '/v2'],
    ['GET', '/v2/'],
    ['GET', '/v2?Page=0'],
    ['GET', '/v1/Services'],
    ['GET', `/parley/v1/Services/${sid}/Deliveries`],
    ['POST', `/v3/Services/${sid}/Channels/lobby`],
    ['GET', `/v3/Services/${sid}/Channels/lobby`],
  ]

  for (const auth of [null, { username: ACCOUNT_SID, password: 'wrong' }]) {
    for (const [method, path] of requests) {
      const answer = await server.request(method, path, { auth })
      expect([method, path, answer.body]).toEqual([method, path, NOBODY])
    }
    const tooLarge = { auth, form: { FriendlyName: 'x'.repeat(1_100_000) } }
    expect((await server.request('POST', '/v2/Services', tooLarge)).status).toBe(401)
    const head = await server.request('HEAD', '/v2/Services', { auth })
    expect([head.status, head.text]).toEqual([401, ''])
  }
  expect(await server.client.chat.v2.services(sid).fetch()).toMatchObject({ sid })
})

test('what operators ask needs no credentials', async () => {
  await using server = await startServer()

  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
    expect([path, (await server.request('GET', path, { auth: null })).status]).toEqual([path, 200])
  }
  expect((await server.request('GET', '/', { auth: null })).status).toBe(404)
})

test('no answer holds a secret', async () => {
  await using server = await startServer()
  const secrets = {
    Certificate: 'secret certificate',
    PrivateKey: 'secret private key',
    ApiKey: 'secret server key',
    Secret: 'secret of fcm',
  }

  const answers = await askForSecrets(server, secrets)
  const told = answers.map(({ text, headers }) => text + JSON.stringify(headers)).join('\n')

  const created = [201, 200, 200]
  expect(answers.map(({ status }) => status)).toEqual([
    ...[201, ...created, ...created, ...created],
    ...[401, 400, 404, 200, 200, 200, 200],
  ])
  for (const secret of [AUTH_TOKEN, API_KEY_SECRET, 'my wrong password', ...Object.values(secrets)]) {
    expect(told).not.toContain(secret)
    expect(told).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4))
  }
})

/** Everything that could tell: credentials of all types, errors, and what operators read. */
async function askForSecrets({ request }: TestServer, secrets: Record<string, string>): Promise<RawAnswer[]> {
  const answers: RawAnswer[] = [await request('POST', '/v2/Services', { form: { FriendlyName: 'desk' } })]
  for (const Type of ['apn', 'gcm', 'fcm']) {
    const created = await request('POST', '/v2/Credentials', { form: { Type, ...secrets } })
    const path = `/v2/Credentials/${created.body.sid}`
    answers.push(created, await request('POST', path, { form: secrets }))
    answers.push(await request('GET', path))
  }
  const auth = { username: ACCOUNT_SID, password: 'my wrong password' }
  answers.push(
    await request('GET', '/v2/Credentials', { auth }),
    await request('POST', '/v2/Credentials', { form: { ...secrets, Type: 'none' } }),
    await request('GET', `/v2/Credentials/CR${'0'.repeat(32)}`),
  )
  for (const path of ['/v2/Credentials', '/healthz', '/metrics', '/openapi.json']) {
    answers.push(await request('GET', path))
  }
  return answers
}
