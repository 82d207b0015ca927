// `init`, `update` and what comes before them (§2.5, §2.6, §3).
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Realtime, SIGNER, startRealtime } from '../../support/realtime.ts'
import { mintToken } from '../../support/tokens.ts'
import { MESSAGE_TYPES } from '../../support/twilsock.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const now = (): number => Math.floor(Date.now() / 1000)

/** A token of our own making, for what the official library would not make. */
function sign(claims: object, secret = SIGNER.apiKeySecret, header = {}): Promise<string> {
  const whole = { iss: SIGNER.apiKeySid, sub: SIGNER.accountSid, iat: now(), exp: now() + 600, ...claims }
  return new SignJWT(whole)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1', ...header })
    .sign(new TextEncoder().encode(secret))
}

function grants(chat: object = { service_sid: realtime.serviceSid }, identity: unknown = 'alice') {
  return { grants: { identity, chat } }
}

async function refusalOf(token: unknown): Promise<{ code: number; errorCode?: number }> {
  const client = await realtime.socket()
  const { header } = await client.init(token as string)
  return header.status as { code: number; errorCode?: number }
}

test('the answer to init has what the SDKs read, and no session cache', async () => {
  const client = await realtime.socket()
  const { header, payload } = await client.init(realtime.token('alice'))

  expect(header).toMatchObject({
    status: { code: 200, status: 'OK' },
    continuation_token: expect.stringMatching(/^[^=]+$/),
    capabilities: ['client_update'],
    init_registrations: [{ product: 'ip_messaging', type: 'ers', message_types: MESSAGE_TYPES }],
  })
  expect(header.offline_storage).toBeUndefined()
  expect(payload).toBeUndefined()
})

test('the first connection makes the user', async () => {
  await realtime.client('newcomer')

  expect(await realtime.service.users('newcomer').fetch()).toMatchObject({ identity: 'newcomer' })
})

test('before init nothing else is served', async () => {
  const client = await realtime.socket()
  const early = await client.exchange({
    method: 'message',
    http_request: { method: 'GET', path: '/Client/v1/Configuration' },
  })
  expect(early.header.status).toMatchObject({ code: 401, status: 'Unauthorized' })
  expect(early.header.http_status).toBeUndefined()

  const { header } = await client.init(realtime.token('alice'))
  expect(header.status).toMatchObject({ code: 200 })
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
})

test('both names of the grant are taken', async () => {
  const client = await realtime.socket()
  const token = await sign({
    grants: { identity: 'alice', ip_messaging: { service_sid: realtime.serviceSid } },
  })

  expect((await client.init(token)).header.status).toMatchObject({ code: 200 })
})

test.each<[string, number, () => string | Promise<string>]>([
  ['that is none', 20101, () => 'not-a-token'],
  ['that is missing', 20101, () => undefined as unknown as string],
  ['that has expired', 20104, () => realtime.token('alice', { ttl: -600 })],
  ['that is not valid yet', 20105, () => realtime.token('alice', { nbf: now() + 600 })],
  ['with another signature', 20107, () => sign(grants(), 'another-secret')],
  ['of an unknown key', 20103, () => sign({ iss: `SK${'f'.repeat(32)}`, ...grants() })],
  ['of another account', 20103, () => sign({ sub: `AC${'f'.repeat(32)}`, ...grants() })],
  ['without an identity', 20106, () => sign(grants(undefined, ''))],
  ['with half a character as identity', 20106, () => sign(grants(undefined, '\ud800'))],
  ['without a chat grant', 20106, () => sign({ grants: { identity: 'alice', video: {} } })],
  ['for an unknown service', 20106, () => sign(grants({ service_sid: `IS${'f'.repeat(32)}` }))],
  ['for a day and more', 20157, () => sign({ ...grants(), exp: now() + 90_000 })],
])('a token %s is refused with %i', async (_what, errorCode, token) => {
  const status = await refusalOf(await token())

  expect(status.code).toBe(401)
  expect(status.errorCode).toBe(errorCode)
})

test('a token without a signature is refused', async () => {
  const [, payload] = realtime.token('alice').split('.')
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')

  expect((await refusalOf(`${header}.${payload}.`)).code).toBe(401)
})

test('a refused client may try again on the same socket', async () => {
  const client = await realtime.socket()
  expect((await client.init('nonsense')).header.status).toMatchObject({ code: 401 })

  expect((await client.init(realtime.token('alice'))).header.status).toMatchObject({ code: 200 })
})

test('update takes a token of the same user, and no other', async () => {
  const client = await realtime.client('alice')
  const { sid } = await realtime.service.channels.create({})
  const update = async (token: string) => (await client.exchange({ method: 'update', token })).header.status

  expect(await update(realtime.token('alice'))).toMatchObject({ code: 200 })
  expect(await update(realtime.token('bob'))).toMatchObject({ code: 401 })
  const { sid: other } = await (await realtime.server.givenService()).fetch()
  expect(await update(mintToken(SIGNER, other, 'alice'))).toMatchObject({ code: 401 })
  expect(await update(realtime.token('alice', { ttl: -600 }))).toMatchObject({ code: 401, errorCode: 20104 })
  expect((await client.request('GET', `/v3/Documents/${sid}.channel`)).status).toBe(200)
})

test('a second init is an update: it keeps the user', async () => {
  const client = await realtime.client('alice')
  expect((await client.init(realtime.token('alice'))).header.status).toMatchObject({ code: 200 })
  expect((await client.init(realtime.token('bob'))).header.status).toMatchObject({ code: 401 })

  const { body } = await client.request('GET', '/Client/v1/Configuration')
  expect(body.identity).toBe('alice')
})

test('a client that says close is let go', async () => {
  const client = await realtime.client('alice')
  client.send({ method: 'close' })

  expect(await client.closed).toMatchObject({ code: expect.any(Number) })
})

test('a user who is deleted is told to stay away, as is everybody when the service goes', async () => {
  const client = await realtime.client('short-lived')
  await realtime.service.users('short-lived').remove()
  expect((await client.closeFrame()).header.status).toMatchObject({ code: 401 })

  const doomed = await realtime.server.givenService()
  const { sid } = await doomed.fetch()
  const other = await realtime.socket()
  await other.init(mintToken(SIGNER, sid, 'alice'))
  await doomed.remove()
  expect((await other.closeFrame()).header.status).toMatchObject({ code: 401 })
})
