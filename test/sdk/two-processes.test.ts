// Two processes on one PostgreSQL are one server to their clients.
import { setTimeout as pause } from 'node:timers/promises'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { times } from '../support/at-once.ts'
import { givenDatabase, type TestDatabase } from '../support/databases.ts'
import { endConnections } from '../support/postgres-admin.ts'
import { SIGNER } from '../support/realtime.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { SyncView } from '../support/sync-view.ts'
import { mintToken } from '../support/tokens.ts'
import { until } from '../support/until.ts'
import { startWatchedWire, type WatchedWire } from '../support/watched-wire.ts'
import { type Agent, startAgent } from './start-agent.ts'

const PATIENCE = { timeout: 120_000 }
const MESSAGES = 40
/** Five seconds, and half a second in which others are asked. */
const AFTER_GRACE_MS = 7_000

type Scene = AsyncDisposable & {
  database: TestDatabase
  servers: [TestServer, TestServer]
  services: [ServiceContext, ServiceContext]
  serviceSid: string
  /** A user's client of this SDK at the first or second process. */
  enter(identity: string, version: string, at: 0 | 1): Promise<{ agent: Agent; wire: WatchedWire }>
  view(identity: string, at: 0 | 1): SyncView
}

async function startScene(): Promise<Scene> {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await givenDatabase('postgres'))
  const settings = { DATABASE_URL: database.url }
  const servers: Scene['servers'] = [
    stack.use(await startServer(settings, 'postgres')),
    stack.use(await startServer(settings, 'postgres')),
  ]
  const { sid: serviceSid } = await (await servers[0].givenService()).fetch()
  const token = (identity: string): string => mintToken(SIGNER, serviceSid, identity)
  const [first, second] = servers
  return {
    ...{ database, servers, serviceSid },
    services: [first.client.chat.v2.services(serviceSid), second.client.chat.v2.services(serviceSid)],
    async enter(identity, version, at) {
      const wire = stack.use(await startWatchedWire(Number(new URL(servers[at].url).port)))
      const agent = stack.use(startAgent(version))
      await agent.ask('connect', identity, token(identity), wire.wsUrl)
      await wire.settled()
      return { agent, wire }
    },
    view: (identity, at) => stack.use(new SyncView({ url: servers[at].url, token: () => token(identity) })),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** A public channel with these members. */
async function givenChannel(service: ServiceContext, ...identities: string[]): Promise<string> {
  const { sid } = await service.channels.create({})
  for (const identity of identities) await service.channels(sid).members.create({ identity })
  return sid
}

test.concurrent(
  'who talks at different processes at the same time hears all, once, in order, and without a cut',
  PATIENCE,
  async () => {
    await using scene = await startScene()
    const [first, second] = scene.services
    const sid = await givenChannel(first, 'alice', 'bob', 'carol', 'dave', 'erin')
    const { sid: edited } = await first.channels(sid).messages.create({ body: 'to be edited' })
    const [alice, bob, carol] = await Promise.all([
      scene.enter('alice', '6', 0),
      scene.enter('bob', '4', 1),
      scene.enter('carol', 'c3', 1),
    ])
    const views = [scene.view('dave', 0), scene.view('erin', 1)]
    for (const view of views) await view.settled()

    const talk = async (say: (i: number) => Promise<unknown>): Promise<void> => {
      for (let i = 0; i < MESSAGES; i++) await say(i)
    }
    const send = async (agent: Agent, name: string, body: string): Promise<void> => {
      const code = await agent.ask('act', name, { do: 'send', channel: sid, body })
      expect(code, `${await agent.ask('problems')}`).toBe(0)
    }
    await Promise.all([
      talk((i) => send(alice.agent, 'alice', `alice ${i}`)),
      talk((i) => send(bob.agent, 'bob', `bob ${i}`)),
      talk((i) => first.channels(sid).messages.create({ body: `first ${i}` })),
      talk((i) => second.channels(sid).messages.create({ body: `second ${i}` })),
      talk((i) =>
        first
          .channels(sid)
          .messages(edited)
          .update({ body: `edited ${i}` }),
      ),
      talk((i) =>
        second
          .channels(sid)
          .messages(edited)
          .update({ attributes: `${i}` }),
      ),
    ])

    const all = times(4 * MESSAGES, (i) => i + 1)
    for (const view of views) {
      const isTold = () => view.added(sid).length >= all.length
      await until('the view to be told', isTold, { seen: () => [view.connections, view.added(sid)] })
      expect(view.added(sid)).toEqual(all)
      expect([view.violations, view.connections]).toEqual([[], 1])
    }
    for (const [name, { agent }] of Object.entries({ alice, bob, carol })) {
      await agent.ask('waitFor', name, 'messageAdded', { index: all.length - 1 })
      const heard = await agent.ask('seen', name, 'messageAdded')
      expect(
        heard.map(({ index }) => index),
        name,
      ).toEqual(all)
    }
  },
)

test.concurrent(
  'typing is shown, and who is expelled at one process hears no more at the other',
  PATIENCE,
  async () => {
    await using scene = await startScene()
    const [first, second] = scene.services
    const sid = await givenChannel(first, 'alice', 'bob')
    const [{ agent: alice }, { agent: bob }] = await Promise.all([
      scene.enter('alice', '6', 0),
      scene.enter('bob', '5', 1),
    ])

    await alice.ask('act', 'alice', { do: 'typing', channel: sid })
    await bob.ask('waitFor', 'bob', 'typingStarted', { identity: 'alice' })

    await second.channels(sid).members('alice').remove()
    await alice.ask('waitFor', 'alice', 'channelLeft', { channel: sid })
    await second.channels(sid).messages.create({ body: 'without her' })
    await bob.ask('waitFor', 'bob', 'messageAdded', { body: 'without her' })
    await first.channels(sid).members.create({ identity: 'alice' })
    await alice.ask('waitFor', 'alice', 'channelJoined', { channel: sid })
    expect(await alice.ask('seen', 'alice', 'messageAdded')).toEqual([])
  },
)

test.concurrent('a user is online as long as one process has a connection', PATIENCE, async () => {
  await using scene = await startScene()
  const [first, second] = scene.services
  const view = [scene.view('bob', 0), scene.view('bob', 1)] as const
  for (const one of view) await one.settled()
  // Each process hears of it, and not only the one that is asked.
  await first.update({ reachabilityEnabled: true })
  const isOnline = async () => (await second.users('bob').fetch()).isOnline
  await until('bob to be online', isOnline)
  const { dateUpdated } = await first.users('bob').fetch()

  await view[0][Symbol.asyncDispose]()
  await pause(AFTER_GRACE_MS)
  expect(await first.users('bob').fetch()).toMatchObject({ isOnline: true, dateUpdated })

  await view[1][Symbol.asyncDispose]()
  await until('bob to be offline', async () => !(await isOnline()))
})

test.concurrent(
  'who is connected to one process stays online when another one starts',
  PATIENCE,
  async () => {
    await using scene = await startScene()
    const [service] = scene.services
    await service.update({ reachabilityEnabled: true })
    await scene.view('bob', 0).settled()
    await until('bob to be online', async () => (await service.users('bob').fetch()).isOnline)
    const { dateUpdated } = await service.users('bob').fetch()

    await using _third = await startServer({ DATABASE_URL: scene.database.url }, 'postgres')

    expect(await service.users('bob').fetch()).toMatchObject({ isOnline: true, dateUpdated })
  },
)

test.concurrent('when the bus is lost, clients come back for what they have missed', PATIENCE, async () => {
  await using scene = await startScene()
  const [first, second] = scene.services
  const sid = await givenChannel(first, 'alice', 'bob')
  const { agent: alice } = await scene.enter('alice', '6', 0)
  const bob = scene.view('bob', 1)
  await bob.settled()

  await endConnections(scene.database, 'parley bus')
  await first.channels(sid).messages.create({ body: 'unheard' })
  await second.channels(sid).messages.create({ body: 'as well' })

  await alice.ask('waitFor', 'alice', 'messageAdded', { body: 'as well' })
  await until('bob to be told', () => bob.added(sid).length === 2)
  const heard = await alice.ask('seen', 'alice', 'messageAdded')
  expect(heard.map(({ body }) => body)).toEqual(['unheard', 'as well'])
  expect(bob.violations).toEqual([])
})
