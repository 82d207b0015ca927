// What comes together with the handshake, before the sign-in, or instead of a handshake (§2.1, §13.4).
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Realtime, startRealtime } from '../../support/realtime.ts'
import { openTwilsock } from '../../support/twilsock.ts'
import { encodeFrame } from '../../support/twilsock-frames.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n'

function handshake(path = '/v3/wsconnect', key = KEY): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`
}

/** Of a client that does not end its side when the server has ended the other. */
function open(): Socket {
  const { hostname, port } = new URL(realtime.url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true })
  socket.on('error', () => {})
  return socket
}

/** All that comes until the server takes no more: a client that keeps its side open notices when it sends. */
function untilClosed(socket: Socket): Promise<string> {
  let received = ''
  socket.once('end', () => {
    const timer = setInterval(() => socket.write('x'), 100)
    socket.once('close', () => clearInterval(timer))
  })
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
  })
  return new Promise((resolve) => socket.once('close', () => resolve(received)))
}

async function expectToServe(): Promise<void> {
  const client = await realtime.client('alice')
  expect((await client.request('GET', '/Client/v1/Configuration')).status).toBe(200)
}

describe.concurrent('in one packet with the handshake', () => {
  test.each([
    ['a goodbye', Buffer.from([0x88, 0x80, 1, 2, 3, 4])],
    ['a frame without a mask', Buffer.from([0x82, 0])],
    ['a frame that is too big', Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4])],
  ])('%s ends that connection and no other', async (_what, bytes) => {
    const socket = open()
    const closed = untilClosed(socket)
    socket.write(Buffer.concat([Buffer.from(handshake()), bytes]))

    expect(await closed).toContain('101 Switching Protocols')
    await expectToServe()
  })

  test('a frame is answered', async () => {
    const socket = open()
    const frame = encodeFrame({ method: 'message', id: 'TM1' })
    const masked = Buffer.concat([Buffer.from([0x82, 0x80 | frame.length, 0, 0, 0, 0]), frame])
    socket.write(Buffer.concat([Buffer.from(handshake()), masked]))
    const answered = new Promise<string>((resolve) => {
      let received = ''
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1')
        if (received.includes('TM1')) resolve(received)
      })
    })

    expect(await answered).toContain('401')
    socket.destroy()
  })
})

test.concurrent.each([
  ['another path', handshake('/nope'), 404],
  ['a handshake without a key', handshake('/v3/wsconnect', ''), 400],
  ['what is no HTTP at all', 'hello\r\n\r\n', 400],
])('%s is refused, and the connection closed though the client keeps it', async (_what, bytes, status) => {
  const socket = open()
  const closed = untilClosed(socket)
  socket.write(bytes)

  expect(await closed).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
})

test('before the sign-in a message has at most 64 KiB', async () => {
  await using socket = await openTwilsock(realtime.url)
  socket.sendBytes(Buffer.alloc(65_537))
  expect((await socket.closed).code).toBe(1009)

  const client = await realtime.client('alice')
  client.sendBytes(encodeFrame({ method: 'message', id: 'TM1', junk: 'x'.repeat(500_000) }))
  await client.reply('TM1')
})

test('sign-ins that do not wait for each other end their connection', async () => {
  await using socket = await openTwilsock(realtime.url)
  const token = `${realtime.token('alice').slice(0, -8)}AAAAAAAA`
  for (let i = 0; i < 50; i++) socket.send({ method: 'init', id: `TM${i}`, token })

  await socket.closed
  expect(socket.frames.at(-1)?.header.method).toBe('close')
  expect(socket.frames.filter(({ header }) => header.method === 'reply').length).toBeLessThan(10)
  await expectToServe()
})
