// One of several processes dies without a word: the others find out, and who of its users is gone.
import { expect, test } from 'vitest'
import { givenDatabase } from '../support/databases.ts'
import { serve } from '../support/process.ts'
import { SIGNER } from '../support/realtime.ts'
import { startServer } from '../support/server.ts'
import { SyncView } from '../support/sync-view.ts'
import { mintToken } from '../support/tokens.ts'
import { until } from '../support/until.ts'

/** Ten seconds of silence, fifteen until its clients must be elsewhere, and something for a busy machine. */
const FORGOTTEN_MS = 45_000

test('the users of a killed process are offline, unless they have come to another one', {
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
