// A room in which so much is acknowledged that the server rests in between (docs/decisions/0019): nothing is lost,
// nothing changes places, and whoever asks gets an answer.
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../../support/realtime.ts'
import { allSyncEvents, openObject, pathOf, subscribe } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

const WATCHERS = 40
const SENDERS = 5
const EACH = 12
/** Acknowledgements in a row that make the server rest. */
const BURST = 64
/** Each has its chance to come within a millisecond of the one before. */
const MOST_BURSTS = 1_000

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())
afterEach(() => vi.restoreAllMocks())

async function watch(list: string, protocol: 3 | 4): Promise<Twilsock> {
  const client = await realtime.client('alice')
  const { sid, last_event_id } = await openObject(client, 'list', list)
  await subscribe(client, [{ object_sid: sid, object_type: 'list', last_event_id }], { protocol })
  return client
}

const indexesAt = (client: Twilsock): number[] =>
  allSyncEvents(client.frames)
    .filter(({ type }) => type === 'list_item_added')
    .map(({ event }) => event.item_index)

test.each([3, 4] as const)('clients of protocol %i see all messages once and in order', async (protocol) => {
  const { sid, list } = await realtime.givenChannel('alice')
  const watchers = await Promise.all(Array.from({ length: WATCHERS }, () => watch(list, protocol)))
  const channels = pathOf((await configurationOf(watchers[0] as Twilsock)).links.conversations ?? '')
  const send = async (client: Twilsock): Promise<void> => {
    for (let i = 0; i < EACH; i++) {
      const { status } = await client.request('POST', `${channels}/${sid}/Messages`, {
        body: { body: `${i}` },
      })
      expect(status).toBe(201)
    }
  }
  await Promise.all(watchers.slice(0, SENDERS).map(send))

  const all = Array.from({ length: SENDERS * EACH }, (_, i) => i)
  const last = (): boolean => watchers.every((client) => indexesAt(client).length >= all.length)
  await until('the last message at every client', last)
  for (const client of watchers) expect(indexesAt(client)).toEqual(all)
  expect((await realtime.service.channels(sid).messages.list()).map(({ index }) => index)).toEqual(all)
})

test('the server rests while acknowledgements pour in, and answers as ever', async () => {
  const rests = vi.spyOn(Atomics, 'wait')
  const client = await realtime.client('alice')
  const burst = async (): Promise<boolean> => {
    for (let i = 0; i < BURST; i++) client.send({ method: 'reply', status: { code: 200, status: 'OK' } })
    await turn()
    return rests.mock.calls.length > 0
  }
  // On a machine that is busy otherwise, the loop may have no time to rest for a while.
  await until('the server to rest', async () => {
    for (let i = 0; i < MOST_BURSTS; i++) if (await burst()) return true
    return false
  })
  expect((await client.request('GET', '/Client/v2/Configuration')).status).toBe(200)
  for (const [, , , milliseconds] of rests.mock.calls) expect(milliseconds).toBeLessThanOrEqual(1)
})
