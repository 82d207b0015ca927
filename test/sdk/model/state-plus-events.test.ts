// State plus events equals fresh state: whoever lived through what happened sees what someone sees who has just come.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SIGNER } from '../../support/realtime.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { mintToken } from '../../support/tokens.ts'
import { until } from '../../support/until.ts'
import { type Agent, startAgent } from '../start-agent.ts'
import { type Happening, happenings, LIVING, type Living, nameOf, type World } from './actions.ts'
import { type Entry, enterSdk, enterView, type LivingClient } from './living.ts'

const SEEDS = [11, 22, 33]
const RUNS = 5
const EQUAL_WITHIN_MS = 20_000

let server: TestServer
let agents: Record<'ann' | 'ben', Agent>
beforeAll(async () => {
  server = await startServer()
  agents = { ann: startAgent('6'), ben: startAgent('4') }
})
afterAll(async () => {
  await Promise.all(Object.values(agents).map((agent) => agent[Symbol.asyncDispose]()))
  await server[Symbol.asyncDispose]()
})

test.concurrent.each(SEEDS)('random lives, seed %i', { timeout: 120_000 }, async (seed) => {
  const lives = fc.asyncProperty(happenings, live)
  const { numRuns, errorInstance } = await fc.check(lives, { seed, numRuns: RUNS, endOnFailure: true })
  if (errorInstance) throw errorInstance
  expect(numRuns).toBe(RUNS)
})

type Cast = Record<Living, LivingClient>

async function live(story: Happening[]): Promise<void> {
  const rest = await server.givenService()
  const { sid: serviceSid } = await rest.fetch()
  const world: World = { rest, channels: [] }
  for (const type of ['public', 'public', 'private'] as const) {
    const { sid } = await rest.channels.create({ type, createdBy: 'ann' })
    world.channels.push(sid)
    for (const identity of LIVING) await rest.channels(sid).members.create({ identity })
  }
  const cast = await enter(serviceSid)
  try {
    for (const happening of story) await happen(happening, world, cast)
    await endStalls(cast)
    await expectFreshView(cast, serviceSid, story)
  } finally {
    await leave(cast)
  }
}

async function enter(serviceSid: string): Promise<Cast> {
  const entry = (identity: string): Entry => ({
    port: Number(new URL(server.url).port),
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

async function expectFreshView(cast: Cast, serviceSid: string, story: Happening[]): Promise<void> {
  const fresh = await enter(serviceSid)
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
