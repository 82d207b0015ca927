import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBodyTimeouts, type Pace } from './body-timeouts.ts'

const PACE: Pace = { totalMs: 60_000, idleMs: 20_000 }

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] }))
afterEach(() => void vi.useRealTimers())

/** A request whose body of ten bytes comes as the test sends it. */
async function givenRequest(answerAtOnce = false) {
  const late: Socket[] = []
  const timeouts = createBodyTimeouts((socket) => {
    late.push(socket)
    socket.destroy()
  })
  const server = createServer((request, response) => {
    timeouts.watch(request, response, PACE)
    request.resume()
    if (answerAtOnce) response.end('no')
    else request.on('end', () => response.end('thanks'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => {}).resume()
  const begun = once(server, 'request')
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n')
  const [request] = await begun
  return {
    late,
    client,
    /** Sends a byte and waits until the server has it. */
    async send(text: string) {
      const before = request.socket.bytesRead
      client.write(text)
      await vi.waitUntil(() => request.socket.bytesRead > before)
    },
    async [Symbol.asyncDispose]() {
      timeouts.stop()
      client.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a body that keeps coming is late only after its whole time', async () => {
  await using request = await givenRequest()
  for (const byte of ['1', '2', '3', '4']) {
    await request.send(byte)
    vi.advanceTimersByTime(14_000)
    expect(request.late).toHaveLength(0)
  }
  await request.send('5')
  vi.advanceTimersByTime(8_000)
  expect(request.late).toHaveLength(1)
})

test('a body that stops is late after its idle time', async () => {
  await using request = await givenRequest()
  vi.advanceTimersByTime(18_000)
  expect(request.late).toHaveLength(0)
  vi.advanceTimersByTime(6_000)
  expect(request.late).toHaveLength(1)
})

test('a body that is here is never late', async () => {
  await using request = await givenRequest()
  const answer = once(request.client, 'data')
  await request.send('0123456789')
  expect(String((await answer)[0])).toMatch(/thanks/)
  vi.advanceTimersByTime(600_000)
  expect(request.late).toHaveLength(0)
})

test('a client that sends on after its answer may do so for a while', async () => {
  await using request = await givenRequest(true)
  await request.send('1')
  const closed = once(request.client, 'close')
  vi.advanceTimersByTime(28_000)
  expect(request.client.destroyed).toBe(false)
  vi.advanceTimersByTime(10_000)
  await closed
  expect(request.late).toHaveLength(0)
})
