import { expect, test } from 'vitest'
import { ALL_MISSING, answersTo, expectAnswers } from '../support/answers.ts'
import { letTimePass } from '../support/clock.ts'
import { setClock } from '../support/frozen-clock.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

const PATH = '/v2/Credentials'
const UNKNOWN = `CR${'0'.repeat(32)}`
const CERTIFICATE = pem('CERTIFICATE', 'MIIFnTCCBIWg')
const PRIVATE_KEY = pem('RSA PRIVATE KEY', 'MIIEpQIBAAKC')
const APN = { Type: 'apn', Certificate: CERTIFICATE, PrivateKey: PRIVATE_KEY }

test('a new credential has exactly the documented values', async () => {
  await using server = await startServer()

  const { status, body } = await server.request('POST', PATH, {
    form: { ...APN, FriendlyName: 'phones', Sandbox: 'true' },
  })

  expect(status).toBe(201)
  expect(body).toEqual({
    sid: expect.stringMatching(/^CR[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    friendly_name: 'phones',
    type: 'apn',
    sandbox: 'True',
    date_created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    date_updated: body.date_created,
    url: `${server.app.publicUrl}${PATH}/${body.sid}`,
  })
  expect((await server.request('GET', `${PATH}/${body.sid}`)).body).toEqual(body)
  expect((await server.request('GET', PATH)).body.credentials).toEqual([body])
})

test('sandbox is a text for apn, and null for the others', async () => {
  await using server = await startServer()
  const { credentials } = server.client.chat.v2
  const apn = { type: 'apn', certificate: CERTIFICATE, privateKey: PRIVATE_KEY } as const

  const created = [
    await credentials.create({ ...apn, sandbox: true }),
    await credentials.create({ ...apn, sandbox: false }),
    await credentials.create(apn),
    await credentials.create({ type: 'gcm', apiKey: 'key', sandbox: true }),
    await credentials.create({ type: 'fcm', secret: 'secret', sandbox: false }),
  ]
  const listed = await credentials.list()
  const first = created[0]!.sid
  const off = await credentials(first).update({ sandbox: false })

  expect(created.map(({ sandbox }) => sandbox)).toEqual(['True', 'False', 'False', null, null])
  expect(listed.map(({ sandbox }) => sandbox)).toEqual(['True', 'False', 'False', null, null])
  expect(off.sandbox).toBe('False')
  expect((await credentials(first).fetch()).sandbox).toBe('False')
})

test('the type is one of three, and every value is checked', async () => {
  await using server = await startServer()

  await expectAnswers(server, PATH, [
    [{ Type: 'gcm', ApiKey: 'key' }, '201'],
    [{ Type: 'fcm', Secret: 'secret' }, '201'],
    [{ Type: 'fcm', Secret: '{"type":"service_account","private_key":"x"}' }, '201'],
    [{ ...APN, Sandbox: 'TRUE' }, '201'],
    [{ Secret: 'secret' }, '400/20001'],
    [{ Type: 'apns' }, '400/20001'],
    [{ Type: 'APN', Certificate: CERTIFICATE, PrivateKey: PRIVATE_KEY }, '400/20001'],
    [{ Type: 'apn', PrivateKey: PRIVATE_KEY }, '400/20001'],
    [{ Type: 'apn', Certificate: CERTIFICATE }, '400/20001'],
    [{ ...APN, Sandbox: 'perhaps' }, '400/20001'],
    [{ ...APN, FriendlyName: 'x'.repeat(64) }, '201'],
    [{ ...APN, FriendlyName: '😀'.repeat(64) }, '201'],
    [{ ...APN, FriendlyName: 'x'.repeat(65) }, '400/50003'],
  ])
  expect(await server.client.chat.v2.credentials.list()).toHaveLength(6)
})

test('secrets are in no answer', async () => {
  await using server = await startServer()
  const secrets = ['MIIFnTCCBIWg', 'MIIEpQIBAAKC', 'gcm-api-key', 'fcm-secret', 'changed-secret']
  const answers: string[] = []
  const request = async (method: string, path: string, form?: Record<string, string>) => {
    const { text, headers, body } = await server.request(method, path, form ? { form } : {})
    answers.push(text, JSON.stringify(headers))
    return body
  }

  const apn = await request('POST', PATH, APN)
  const gcm = await request('POST', PATH, { Type: 'gcm', ApiKey: 'gcm-api-key' })
  const fcm = await request('POST', PATH, { Type: 'fcm', Secret: 'fcm-secret' })
  await request('POST', `${PATH}/${apn.sid}`, { Certificate: 'changed-secret', PrivateKey: 'changed-secret' })
  await request('POST', `${PATH}/${gcm.sid}`, { ApiKey: 'changed-secret' })
  await request('POST', `${PATH}/${fcm.sid}`, { Secret: 'changed-secret' })
  await request('POST', `${PATH}/${fcm.sid}`, { Secret: 'fcm-secret', Sandbox: 'perhaps' })
  await request('POST', PATH, { ...APN, Secret: 'fcm-secret', ApiKey: 'gcm-api-key', Sandbox: 'perhaps' })
  for (const { sid } of [apn, gcm, fcm]) await request('GET', `${PATH}/${sid}`)
  await request('GET', PATH)
  await request('DELETE', `${PATH}/${fcm.sid}`)

  expect(answers.filter((answer) => answer.includes(fcm.sid)).length).toBeGreaterThanOrEqual(4)
  for (const secret of secrets) {
    expect(answers.filter((answer) => answer.includes(secret))).toEqual([])
  }
})

test('an update replaces only what is sent, and never the type', async () => {
  await using server = await startServer()
  const created = await createApn(server)
  const path = `${PATH}/${created.sid}`
  const update = async (form: Record<string, string>) => (await server.request('POST', path, { form })).body
  setClock(server, '2030-01-02T03:04:05Z')

  const renamed = await update({ FriendlyName: 'renamed' })
  const inSandbox = await update({ Sandbox: 'false', Type: 'fcm' })

  expect(renamed).toEqual({ ...created, friendly_name: 'renamed', date_updated: '2030-01-02T03:04:05Z' })
  expect(inSandbox).toEqual({ ...renamed, sandbox: 'False' })
  expect((await server.request('GET', path)).body).toEqual(inSandbox)
})

test('a refused update changes nothing', async () => {
  await using server = await startServer()
  const created = await createApn(server)

  await expectAnswers(server, `${PATH}/${created.sid}`, [
    [{ FriendlyName: 'renamed', Sandbox: 'perhaps' }, '400/20001'],
    [{ FriendlyName: 'x'.repeat(65), Sandbox: 'false' }, '400/50003'],
  ])

  expect((await server.request('GET', `${PATH}/${created.sid}`)).body).toEqual(created)
})

test('the date of update moves with a change and only with a change', async () => {
  await using server = await startServer()
  const created = await createApn(server)
  const update = async (form: Record<string, string>) =>
    (await server.request('POST', `${PATH}/${created.sid}`, { form })).body

  letTimePass(server)
  const afterNothing = await update({})
  const afterTheSame = await update({ FriendlyName: 'phones', Sandbox: 'true' })
  const afterNewKey = await update({ PrivateKey: pem('RSA PRIVATE KEY', 'bmV3IGtleQ') })

  expect(afterNothing).toEqual(created)
  expect(afterTheSame).toEqual(created)
  expect(afterNewKey.date_created).toBe(created.date_created)
  expect(afterNewKey.date_updated > created.date_updated).toBe(true)
})

test('a deleted credential and an unknown one are not found', async () => {
  await using server = await startServer()
  const { sid } = await createApn(server)

  const { status, text } = await server.request('DELETE', `${PATH}/${sid}`)

  expect({ status, text }).toEqual({ status: 204, text: '' })
  expect(await server.client.chat.v2.credentials.list()).toEqual([])
  for (const missing of [sid, UNKNOWN, 'CRmalformed']) {
    const path = `${PATH}/${missing}`
    expect(await answersTo(server, path, { FriendlyName: 'x' })).toEqual(ALL_MISSING)
    const { body } = await server.request('GET', path)
    expect(body.message).toBe(`The requested resource /Credentials/${missing} was not found`)
  }
})

test('a page holds 50 credentials, and up to 1000 when asked', async () => {
  await using server = await startServer()
  const form = { Type: 'gcm', ApiKey: 'key' }
  await Promise.all(Array.from({ length: 101 }, () => server.request('POST', PATH, { form })))
  const page = async (query: string) => {
    const { body } = await server.request('GET', `${PATH}${query}`)
    return {
      size: body.meta.page_size,
      items: body.credentials.length,
      next: body.meta.next_page_url !== null,
    }
  }

  expect(await page('')).toEqual({ size: 50, items: 50, next: true })
  expect(await page('?PageSize=100')).toEqual({ size: 100, items: 100, next: true })
  expect(await page('?PageSize=1000')).toEqual({ size: 1000, items: 101, next: false })
  expect(await page('?PageSize=1001')).toEqual({ size: 1000, items: 101, next: false })
})

async function createApn(server: TestServer) {
  const form = { ...APN, FriendlyName: 'phones', Sandbox: 'true' }
  return (await server.request('POST', PATH, { form })).body
}

function pem(label: string, content: string): string {
  return `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`
}
