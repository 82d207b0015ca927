// Who is online, where the service wants to know (§6.5, §16.10).
import { expect, test } from 'vitest'
import { sql } from '../../../src/store/sql.ts'
import { configurationOf, startRealtime } from '../../support/realtime.ts'
import { allSyncEvents, openObject, readItems, subscribe } from '../../support/sync-events.ts'
import { until } from '../../support/until.ts'

test.concurrent('a user is online from the first connection until some time after the last, without flapping', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  await realtime.service.update({ reachabilityEnabled: true })
  await realtime.service.users.create({ identity: 'bob' })
  const watcher = await realtime.client('alice')
  const { myInfo } = await configurationOf(await realtime.client('bob'))
  const info = await openObject(watcher, 'map', myInfo)
  await subscribe(watcher, [{ object_sid: info.sid, object_type: 'map', last_event_id: 0 }])
  const told = (): boolean[] =>
    allSyncEvents(watcher.frames)
      .filter(({ event }) => event.item_key === 'reachability')
      .map(({ event }) => event.item_data.online)
  const isOnline = async () => (await realtime.service.users('bob').fetch()).isOnline
  await until('bob to be online', () => told().at(-1))
  expect(await isOnline()).toBe(true)
  const before = told().length

  const tabs = [await realtime.client('bob'), await realtime.client('bob')]
  for (const tab of tabs) await tab[Symbol.asyncDispose]()
  const [first] = await Promise.all([realtime.client('bob'), realtime.client('alice')])
  expect(told(), 'no change while one tab is open').toHaveLength(before)
  expect((await readItems(watcher, info)).find(({ key }) => key === 'reachability').data).toMatchObject({
    online: true,
  })

  await first?.[Symbol.asyncDispose]()
  expect(await isOnline()).toBe(true)
})

test.concurrent('the last connection gone for longer than the grace period means offline; a quick return means nothing', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  await realtime.service.update({ reachabilityEnabled: true })
  const watcher = await realtime.client('alice')
  const bob = await realtime.client('bob')
  const { myInfo } = await configurationOf(bob)
  const { sid } = await openObject(watcher, 'map', myInfo)
  await subscribe(watcher, [{ object_sid: sid, object_type: 'map', last_event_id: 0 }])
  const told = (): boolean[] =>
    allSyncEvents(watcher.frames)
      .filter(({ event }) => event.item_key === 'reachability')
      .map(({ event }) => event.item_data.online)
  await until('bob to be online', () => told().at(-1))

  await bob[Symbol.asyncDispose]()
  const again = await realtime.client('bob')
  await again[Symbol.asyncDispose]()
  await until('bob to be offline', async () => told().at(-1) === false, { ms: 20_000 })
  expect(
    told().filter((online) => !online),
    'offline once',
  ).toHaveLength(1)
  expect(await realtime.service.users('bob').fetch()).toMatchObject({ isOnline: false })
})

test.concurrent('who is connected when reachability begins is online, and who left while it was off is not', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  const presenceOf = async (identity: string) => {
    const { isOnline, isNotifiable } = await realtime.service.users(identity).fetch()
    return { isOnline, isNotifiable }
  }
  const bob = await realtime.client('bob')
  await realtime.client('alice')
  await realtime.service.update({ reachabilityEnabled: true })
  await until('both to be online', async () => (await presenceOf('alice')).isOnline)
  // Nobody has ever had a device.
  expect(await presenceOf('bob')).toEqual({ isOnline: true, isNotifiable: null })

  await realtime.service.update({ reachabilityEnabled: false })
  await bob[Symbol.asyncDispose]()
  await until(
    'bob to be written as offline',
    async () =>
      (
        await realtime.server.app.chat.db.one<{ isOnline: number }>(sql`
      select is_online from users where identity = 'bob'`)
      )?.isOnline === 0,
    { ms: 20_000 },
  )
  await realtime.service.update({ reachabilityEnabled: true })
  expect(await presenceOf('bob')).toEqual({ isOnline: false, isNotifiable: null })
})

test.concurrent('without reachability nobody is told and nothing is written', async () => {
  await using realtime = await startRealtime()
  const bob = await realtime.client('bob')
  const { myInfo } = await configurationOf(bob)
  await bob[Symbol.asyncDispose]()

  expect(await realtime.service.users('bob').fetch()).toMatchObject({ isOnline: null })
  const items = await readItems(
    await realtime.client('alice'),
    await openObject(await realtime.client('alice'), 'map', myInfo),
  )
  expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining(['attributes', 'friendlyName']))
})
