// A planned end: running requests are answered, then every client is told to come back, each at a moment of its own (§2.7).
import { expect, test } from 'vitest'
import { givenDatabase } from '../../support/databases.ts'
import { serve } from '../../support/process.ts'
import { configurationOf, SIGNER } from '../../support/realtime.ts'
import { officialClient } from '../../support/server.ts'
import { pathOf } from '../../support/sync-events.ts'
import { mintToken } from '../../support/tokens.ts'
import { openTwilsock, requestFrame, type Twilsock, toAnswer } from '../../support/twilsock.ts'

const CLIENTS = 12
const AT_ONCE = 50

test('SIGTERM answers what runs, sends everyone away with 308 and ends with 0', {
  timeout: 60_000,
}, async () => {
  await using database = await givenDatabase('sqlite')
  await using parley = serve(database, { LOG_LEVEL: 'info' })
  const { address } = await parley.listening()
  const { services } = officialClient(address).chat.v2
  const { sid: serviceSid } = await services.create({ friendlyName: 'drain' })
  const { sid } = await services(serviceSid).channels.create({})
  const clients: Twilsock[] = []
  for (let i = 0; i < CLIENTS; i++) {
    const client = await openTwilsock(address)
    await client.init(mintToken(SIGNER, serviceSid, `user-${i}`))
    clients.push(client)
  }
  const [busy] = clients
  if (!busy) throw new Error('There is no client')
  await services(serviceSid).channels(sid).members.create({ identity: 'user-0' })
  const messages = `${pathOf((await configurationOf(busy)).links.conversations ?? '')}/${sid}/Messages`
  const ids = Array.from({ length: AT_ONCE }, (_, i) =>
    busy.send(...requestFrame('POST', messages, { body: { body: `m${i}` } })),
  )
  await busy.reply(ids[0] ?? '')
  parley.kill('SIGTERM')
  const closings = await Promise.all(clients.map((client) => client.closeFrame()))
  const exit = await parley.exit

  expect(closings.map(({ header }) => (header.status as { code: number }).code)).toEqual(
    Array(CLIENTS).fill(308),
  )
  const pauses = closings.map(({ payload }) => (payload as any).backoff_policy.reconnect_min_ms as number)
  for (const ms of pauses) expect(ms).toBeGreaterThanOrEqual(0)
  expect(new Set(pauses).size, 'not all at once').toBeGreaterThan(CLIENTS / 2)
  expect(exit).toEqual({ code: 0, signal: null })
  for (const client of clients) await client.closed
  const answers = busy.frames.filter(({ header }) => ids.includes(header.id)).map(toAnswer)
  expect(answers.map(({ status }) => status)).toEqual(Array(AT_ONCE).fill(201))

  await using next = serve(database, { LOG_LEVEL: 'info' })
  const again = officialClient((await next.listening()).address).chat.v2.services(serviceSid)
  const kept = await again.channels(sid).messages.list()
  expect(kept.map(({ body }) => body)).toEqual(ids.map((_, i) => `m${i}`))
})
