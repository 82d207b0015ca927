import { expect, test } from 'vitest'
import { CREDENTIALS, sendRequest } from '../support/raw-socket.ts'
import { startServer } from '../support/server.ts'

const HANDSHAKE = [
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]

test('a request that offers HTTP/2, as some libraries send it, is an ordinary request', async () => {
  await using server = await startServer()
  const offer = ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', `Authorization: ${CREDENTIALS}`]
  expect((await sendRequest(server.url, 'GET', '/v2/Services', { headers: offer })).status).toBe(200)
  expect((await sendRequest(server.url, 'GET', '/v3/wsconnect', { headers: offer })).status).toBe(404)
})

test.each([
  ['another path', '/v3/other', HANDSHAKE, 404],
  ['no key', '/v3/wsconnect', HANDSHAKE.toSpliced(1, 1), 400],
  ['an older version', '/v3/wsconnect', HANDSHAKE.with(2, 'Sec-WebSocket-Version: 8'), 426],
])('a handshake with %s is refused', async (_what, path, headers, status) => {
  await using server = await startServer()
  const upgrade = ['Connection: Upgrade', ...headers]
  expect((await sendRequest(server.url, 'GET', path, { headers: upgrade })).status).toBe(status)
})
