// The database goes away and comes back; the process stays and says so.
import { expect, test, vi } from 'vitest'
import { givenDatabase } from '../support/databases.ts'
import { readCounters } from '../support/integrity.ts'
import { cutOff, letIn } from '../support/postgres-admin.ts'
import { type ParleyProcess, PINS, serve } from '../support/process.ts'
import { officialClient } from '../support/server.ts'
import { openExisting } from '../support/stores.ts'
import { pathOf } from '../support/sync-events.ts'
import { mintToken, signerOf } from '../support/tokens.ts'
import { openTwilsock } from '../support/twilsock.ts'
import type { Frame } from '../support/twilsock-frames.ts'
import { until } from '../support/until.ts'

const PATIENCE = { timeout: 60_000 }

/** Rejects when the process ends. */
async function died(parley: ParleyProcess): Promise<never> {
  const { code } = await parley.exit
  throw new Error(`the process ended with ${code}: ${parley.lines.at(-1)}`)
}

async function statusOf(url: string): Promise<number> {
  return (await fetch(url)).status
}

test(
  'while PostgreSQL is away, answers are 503 in the form of an error; once it is back, all is well',
  PATIENCE,
  async () => {
    await using database = await givenDatabase('postgres')
    await using parley = serve(database)
    const { url } = await parley.listening()
    const client = officialClient(url)
    const { sid } = await client.chat.v2.services.create({ friendlyName: 'before' })
    expect(await statusOf(`${url}/readyz`)).toBe(200)

    await cutOff(database)
    try {
      const unavailable = { status: 503, code: 20503 }
      expect(await statusOf(`${url}/readyz`)).toBe(503)
      expect(await statusOf(`${url}/healthz`)).toBe(200)
      await expect(client.chat.v2.services(sid).fetch()).rejects.toMatchObject(unavailable)
      await expect(client.chat.v2.services.create({ friendlyName: 'x' })).rejects.toMatchObject(unavailable)
      await expect(client.chat.v2.services(sid).users('alice').fetch()).rejects.toMatchObject(unavailable)
      await expect(officialClient(url, undefined, 'wrong').chat.v2.services.list()).rejects.toMatchObject({
        status: 401,
      })
    } finally {
      await letIn(database)
    }
    await vi.waitUntil(async () => (await statusOf(`${url}/readyz`)) === 200, { timeout: 20_000 })
    expect(await client.chat.v2.services(sid).fetch()).toMatchObject({ friendlyName: 'before' })
    expect(await client.chat.v2.services.create({ friendlyName: 'after' })).toMatchObject({
      friendlyName: 'after',
    })
  },
)

test(
  'requests that run when the connections break are answered with success or 503, and what was answered is kept',
  PATIENCE,
  async () => {
    await using database = await givenDatabase('postgres')
    await using parley = serve(database)
    const { url } = await parley.listening()
    const { services } = officialClient(url).chat.v2
    const { sid } = await services.create({ friendlyName: 'busy' })
    const channel = await services(sid).channels.create()
    const { messages } = services(sid).channels(channel.sid)
    const answered: string[] = []
    const refusals: unknown[] = []
    const begun = Promise.withResolvers<void>()
    let writing = true
    const writer = async (): Promise<void> => {
      while (writing) {
        await messages.create({ body: 'x' }).then(
          (message) => answered.push(message.sid),
          (error) => refusals.push(error),
        )
        if (answered.length >= 30) begun.resolve()
      }
    }
    const until = (isSo: () => boolean): Promise<unknown> =>
      Promise.race([vi.waitUntil(isSo, { timeout: 20_000 }), died(parley)])
    const writers = Array.from({ length: 12 }, writer)
    await begun.promise
    for (let round = 0; round < 3; round++) {
      const [refused, kept] = [refusals.length, answered.length]
      await cutOff(database)
      await until(() => refusals.length > refused)
      await letIn(database)
      await until(() => answered.length > kept + 12)
    }
    writing = false
    await Promise.all(writers)

    for (const refusal of refusals) expect(refusal).toMatchObject({ status: 503, code: 20503 })
    const stored = new Set((await messages.list({ pageSize: 100 })).map((message) => message.sid))
    expect(answered.filter((message) => !stored.has(message))).toEqual([])
    const db = await openExisting(database)
    const { kept, counted } = await readCounters(db)
    await db.close()
    expect(kept).toEqual(counted)
    parley.kill('SIGTERM')
    expect(await parley.exit).toEqual({ code: 0, signal: null })
    expect(parley.lines.filter((line) => /request failed|unexpected error/.test(line))).toEqual([])
  },
)

/** Whoever can meet an outage, and the status of what they are answered then. */
async function givenClients(url: string, serviceSid: string) {
  const token = mintToken(signerOf(PINS), serviceSid, 'alice')
  const client = await openTwilsock(url)
  await client.init(token)
  const purpose = { purpose: 'com.twilio.rtd.ipmsg', context: { type: 'IpMsgSession', apiVersion: '3' } }
  const { body: session } = await client.request('POST', '/v3/Lists', { body: purpose })
  const items = pathOf(session.links.items)
  const command = { data: { request: { action: 'createChannel', type: 'public' }, commandId: 'c1' } }
  const service = officialClient(url).chat.v2.services(serviceSid)
  const meetings: [string, () => Promise<number>][] = [
    ['a request over HTTP', () => service.fetch().catch((error) => error.status)],
    ['a request over a socket', async () => (await client.request('GET', CHANNELS(serviceSid))).status],
    ['a command in a session', async () => (await client.request('POST', items, { body: command })).status],
    ['a sign-in', async () => codeOf(await client.init(token))],
  ]
  return { meetings, [Symbol.asyncDispose]: () => client[Symbol.asyncDispose]() }
}

const codeOf = ({ header }: Frame): number => (header.status as { code: number }).code
const CHANNELS = (serviceSid: string): string => `/Client/v2/Services/${serviceSid}/Conversations`

test('an outage is logged, whoever meets it, but not with every request', PATIENCE, async () => {
  await using database = await givenDatabase('postgres')
  await using parley = serve(database)
  const { url } = await parley.listening()
  const { sid } = await officialClient(url).chat.v2.services.create({ friendlyName: 'quiet' })
  await using clients = await givenClients(url, sid)
  const outages = () => parley.lines.filter((line) => line.includes('storage unavailable'))
  const began = performance.now()
  await cutOff(database)

  for (const [who, meet] of clients.meetings) {
    const before = outages().length
    await until(`${who} to be logged`, async () => {
      // A command is answered in its item.
      expect([201, 503]).toContain(await meet())
      return outages().length > before
    })
  }
  expect(outages().length).toBeLessThanOrEqual(1 + (performance.now() - began) / 1_000)
  expect(JSON.parse(outages()[0] ?? '')).toMatchObject({
    level: 50,
    err: { message: 'PostgreSQL cannot be reached' },
  })
  await letIn(database)
})

test('the metrics can be read while PostgreSQL is away', PATIENCE, async () => {
  await using database = await givenDatabase('postgres')
  await using parley = serve(database)
  const { url } = await parley.listening()
  await cutOff(database)
  try {
    const answer = await fetch(`${url}/metrics`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('parley_http_requests_total')
  } finally {
    await letIn(database)
  }
})
