// Requests put together at random, the same in each run: no answer is a fault of the server, each error has the
// documented form (the test kit looks at every answer), and the server goes on.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chatV2Operations } from '../../src/api/chat-v2/operations.ts'
import { type FurnishedService, givenFurnishedService } from '../support/furnished-service.ts'
import { startServer } from '../support/server.ts'

const SEED = 20_240_506
const RUNS = 150
/** Without these there would soon be nothing left to ask for. */
const NOT_DELETED = ['DeleteService', 'DeleteChannel', 'DeleteUser', 'DeleteRole']

type Request = { method: string; path: string; type: string; body: string }

const NASTY = [
  '',
  '%',
  '%00',
  '%ff',
  '%C3%A9',
  '+',
  '__proto__',
  '-1',
  '1e30',
  'null',
  '[]',
  '{',
  "'",
  '..%2f',
]
const FORM = 'application/x-www-form-urlencoded'
const COMMON = { 'Configuration.Filters': 'onMessageSent', Permission: 'sendMessage', Order: 'desc' }
const PLAUSIBLE = [
  'true',
  '0',
  '7',
  'public',
  'channel',
  'webhook',
  'trigger',
  '2024-02-29T10:00:00+02:00',
  '{}',
]
PLAUSIBLE.push('https://hooks.example.org/', 'alice', 'lobby', 'a b', ...Object.values(COMMON))

test('requests at random get answers of the documented form', async () => {
  await using server = await startServer()
  const furnished = await givenFurnishedService(server)
  const statuses = new Set<number>()

  await fc.assert(
    fc.asyncProperty(randomRequest(furnished), async ({ method, path, type, body }) => {
      const hasBody = method !== 'GET' && method !== 'HEAD'
      const options = hasBody ? { body, headers: { 'content-type': type } } : {}
      const { status, text } = await server.request(method, path, options)
      statuses.add(status)
      expect(status).toBeLessThan(500)
      if (status === 204 || method === 'HEAD') expect(text).toBe('')
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )

  // The requests are neither all refused nor all right.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 400, 403, 404, 405]))
  expect((await server.request('GET', '/readyz')).body).toEqual({ status: 'ready' })
  const service = await server.givenService()
  expect(await service.channels.create({ uniqueName: 'after all' })).toMatchObject({ messagesCount: 0 })
})

/** Mostly paths and parameters of real operations, with some parts replaced. */
function randomRequest({ sids }: FurnishedService): fc.Arbitrary<Request> {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PLAUSIBLE).map(encodeURIComponent) },
    { weight: 2, arbitrary: fc.constantFrom(...NASTY) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).map(encodeWell) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.values(sids)) },
  )
  const segment = fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: text.filter((value) => value !== '') },
  )
  const chosen = fc.constantFrom(...chatV2Operations.filter(({ id }) => !NOT_DELETED.includes(id)))
  const pairs = (names: string[]) =>
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom('Unknown', ...names), text), text), { maxLength: 8 })
      .map((list) => list.map(([name, value]) => `${name}=${value}`).join('&'))

  return chosen.chain((operation) => {
    const parts = operation.path.split('/').slice(1)
    const path = fc
      .tuple(...parts.map((part) => (part.startsWith(':') ? segment : fc.constant(null))))
      .map((given) => given.map((value, i) => value ?? realPart(parts, i, sids)).join('/'))
    const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'OPTIONS', 'PROPFIND']
    const allowed = fc.oneof(
      { weight: 5, arbitrary: fc.constant(operation.method as string) },
      { weight: 1, arbitrary: fc.constantFrom(...verbs) },
    )
    return fc.record({
      method: allowed,
      path: fc.tuple(path, pairs(Object.keys(operation.query))).map(([place, query]) => `/${place}?${query}`),
      type: fc.constantFrom(FORM, FORM, FORM, 'application/json', 'multipart/form-data; boundary=x'),
      body: pairs(Object.keys(operation.form)),
    })
  })
}

/** The collection before a parameter tells which sid belongs there. */
function realPart(parts: string[], i: number, sids: Record<string, string>): string {
  const part = parts[i] as string
  return part.startsWith(':') ? (sids[parts[i - 1] as string] as string) : part
}

function encodeWell(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
