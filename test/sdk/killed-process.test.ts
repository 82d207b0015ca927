// One of several processes dies without a word, or is out of reach: what the others take its users for.
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { givenDatabase } from '../support/databases.ts'
import { endConnections } from '../support/postgres-admin.ts'
import { serve } from '../support/process.ts'
import { SIGNER } from '../support/realtime.ts'
import { startServer } from '../support/server.ts'
import { SyncView } from '../support/sync-view.ts'
import { mintToken } from '../support/tokens.ts'
import { until } from '../support/until.ts'

/** Ten seconds of silence, fifteen until its clients must be elsewhere, and something for a busy machine. */
const FORGOTTEN_MS = 45_000
/** The bus comes back after a second. */
const OUTAGE_STEP_MS = 100

test.concurrent('the users of a killed process are offline, unless they have come to another one', {
  timeout: 120_000,
}, async () => {
  await using database = await givenDatabase('postgres')
  await using server = await startServer({ DATABASE_URL: database.url }, 'postgres')
  const service = await server.givenService()
  const { sid: serviceSid } = await service.update({ reachabilityEnabled: true })
  await using killed = serve(database)
  const { address } = await killed.listening()
  const viewOf = (identity: string, url: string) =>
    new SyncView({ url, token: () => mintToken(SIGNER, serviceSid, identity) })
  await using carol = viewOf('carol', address)
  await using dave = viewOf('dave', address)
  const isOnline = async (identity: string) => (await service.users(identity).fetch()).isOnline
  for (const view of [carol, dave]) await view.settled()
  for (const identity of ['carol', 'dave']) await until(`${identity} to be online`, () => isOnline(identity))

  killed.kill('SIGKILL')
  await using again = viewOf('dave', server.url)
  await again.settled()

  await until('carol to be offline', async () => !(await isOnline('carol')), { ms: FORGOTTEN_MS })
  expect(await isOnline('dave')).toBe(true)
})

test.concurrent('who was taken for offline while processes could not hear each other is online again after', {
  timeout: 120_000,
}, async () => {
  await using database = await givenDatabase('postgres')
  const settings = { DATABASE_URL: database.url }
  await using first = await startServer(settings, 'postgres')
  await using second = await startServer(settings, 'postgres')
  const service = await first.givenService()
  const { sid: serviceSid } = await service.update({ reachabilityEnabled: true })
  const viewOf = ({ url }: { url: string }) =>
    new SyncView({ url, token: () => mintToken(SIGNER, serviceSid, 'bob') })
  await using here = viewOf(first)
  await using there = viewOf(second)
  for (const view of [here, there]) await view.settled()
  const isOnline = async () => (await service.users('bob').fetch()).isOnline
  await until('bob to be online', isOnline)

  let isOut = true
  const outage = (async () => {
    for (; isOut; await pause(OUTAGE_STEP_MS)) await endConnections(database, 'parley bus').catch(() => {})
  })()
  await here[Symbol.asyncDispose]()
  await until('bob to be taken for offline', async () => !(await isOnline()))
  isOut = false
  await outage

  await until('bob to be online again', isOnline, { ms: FORGOTTEN_MS })
})
