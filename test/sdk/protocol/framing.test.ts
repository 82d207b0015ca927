// Frames as other client families write them, and frames that are none (§2.2, §13.4).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Realtime, startRealtime } from '../../support/realtime.ts'
import { type Twilsock, toAnswer } from '../../support/twilsock.ts'
import { encodeFrame } from '../../support/twilsock-frames.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const CONFIGURATION = {
  method: 'message',
  active_grant: 'ip_messaging',
  payload_type: 'application/json',
  http_request: { host: 'aim.us1.twilio.com', path: '/Client/v1/Configuration', method: 'GET' },
}

/** Bytes of a request with the header as it stands: nothing is added to it. */
function frameOf(
  header: object,
  { magic = 'TWILSOCK V3.0', blank = '', end = '', payload = '' } = {},
): Buffer {
  const head = Buffer.from(JSON.stringify(header))
  return Buffer.concat([
    Buffer.from(`${magic} ${head.length}${blank}\r\n`),
    head,
    Buffer.from(`\r\n${payload}${end}`),
  ])
}

async function expectToWork(client: Twilsock): Promise<void> {
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
}

test.each([
  ['a blank before the first line end', { blank: ' ' }],
  ['several blanks', { blank: '   ' }],
  ['a line end after the payload', { end: '\r\n' }],
])('%s is taken', async (_what, layout) => {
  const client = await realtime.client('alice')
  client.sendBytes(frameOf({ ...CONFIGURATION, id: 'TM1', payload_size: 0 }, layout))

  expect(toAnswer(await client.reply('TM1')).status).toBe(200)
})

test('payload_size may be missing where there is no payload, and null', async () => {
  const client = await realtime.client('alice')
  client.sendBytes(frameOf({ ...CONFIGURATION, id: 'TM1' }))
  client.sendBytes(frameOf({ ...CONFIGURATION, id: 'TM2', payload_size: null }))

  expect(toAnswer(await client.reply('TM1')).status).toBe(200)
  expect(toAnswer(await client.reply('TM2')).status).toBe(200)
})

test('sizes are bytes: texts outside of ASCII arrive whole, in header and payload', async () => {
  const client = await realtime.client('ålïcé 🙂')
  const { sid } = await realtime.givenChannel('ålïcé 🙂')
  const path = `/Client/v2/Services/${realtime.serviceSid}/Conversations/${sid}/Messages`
  const links = (await client.request('GET', '/Client/v1/Configuration')).body.links
  const { status } = await client.request(
    'POST',
    `${new URL(links.conversations).pathname}/${sid}/Messages`,
    {
      body: { body: 'grüße 👋 – ∑', attributes: '{}' },
      headers: { 'X-Note': '∑' },
    },
  )

  expect(status, path).toBe(201)
  const [message] = await realtime.service.channels(sid).messages.list()
  expect(message).toMatchObject({ body: 'grüße 👋 – ∑', from: 'ålïcé 🙂' })
})

test('unknown header members, capabilities and registrations are no obstacle', async () => {
  const client = await realtime.socket()
  const { header } = await client.init(realtime.token('alice'), {
    capabilities: ['flying', 'client_update'],
    registrations: [{ product: 'unheard_of', message_types: ['x', 'y'] }, 17, null],
    something: { new: [1, 2, 3] },
  })

  expect(header).toMatchObject({ status: { code: 200 } })
  await expectToWork(client)
})

test('an unknown method is answered 400, and the connection goes on', async () => {
  const client = await realtime.client('alice')
  const { header } = await client.exchange({ method: 'levitate' })

  expect(header.status).toMatchObject({ code: 400 })
  await expectToWork(client)
})

test('replies to anything, telemetry and acknowledgements get no answer', async () => {
  const client = await realtime.client('alice')
  client.send({ method: 'reply', id: 'TMnever-asked', status: { code: 200, status: 'OK' } })
  client.send({ method: 'telemetry.v1', id: 'TMtelemetry' }, { events: [] })
  await expectToWork(client)

  expect(client.frames.filter(({ header }) => /TMnever|TMtelemetry/.test(header.id))).toEqual([])
})

test.each([
  ['nothing', ''],
  ['another magic', frameOf({ method: 'init' }, { magic: 'TWILSOCK V9.9' })],
  ['no length', 'TWILSOCK V3.0 \r\n{}\r\n'],
  ['a length beyond the end', 'TWILSOCK V3.0 99999\r\n{}\r\n'],
  ['a length of forty digits', `TWILSOCK V3.0 ${'9'.repeat(40)}\r\n{}\r\n`],
  ['a header that is no JSON', 'TWILSOCK V3.0 4\r\nnope\r\n'],
  ['a header that is no object', 'TWILSOCK V3.0 4\r\nnull\r\n'],
  ['a payload that is missing', frameOf({ ...CONFIGURATION, id: 'TM1', payload_size: 500 })],
  ['a negative payload', frameOf({ ...CONFIGURATION, id: 'TM1', payload_size: -1 })],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from('TWILSOCK V3.0 6\r\n'), Buffer.from([255, 254, 0, 1, 128, 129])]),
  ],
])('%s in a frame does no harm', async (_what, bytes) => {
  const other = await realtime.client('bob')
  const client = await realtime.client('alice')
  client.sendBytes(bytes)

  await expectToWork(other)
  await expectToWork(client)
})

test('a text message is no frame, and does no harm to others', async () => {
  const other = await realtime.client('bob')
  const client = await realtime.client('alice')
  client.socket.send('TWILSOCK V3.0 2\r\n{}\r\n')

  await expectToWork(other)
})

test('a payload that is no JSON is a bad request with a clear answer', async () => {
  const client = await realtime.client('alice')
  const { status, body } = await client.request('POST', '/v4/Subscriptions', { body: '{"half":' })

  expect(status).toBe(400)
  expect(body).toMatchObject({ status: 400, code: expect.any(Number), message: expect.any(String) })
})

test('a request without http_request is answered 400, one without a route 404', async () => {
  const client = await realtime.client('alice')
  const { header } = await client.exchange({ method: 'message' })
  expect(header.status).toMatchObject({ code: 400 })

  const { status, body } = await client.request('GET', '/v9/Nothing')
  expect({ status, body }).toMatchObject({ status: 404, body: { status: 404, code: 20404 } })
})

test('several frames in one write are taken one by one', async () => {
  const client = await realtime.client('alice')
  const ids = ['TM1', 'TM2', 'TM3', 'TM4']
  for (const id of ids) client.sendBytes(encodeFrame({ ...CONFIGURATION, id }))

  for (const id of ids) expect(toAnswer(await client.reply(id)).status).toBe(200)
})

test('every answer of the server carries a status and its size', async () => {
  const client = await realtime.client('alice')
  await client.request('GET', '/v3/Maps/nothing')
  await client.exchange({ method: 'levitate' })

  for (const { header } of client.frames) {
    expect(header).toMatchObject({ status: { code: expect.any(Number), status: expect.any(String) } })
    expect(header.payload_size).toEqual(expect.any(Number))
  }
})
