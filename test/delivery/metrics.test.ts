import { describe, expect, test, vi } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { givenWatchedChannel, settled, WANTED } from '../support/deliveries.ts'
import { setClock } from '../support/frozen-clock.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'

const HOUR_S = 3_600

describe.each(ENGINES)('on %s', (engine) => {
  test('the queue shows its depth and the age of the oldest, at every look', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(() => null)
    const service = await server.givenService()
    const channel = await givenWatchedChannel(service, receiver.url(), { retryCount: 3 })
    setClock(server, new Date(Date.now() - HOUR_S * 1000).toISOString())

    const empty = await readMetrics(server)
    for (const body of ['1', '2', '3']) await service.channels(channel).messages.create({ body, ...WANTED })
    const filled = await readMetrics(server)

    expect(empty).toMatchObject({ parley_webhook_queue_depth: 0, parley_webhook_queue_oldest_seconds: 0 })
    expect(filled.parley_webhook_queue_depth).toBe(3)
    expect(filled.parley_webhook_queue_oldest_seconds).toBeGreaterThanOrEqual(HOUR_S)
    expect(filled.parley_webhook_queue_oldest_seconds).toBeLessThan(2 * HOUR_S)
  })

  test('an empty queue has no oldest', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver()
    const service = await server.givenService()
    const { sid } = await service.fetch()
    const channel = await givenWatchedChannel(service, receiver.url())
    setClock(server, '2020-01-01T00:00:00Z')
    await service.channels(channel).messages.create({ body: 'hi', ...WANTED })
    await readMetrics(server)
    await settled(server, sid)

    expect(await readMetrics(server)).toMatchObject({
      parley_webhook_queue_depth: 0,
      parley_webhook_queue_oldest_seconds: 0,
    })
  })
})

test('attempts are counted by the host of the target and the result', async () => {
  await using receiver = await startReceiver(({ url }) => ({ status: Number(url.slice(1, 4)) }))
  await using other = await startReceiver()
  await using server = await startServer()
  const service = await server.givenService()
  const { sid } = await service.fetch()
  const urls = [receiver.url('/200'), receiver.url('/200?again'), receiver.url('/404'), receiver.url('/503')]
  for (const url of [...urls, other.url('/secret-path?key=secret')]) {
    const channel = await givenWatchedChannel(service, url, { retryCount: 2 })
    await service.channels(channel).messages.create({ body: 'hi', ...WANTED })
  }
  await settled(server, sid)

  const host = new URL(receiver.url()).host
  const otherHost = new URL(other.url()).host
  // An attempt is counted right after it is in the log.
  await vi.waitFor(async () => {
    const metrics = Object.entries(await readMetrics(server))
    const counted = metrics.filter(([name]) => name.startsWith('parley_webhook_attempts_total'))
    expect(Object.fromEntries(counted)).toEqual({
      [`parley_webhook_attempts_total{target="${host}",result="delivered"}`]: 2,
      [`parley_webhook_attempts_total{target="${host}",result="retry"}`]: 2,
      [`parley_webhook_attempts_total{target="${host}",result="failed"}`]: 2,
      [`parley_webhook_attempts_total{target="${otherHost}",result="delivered"}`]: 1,
    })
  })
  const { text } = await server.request('GET', '/metrics', { auth: null })
  expect(text).not.toContain('secret')
})

async function readMetrics(server: TestServer): Promise<Record<string, number>> {
  const { text } = await server.request('GET', '/metrics', { auth: null })
  const lines = text.split('\n').filter((line) => line.startsWith('parley_webhook'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
}
