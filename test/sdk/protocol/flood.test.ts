// What a client that does not read can make the server keep in memory (§13.4, §16.6).
import { connect, type Socket } from 'node:net'
import { memoryUsage } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { openObject, pathOf } from '../../support/sync-events.ts'
import { requestFrame, type Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

const PING_FRAMES = 1_000
const PING_BYTES = 125
/** Pings for some hundred megabytes of pongs. */
const MOST_BLOCKS = 2_000
const BLOCKED_MS = 500
const ALLOWED_BYTES = 100e6

/** A masked ping, with a mask of zeros. */
const PING = Buffer.concat([Buffer.from([0x89, 0x80 | PING_BYTES, 0, 0, 0, 0]), Buffer.alloc(PING_BYTES)])
const BLOCK = Buffer.concat(Array<Buffer>(PING_FRAMES).fill(PING))

async function openWithoutReading(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13'
  socket.write(
    `GET /v3/wsconnect HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n\r\n`,
  )
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  return socket
}

/** True once the other side has taken it. */
function taken(socket: Socket, bytes: Buffer): Promise<boolean> {
  return Promise.race([
    new Promise<boolean>((resolve) => socket.write(bytes, () => resolve(true))),
    sleep(BLOCKED_MS, false),
  ])
}

test('pings of a client that does not read are not all answered', { timeout: 60_000 }, async () => {
  await using realtime = await startRealtime()
  const other = await realtime.client('alice')
  const socket = await openWithoutReading(realtime.url)
  const before = memoryUsage().rss
  for (let sent = 0; sent < MOST_BLOCKS; sent++) if (!(await taken(socket, BLOCK))) break
  await until('the server to answer', async () => {
    return (await other.request('GET', '/Client/v1/Configuration')).status === 200
  })
  expect(memoryUsage().rss - before).toBeLessThan(ALLOWED_BYTES)
  socket.destroy()
})

const LONG_MESSAGES = 220
/** As many as one client may have on their way. */
const AT_ONCE = 110
/** Six times as long in JSON. */
const LONG_TEXT = '\u0001'.repeat(8_000)
/** More than all buffers of the system between server and client hold. */
const PAGES = 64

/** The path to the items of a channel whose pages would be ten million characters long. */
async function givenLongPages(realtime: Realtime, client: Twilsock): Promise<string> {
  const { sid, list } = await realtime.givenChannel('alice')
  const { links } = await configurationOf(client)
  const messages = `${pathOf(links.conversations ?? '')}/${sid}/Messages`
  const send = () => client.request('POST', messages, { body: { body: LONG_TEXT } })
  for (let sent = 0; sent < LONG_MESSAGES; sent += AT_ONCE) {
    for (const { status } of await Promise.all(Array.from({ length: AT_ONCE }, send))) {
      expect(status).toBe(201)
    }
  }
  return pathOf((await openObject(client, 'list', list)).links.items)
}

async function answered(realtime: Realtime): Promise<number> {
  const metrics = await (await fetch(`${realtime.url}/metrics`)).text()
  const line = /^parley_socket_request_seconds_count\{[^}]*Lists\/:Id\/Items[^}]*\} (\d+)/m.exec(metrics)
  return Number(line?.[1] ?? 0)
}

test('pages for a client that does not read are not read either', { timeout: 60_000 }, async () => {
  await using realtime = await startRealtime()
  const client = await realtime.client('alice')
  const other = await realtime.client('bob')
  const path = await givenLongPages(realtime, client)
  const before = memoryUsage().rss
  client.socket.pause()
  const ids = Array.from({ length: PAGES }, (_, i) =>
    client.send(...requestFrame('GET', path, { params: { From: `${i % 16}`, PageSize: `${200 - i}` } })),
  )
  expect((await other.request('GET', '/Client/v1/Configuration')).status).toBe(200)
  await sleep(BLOCKED_MS)
  expect(await answered(realtime)).toBeLessThan(PAGES)
  expect(memoryUsage().rss - before).toBeLessThan(ALLOWED_BYTES)

  client.socket.resume()
  for (const id of ids) {
    expect((await client.reply(id)).header.http_status).toMatchObject({ code: 200 })
  }
})
