// A client that reads slowly is sent away and comes back; it never holds up the others (§16.6).
import { expect, test } from 'vitest'
import { configurationOf, startRealtime } from '../../support/realtime.ts'
import { allSyncEvents, openObject, pathOf, subscribe } from '../../support/sync-events.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { openTwilsock, type Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

const BODY = 'x'.repeat(30_000)
/** More than all buffers of the system between server and client hold. */
const MOST_MESSAGES = 3_000
const AT_ONCE = 8

async function watch(client: Twilsock, list: string, after?: number): Promise<void> {
  const { sid, last_event_id } = await openObject(client, 'list', list)
  await subscribe(client, [{ object_sid: sid, object_type: 'list', last_event_id: after ?? last_event_id }])
}

function indexesOf(client: Twilsock): number[] {
  return allSyncEvents(client.frames)
    .filter(({ type }) => type === 'list_item_added')
    .map(({ event }) => event.item_index)
}

/** A long past comes in parts: as the SDKs do, the client asks for the next where one ends (§5.9). */
async function catchUp(client: Twilsock, list: string, after: number): Promise<void> {
  const answers = () => allSyncEvents(client.frames).filter(({ type }) => type === 'subscription_established')
  for (let asked = 1; ; asked++) {
    await watch(client, list, after + indexesOf(client).length)
    await until('the past', () => answers().length === asked)
    if (answers().at(-1)?.event.replay_status === 'completed') return
  }
}

test('a slow reader is closed with 308 and resumes; a fast one gets everything meanwhile', {
  timeout: 90_000,
}, async () => {
  await using realtime = await startRealtime({ PARLEY_MAX_QUEUE_BYTES: '1048576' })
  await using wire = await startTcpProxy(Number(new URL(realtime.url).port))
  const { sid, list } = await realtime.givenChannel('slow', 'fast')
  await using slow = await openTwilsock(wire.wsUrl)
  await slow.init(realtime.token('slow'))
  const fast = await realtime.client('fast')
  await watch(slow, list)
  await watch(fast, list)
  const messages = `${pathOf((await configurationOf(fast)).links.conversations ?? '')}/${sid}/Messages`
  const connections = async (): Promise<number> => {
    const metrics = await (await fetch(`${realtime.url}/metrics`)).text()
    return Number(/^parley_socket_connections (\d+)/m.exec(metrics)?.[1])
  }
  expect(await connections()).toBe(2)

  wire.stall()
  let sent = 0
  while ((await connections()) === 2 && sent < MOST_MESSAGES) {
    const round = Array.from({ length: AT_ONCE }, () =>
      fast.request('POST', messages, { body: { body: BODY } }),
    )
    for (const { status } of await Promise.all(round)) expect(status).toBe(201)
    sent += AT_ONCE
  }
  expect(await connections(), `after ${sent} messages`).toBe(1)
  await until('everything at the fast one', () => indexesOf(fast).length === sent)
  expect(indexesOf(fast)).toEqual(Array.from({ length: sent }, (_, i) => i))

  wire.resume()
  expect((await slow.closeFrame()).header.status).toMatchObject({ code: 308 })
  const got = indexesOf(slow)
  expect(got, 'no gap before the end').toEqual(Array.from({ length: got.length }, (_, i) => i))
  expect(got.length).toBeLessThan(sent)
  const back = await realtime.client('slow')
  await catchUp(back, list, got.length)
  expect([...got, ...indexesOf(back)]).toEqual(Array.from({ length: sent }, (_, i) => i))
})

test('a client that reads is not taken for a slow one, however much is said at once', async () => {
  await using realtime = await startRealtime({ PARLEY_MAX_QUEUE_BYTES: '262144' })
  const { sid, list } = await realtime.givenChannel('talker', 'reader')
  const [talker, reader] = [await realtime.client('talker'), await realtime.client('reader')]
  await watch(reader, list)
  const messages = `${pathOf((await configurationOf(talker)).links.conversations ?? '')}/${sid}/Messages`
  const count = 16
  const say = () => talker.request('POST', messages, { body: { body: BODY } })
  for (const { status } of await Promise.all(Array.from({ length: count }, say))) expect(status).toBe(201)

  await until('everything at the reader', () => indexesOf(reader).length === count || reader.isClosed())
  expect(reader.isClosed()).toBe(false)
  expect(indexesOf(reader)).toEqual(Array.from({ length: count }, (_, i) => i))
})
