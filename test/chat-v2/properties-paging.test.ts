// What holds for lists however they change while somebody reads them (rest-v2.md §1.8, §1.9).
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getPage } from '../support/lists.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** One list that can grow and shrink; keys sort in the order of creation. */
type Living = { path: string; add(): Promise<string>; remove(key: string): Promise<unknown> }

/** Between two pages: what is created, what is deleted (as a share of what lives), and how large the next page is. */
const step = fc.record({
  adds: fc.nat({ max: 2 }),
  removes: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 3 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
})
const script = fc.record({
  before: fc.integer({ min: 0, max: 9 }),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
})
type Script = { before: number; steps: { adds: number; removes: number[]; pageSize: number }[] }

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => server[Symbol.asyncDispose]())

async function givenMessages(): Promise<Living> {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const { messages } = service.channels(sid)
  return {
    path: `${new URL(url).pathname}/Messages`,
    add: async () => (await messages.create({})).sid,
    remove: (key) => messages(key).remove(),
  }
}

async function givenMembers(): Promise<Living> {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const { members } = service.channels(sid)
  return {
    path: `${new URL(url).pathname}/Members`,
    add: async () => (await members.create({ identity: crypto.randomUUID() })).sid,
    remove: (key) => members(key).remove(),
  }
}

/** Reads the whole list page by page while the script changes it. */
async function readWhileChanging(list: Living, order: string, { before, steps }: Script) {
  const all: string[] = []
  const alive = new Set<string>()
  const add = async (): Promise<void> => {
    const key = await list.add()
    all.push(key)
    alive.add(key)
  }
  for (let i = 0; i < before; i++) await add()
  const atStart = [...alive]
  const seen: string[] = []
  let next: string | null = `${list.path}?${order}PageSize=1`
  for (let turn = 0; next !== null; turn++) {
    const { adds, removes, pageSize } = steps[turn] ?? { adds: 0, removes: [], pageSize: 2 }
    const page = await getPage(server, next.replace(/PageSize=\d+/, `PageSize=${pageSize}`))
    expect(page.keys.length).toBeLessThanOrEqual(pageSize)
    seen.push(...page.keys)
    next = page.meta.next_page_url
    for (const share of removes) {
      const key = [...alive][Math.floor(share * alive.size)]
      if (key === undefined) continue
      await list.remove(key)
      alive.delete(key)
    }
    for (let i = 0; i < adds; i++) await add()
  }
  return { all, seen, survivors: atStart.filter((key) => alive.has(key)), alive: [...alive] }
}

for (const { name, order, given } of [
  { name: 'messages', order: '', given: givenMessages },
  { name: 'messages from the newest to the oldest', order: 'Order=desc&', given: givenMessages },
  { name: 'members', order: '', given: givenMembers },
]) {
  test(`paging through ${name} neither repeats nor skips what survives the reading`, async () => {
    await fc.assert(
      fc.asyncProperty(script, async (changes) => {
        const list = await given()
        const { all, seen, survivors, alive } = await readWhileChanging(list, order, changes)
        const created = order === '' ? all : all.toReversed()

        expect(seen).toEqual(created.filter((key) => seen.includes(key)))
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen).toEqual(expect.arrayContaining(survivors))
        const now = await getPage(server, `${list.path}?${order}PageSize=100`)
        expect(now.keys).toEqual(created.filter((key) => alive.includes(key)))
      }),
      { numRuns: 25 },
    )
  })
}

test('messages of senders at once are in one order, which is the same from both ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 7 }),
      async (sends, pageSize) => {
        const service = await server.givenService()
        const { sid } = await service.channels.create({})
        const { messages } = service.channels(sid)
        await Promise.all(
          sends.map(async (count, sender) => {
            for (let i = 0; i < count; i++) await messages.create({ from: `${sender}`, body: `${i}` })
          }),
        )

        const ascending = await messages.list({ pageSize })
        const total = sends.reduce((sum, count) => sum + count, 0)
        expect(ascending.map(({ index }) => index)).toEqual(Array.from({ length: total }, (_, i) => i))
        const descending = await messages.list({ order: 'desc', pageSize })
        expect(descending.map((message) => message.sid)).toEqual(ascending.map((m) => m.sid).toReversed())
        for (const [sender, count] of sends.entries()) {
          const own = ascending.filter(({ from }) => from === `${sender}`)
          expect(own.map(({ body }) => body)).toEqual(Array.from({ length: count }, (_, i) => `${i}`))
        }
      },
    ),
    { numRuns: 20 },
  )
})
