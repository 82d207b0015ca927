// A target in trouble delays nothing but its own webhooks, and loses none of them.
import { describe, expect, test, vi } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { times } from '../support/at-once.ts'
import { ENGINES } from '../support/databases.ts'
import {
  givenWatchedChannel,
  givenWatchedService,
  indexesByChannel,
  listDeliveries,
  settled,
  WANTED,
} from '../support/deliveries.ts'
import { startFailingTarget, TROUBLES } from '../support/failing-target.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

const PATIENCE = { timeout: 60_000 }
const CHANNELS = 8
const EACH = 20
const ALL = CHANNELS * EACH

describe.each(ENGINES)('on %s', (engine) => {
  test.each(TROUBLES)(
    'a target that %s is held back, delays no other, and gets everything in order later',
    PATIENCE,
    async (trouble) => {
      await using server = await startServer({}, engine)
      await using live = await startReceiver()
      await using dead = await startFailingTarget(trouble)
      const { service, serviceSid } = await givenWatchedService(server, dead.url, {
        postWebhookRetryCount: 3,
      })
      const channels = await Promise.all(times(CHANNELS, () => givenWatchedChannel(service, live.url())))
      const inOrder = Object.fromEntries(channels.map((sid) => [sid, times(EACH, (i) => i)]))

      await Promise.all(
        channels.map(async (sid) => {
          for (let i = 0; i < EACH; i++)
            await service.channels(sid).messages.create({ body: `${i}`, ...WANTED })
        }),
      )
      await live.waitFor(ALL)

      expect(indexesByChannel(live.received.map(({ parameters }) => parameters))).toEqual(inOrder)
      const waiting = await listDeliveries(server, serviceSid, { State: 'waiting' })
      const held = waiting.filter(({ request }) => request.url === dead.url)
      expect(held).toHaveLength(ALL)
      expect(held.reduce((sum, { attempts }) => sum + attempts, 0)).toBeLessThan(ALL / 4)
      expect(await service.channels(channels[0] ?? '').fetch()).toMatchObject({ messagesCount: EACH })

      await dead.recover()
      await vi.waitUntil(() => dead.accepted.length >= ALL, { timeout: 40_000 })

      expect(indexesByChannel(dead.accepted)).toEqual(inOrder)
      const log = await settled(server, serviceSid)
      expect(new Set(log.map(({ state }) => state))).toEqual(new Set(['delivered']))
    },
  )
})

test('many targets that never answer, with many channels each, do not delay another', PATIENCE, async () => {
  await using server = await startServer()
  await using silent = await startReceiver(() => null)
  await using live = await startReceiver()
  const filters = { webhookFilters: ['onChannelAdded'] }
  const services = await Promise.all(
    times(20, (i) => givenWatchedService(server, silent.url(`/${i}`), filters)),
  )
  const other = await givenWatchedService(server, live.url(), filters)
  await Promise.all(
    services.flatMap(({ service }) =>
      times(16, () => service.channels.create({ friendlyName: 'x', ...WANTED })),
    ),
  )

  await other.service.channels.create({ friendlyName: 'y', ...WANTED })
  await live.waitFor(1)

  const logs = await Promise.all(services.map(({ serviceSid }) => listDeliveries(server, serviceSid)))
  const givenUp = logs.flat().filter(({ attempts }) => attempts > 0)
  expect(givenUp.length, 'calls that ran out of time before the other target had its turn').toBe(0)
})

test('a target is called again though what waited for it has been deleted', PATIENCE, async () => {
  await using server = await startServer()
  let isWell = false
  await using target = await startReceiver(() => ({ status: isWell ? 200 : 503 }))
  const { service } = await givenWatchedService(server, target.url(), { postWebhookRetryCount: 3 })
  const other = await givenWatchedService(server, target.url())
  for (let i = 0; i < 5; i++) {
    const { sid } = await service.channels.create({})
    await service.channels(sid).messages.create({ body: 'deleted before it is told', ...WANTED })
  }
  await target.waitFor(5)

  await service.remove()
  // The first probe finds a lane without anything in it.
  const lanes = async () => server.app.chat.db.many(sql`select lane from delivery_lanes where pending > 0`)
  await vi.waitUntil(async () => (await lanes()).length < 5, PATIENCE)
  isWell = true
  const { sid } = await other.service.channels.create({})
  await other.service.channels(sid).messages.create({ body: 'told', ...WANTED })

  const log = await settled(server, other.serviceSid)
  expect(log.map(({ state }) => state)).toEqual(['delivered'])
})
