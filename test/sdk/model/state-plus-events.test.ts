// State plus events equals fresh state: whoever lived through what happened sees what someone sees who has just come.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { givenDatabase, type TestDatabase } from '../../support/databases.ts'
import { SIGNER } from '../../support/realtime.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { mintToken } from '../../support/tokens.ts'
import { until } from '../../support/until.ts'
import { type Agent, startAgent } from '../start-agent.ts'
import { type Happening, happenings, LIVING, type Living, nameOf, type World } from './actions.ts'
import { type Entry, enterSdk, enterView, type LivingClient } from './living.ts'

const SEEDS = [11, 22, 33]
const SEEDS_OF_TWO = [44]
const RUNS = 5
const EQUAL_WITHIN_MS = 20_000

/** The server of each client, and of what comes by REST. */
type Servers = Record<Living | 'rest', TestServer>

let one: TestServer
let shared: TestDatabase
let two: [TestServer, TestServer]
let agents: Record<'ann' | 'ben', Agent>
beforeAll(async () => {
  one = await startServer()
  shared = await givenDatabase('postgres')
  const settings = { DATABASE_URL: shared.url }
  two = [await startServer(settings, 'postgres'), await startServer(settings, 'postgres')]
  agents = { ann: startAgent('6'), ben: startAgent('4') }
})
afterAll(async () => {
  await Promise.all(Object.values(agents).map((agent) => agent[Symbol.asyncDispose]()))
  for (const server of [one, ...two]) await server[Symbol.asyncDispose]()
  await shared[Symbol.asyncDispose]()
})

test.concurrent.each(SEEDS)('random lives, seed %i', { timeout: 120_000 }, (seed) =>
  liveManyLives(seed, { ann: one, ben: one, cleo: one, rest: one }),
)

test.concurrent.each(SEEDS_OF_TWO)('random lives at two processes, seed %i', { timeout: 120_000 }, (seed) => {
  const [first, second] = two
  return liveManyLives(seed, { ann: first, ben: second, cleo: second, rest: first })
})

async function liveManyLives(seed: number, servers: Servers): Promise<void> {
  const lives = fc.asyncProperty(happenings, (story) => live(servers, story))
  const { numRuns, errorInstance } = await fc.check(lives, { seed, numRuns: RUNS, endOnFailure: true })
  if (errorInstance) throw errorInstance
  expect(numRuns).toBe(RUNS)
}

type Cast = Record<Living, LivingClient>

async function live(servers: Servers, story: Happening[]): Promise<void> {
  const rest = await servers.rest.givenService()
  const { sid: serviceSid } = await rest.fetch()
  const world: World = { rest, channels: [] }
  for (const type of ['public', 'public', 'private'] as const) {
    const { sid } = await rest.channels.create({ type, createdBy: 'ann' })
    world.channels.push(sid)
    for (const identity of LIVING) await rest.channels(sid).members.create({ identity })
  }
  const cast = await enter(servers, serviceSid)
  try {
    for (const happening of story) await happen(happening, world, cast)
    await endStalls(cast)
    await expectFreshView(servers, cast, serviceSid, story)
  } finally {
    await leave(cast)
  }
}

async function enter(servers: Servers, serviceSid: string): Promise<Cast> {
  const entry = (identity: Living): Entry => ({
    port: Number(new URL(servers[identity].url).port),
    identity,
    token: () => mintToken(SIGNER, serviceSid, identity),
  })
  const [ann, ben, cleo] = await Promise.all([
    enterSdk(agents.ann, entry('ann')),
    enterSdk(agents.ben, entry('ben')),
    enterView(entry('cleo')),
  ])
  for (const client of [ann, ben, cleo]) await client.settled()
  return { ann, ben, cleo }
}

async function leave(cast: Cast): Promise<void> {
  await Promise.all(Object.values(cast).map((client) => client[Symbol.asyncDispose]()))
}

async function happen(happening: Happening, world: World, cast: Cast): Promise<void> {
  switch (happening.kind) {
    case 'rest':
      // Much of it is refused: who is no member cannot be expelled.
      return void (await happening.run(world).catch(refusedOnly))
    case 'sdk': {
      const client = cast[happening.who]
      if (!client.isStalled) await client.act?.(happening.act(world))
      return
    }
    case 'wire':
      return happenOnWire(cast[happening.who], happening.what)
  }
}

function refusedOnly(error: { status?: number }): void {
  if (error.status === undefined || error.status >= 500) throw error
}

async function happenOnWire(client: LivingClient, what: 'cut' | 'stall' | 'resume'): Promise<void> {
  if (what === 'cut' && !client.isStalled) return client.cut()
  client.isStalled = what === 'stall'
  if (client.isStalled) client.wire.stall()
  else client.wire.resume()
}

async function endStalls(cast: Cast): Promise<void> {
  for (const client of Object.values(cast)) {
    client.isStalled = false
    client.wire.resume()
  }
  for (const client of Object.values(cast)) await client.settled()
}

async function expectFreshView(
  servers: Servers,
  cast: Cast,
  serviceSid: string,
  story: Happening[],
): Promise<void> {
  const fresh = await enter(servers, serviceSid)
  try {
    for (const identity of LIVING) {
      const read = async () => {
        const forgiven = await cast[identity].left()
        return [await cast[identity].snapshot(forgiven), await fresh[identity].snapshot(forgiven)]
      }
      const same = async (): Promise<boolean> => isDeepStrictEqual(...((await read()) as [unknown, unknown]))
      await until('the same view', same, { ms: EQUAL_WITHIN_MS }).catch(() => {})
      const [lived, arrived] = await read()
      expect(lived, `${identity}, after:\n${story.map(nameOf).join('\n')}`).toEqual(arrived)
      expect(cast[identity].violations()).toEqual([])
    }
  } finally {
    await leave(fresh)
  }
}
