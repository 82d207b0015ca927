// How long the log remembers.
import { describe, expect, test, vi } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import {
  givenWatchedChannel,
  givenWatchedService,
  listDeliveries,
  settled,
  WANTED,
} from '../support/deliveries.ts'
import { setClock } from '../support/frozen-clock.ts'
import { type Received, type Reply, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

const PATIENCE = { timeout: 20_000, interval: 50 }

describe.each(ENGINES)('on %s', (engine) => {
  test('ended deliveries are pruned after PARLEY_DELIVERY_RETENTION, waiting ones never', async () => {
    await using server = await startServer({ PARLEY_DELIVERY_RETENTION: '1s' }, engine)
    await using receiver = await startReceiver(answerByPath)
    const { service, serviceSid } = await givenWatchedService(server, receiver.url('/take'))
    const silent = await givenWatchedChannel(service, receiver.url('/silent'), { retryCount: 3 })
    const refusing = await givenWatchedChannel(service, receiver.url('/refuse'))
    setClock(server, '2020-01-01T00:00:00Z')

    for (const sid of [silent, silent, refusing]) {
      await service.channels(sid).messages.create({ body: 'hi', ...WANTED })
    }
    await receiver.waitFor(5)
    await vi.waitUntil(async () => (await listDeliveries(server, serviceSid)).length <= 2, PATIENCE)

    const left = await listDeliveries(server, serviceSid)
    expect(left.map(({ state, request }) => `${state} ${request.url}`)).toEqual([
      `waiting ${receiver.url('/silent')}`,
      `waiting ${receiver.url('/silent')}`,
    ])
  })

  test('so are lanes in which nothing waits any more', async () => {
    await using server = await startServer({ PARLEY_DELIVERY_RETENTION: '1s' }, engine)
    await using receiver = await startReceiver(answerByPath)
    const { service } = await givenWatchedService(server, receiver.url('/take'))
    const silent = await givenWatchedChannel(service, receiver.url('/silent'), { retryCount: 3 })
    setClock(server, '2020-01-01T00:00:00Z')
    await service.channels(silent).messages.create({ body: 'hi', ...WANTED })
    await receiver.waitFor(2)

    setClock(server, '2020-01-01T00:00:05Z')

    const { db } = server.app.chat
    const urls = async () =>
      (await db.many<{ target: string }>(sql`select target from delivery_lanes`)).map(({ target }) => target)
    await vi.waitUntil(async () => (await urls()).length === 1, PATIENCE)
    expect(await urls()).toEqual([receiver.url('/silent')])
  })

  test('by default they are kept, however long ago they were made', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByPath)
    const { service, serviceSid } = await givenWatchedService(server, receiver.url('/take'))
    const refusing = await givenWatchedChannel(service, receiver.url('/refuse'))
    setClock(server, '2020-01-01T00:00:00Z')

    await service.channels(refusing).messages.create({ body: 'hi', ...WANTED })

    const states = (await settled(server, serviceSid)).map(({ state }) => state)
    expect(states.sort()).toEqual(['delivered', 'failed'])
  })

  test('the log of a deleted service goes with it, and what waited is not sent any more', async () => {
    await using server = await startServer({}, engine)
    await using receiver = await startReceiver(answerByPath)
    const { service } = await givenWatchedService(server, receiver.url('/take'))
    const channel = await givenWatchedChannel(service, receiver.url('/silent'), { retryCount: 3 })
    const kept = await givenWatchedService(server, receiver.url('/take'))
    const { sid: keptChannel } = await kept.service.channels.create({})
    for (const body of ['1', '2']) await service.channels(channel).messages.create({ body, ...WANTED })
    await kept.service.channels(keptChannel).messages.create({ body: 'kept', ...WANTED })
    await receiver.waitFor(4)
    await settled(server, kept.serviceSid)

    await service.remove()
    const { db } = server.app.chat
    const count = async () => (await db.many(sql`select sid from deliveries`)).length
    await vi.waitUntil(async () => (await count()) === 1, PATIENCE)
    await vi.waitUntil(
      async () => (await db.many(sql`select lane from delivery_lanes where pending > 0`)).length === 0,
      PATIENCE,
    )

    expect(await listDeliveries(server, kept.serviceSid)).toMatchObject([{ state: 'delivered' }])
    expect(receiver.received.filter(({ url }) => url === '/silent')).toHaveLength(1)
  })
})

function answerByPath({ url }: Received): Reply | null {
  if (url === '/silent') return null
  return { status: url === '/refuse' ? 400 : 200 }
}
