// What is hardly HTTP, or none at all (docs/decisions/0005-strict-input.md).
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { CREDENTIALS, parseAnswer, sendBytes, type WireAnswer } from '../support/raw-socket.ts'
import { startServer, type TestServer } from '../support/server.ts'

const GET = 'GET /v2/Services HTTP/1.1\r\nHost: a\r\n'
const POST = `POST /v2/Services HTTP/1.1\r\nHost: a\r\nAuthorization: ${CREDENTIALS}\r\n`

test('headers that are too large are refused with 431', async () => {
  await using server = await startServer()
  const x = 'x'.repeat(100_000)
  const requests = [
    `${GET}X-Large: ${x}\r\n\r\n`,
    `${GET}Authorization: Basic ${x}\r\n\r\n`,
    `${GET}${x}: 1\r\n\r\n`,
    `${GET}${Array.from({ length: 6_000 }, (_, i) => `X-${i}: 1\r\n`).join('')}\r\n`,
    `GET /v2/Services/${x} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /v2/Services?${x} HTTP/1.1\r\nHost: a\r\n\r\n`,
  ]

  for (const request of requests) {
    const answer = parseAnswer(await sendBytes(server.url, request))
    expect([request.slice(0, 40), answer.status]).toEqual([request.slice(0, 40), 431])
    expectErrorBody(answer, 20001)
  }
  await expectAlive(server)
})

test('headers of 60 KiB are still read', async () => {
  await using server = await startServer()
  const headers = { 'x-large': 'x'.repeat(60_000) }

  expect((await server.request('GET', '/v2/Services', { headers })).status).toBe(200)
})

test('bytes that are no HTTP are refused with 400', async () => {
  await using server = await startServer()
  const garbage: Record<string, string | Uint8Array> = {
    'control characters': '\x01\x02\x03\r\n\r\n',
    NULs: new Uint8Array(2_000),
    'a TLS greeting': Buffer.from('16030100c8010000c40303', 'hex'),
    'random bytes': Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 167 + 13) % 256)),
    'another protocol': 'EHLO example.org\r\n',
    'a verb in small letters': 'get /v2/Services HTTP/1.1\r\nHost: a\r\n\r\n',
    'a verb of nobody': 'BREW /v2/Services HTTP/1.1\r\nHost: a\r\n\r\n',
    'no verb': ' /v2/Services HTTP/1.1\r\nHost: a\r\n\r\n',
    'no target': 'GET HTTP/1.1\r\nHost: a\r\n\r\n',
    'a target without a slash': 'GET v2/Services HTTP/1.1\r\nHost: a\r\n\r\n',
    'another version': 'GET /v2/Services HTTP/9.9\r\nHost: a\r\n\r\n',
    'a header without a colon': `${GET}nonsense\r\n\r\n`,
    'a header with a control character': `${GET}X: \x01\x00\r\n\r\n`,
    'a negative length': `${POST}Content-Length: -5\r\n\r\n`,
    'a length of words': `${POST}Content-Length: many\r\n\r\n`,
    'two lengths': `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`,
    'length and chunks': `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'a chunk without a size': `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
    'a coding of nobody': `${POST}Transfer-Encoding: nonsense\r\n\r\n`,
  }

  for (const [name, bytes] of Object.entries(garbage)) {
    const answer = parseAnswer(await sendBytes(server.url, bytes))
    expect([name, answer.status]).toEqual([name, 400])
    expectErrorBody(answer, 20001)
  }
  await expectAlive(server)
  expect(await server.client.chat.v2.services.list()).toEqual([])
})

test('a client that goes away in the middle of a request changes nothing', async () => {
  await using server = await startServer()

  for (const part of ['', 'Friendly', 'FriendlyName=half', 'FriendlyName=half&']) {
    await sendHalf(server.url, part)
  }
  await expectAlive(server)
  expect(await server.client.chat.v2.services.list()).toEqual([])
})

test('requests that are sent without waiting for answers are answered in their order', async () => {
  await using server = await startServer()
  const requests = [
    `${POST}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 17\r\n\r\nFriendlyName=desk`,
    `${POST}Content-Length: 0\r\n\r\n`,
    `${GET}\r\n`,
    `${GET}Authorization: ${CREDENTIALS}\r\nConnection: close\r\n\r\n`,
  ]

  const received = await sendBytes(server.url, requests.join(''))
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(statuses).toEqual([201, 400, 401, 200])
  expect(await server.client.chat.v2.services.list()).toHaveLength(1)
})

test('requests that are sent without waiting for answers see what those before them have done', async () => {
  await using server = await startServer()
  const { sid } = await (await server.givenService()).fetch()
  const form = (method: string, path: string, body: string, more = '') =>
    `${method} /v2/Services/${sid}/${path} HTTP/1.1\r\nHost: a\r\nAuthorization: ${CREDENTIALS}\r\n${more}` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const requests = [
    form('POST', 'Channels', 'UniqueName=lobby'),
    form('POST', 'Channels/lobby/Messages', 'Body=one'),
    form('GET', 'Channels/lobby/Messages', ''),
    form('DELETE', 'Channels/lobby', ''),
    form('GET', 'Channels/lobby', ''),
    form('POST', 'Channels', 'UniqueName=lobby', 'Connection: close\r\n'),
  ]

  const received = await sendBytes(server.url, requests.join(''))
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  expect(statuses).toEqual([201, 201, 200, 204, 404, 201])
})

function expectErrorBody({ headers, text, status }: WireAnswer, code: number): void {
  const body = JSON.parse(text)
  expect(headers['content-type']).toMatch(/^application\/json/)
  expect(headers['twilio-request-id']).toMatch(/^RQ[0-9a-f]{32}$/)
  expect(Object.keys(body).sort()).toEqual(['code', 'message', 'more_info', 'status'])
  expect([body.code, body.status]).toEqual([code, status])
}

async function expectAlive(server: TestServer): Promise<void> {
  expect((await server.request('GET', '/readyz', { auth: null })).body).toEqual({ status: 'ready' })
  expect((await server.request('GET', '/v2/Services')).status).toBe(200)
}

/** A request whose head the server has read, when the connection breaks after this part of the body. */
function sendHalf(url: string, part: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    socket.once('error', reject)
    socket.once('close', () => resolve())
    socket.once('data', () => socket.write(part, () => socket.resetAndDestroy()))
    const type = 'Content-Type: application/x-www-form-urlencoded'
    socket.write(`${POST}${type}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`)
  })
}
