import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createKeptPages } from './kept-pages.ts'
import type { SyncObject } from './objects.ts'
import type { OpenedObject } from './open.ts'

const CHANNEL = `CH${'1'.repeat(32)}` as const
const MESSAGES: SyncObject = { kind: 'messages', sid: CHANNEL }

function opened(lastEvent: number, object = MESSAGES): OpenedObject {
  // The rows are for whoever reads the page.
  return { object, lastEvent, createdAt: 0, updatedAt: 0, row: {} as OpenedObject['row'] }
}

function givenPages() {
  const clock = { now: 0 }
  const pages = createKeptPages(() => clock.now)
  let reads = 0
  /** The number of the read that the page comes from. */
  async function get(
    lastEvent: number,
    query: Record<string, string> = {},
    { object = MESSAGES, filler = '' }: { object?: SyncObject; filler?: string } = {},
  ): Promise<number> {
    const read = async () => ({ number: ++reads, filler })
    const page = await pages.get(opened(lastEvent, object), query, read)
    return (Buffer.isBuffer(page) ? JSON.parse(page.toString()) : page).number
  }
  return { get, clock, pages }
}

test('a page is read once for everybody, until something happens in the list', async () => {
  const { get } = givenPages()
  expect(await Promise.all([get(7), get(7), get(7)])).toEqual([1, 1, 1])
  expect(await get(7)).toBe(1)
  expect([await get(8), await get(8)]).toEqual([2, 2])
  await nextTurn()
  expect(await get(8)).toBe(2)
})

test('pages of other places, lists and kinds are other pages', async () => {
  const { get } = givenPages()
  const roster: SyncObject = { kind: 'roster', sid: CHANNEL }
  const other: SyncObject = { kind: 'messages', sid: `CH${'2'.repeat(32)}` }
  const ask = async () => [
    await get(1),
    await get(1, { PageSize: '2' }),
    await get(1, { From: '2' }),
    await get(1, { Order: 'desc', From: '2' }),
    await get(1, { From: '2","desc' }),
    await get(1, {}, { object: roster }),
    await get(1, {}, { object: other }),
  ]
  expect(await ask()).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(await ask()).toEqual([1, 2, 3, 4, 5, 6, 7])
  await nextTurn()
  expect(await ask()).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('what is not read beside other parameters makes no other page', async () => {
  const { get } = givenPages()
  const rest = { Order: 'desc', From: 'x', PageSize: '7' }
  expect([await get(1, { Key: 'a' }), await get(1, { Key: 'a', PageToken: 't', ...rest })]).toEqual([1, 1])
  expect([await get(1, { Index: '5' }), await get(1, { Index: '5', ...rest })]).toEqual([2, 2])
  expect([await get(1, { PageToken: 't' }), await get(1, { PageToken: 't', ...rest })]).toEqual([3, 3])
  expect([await get(1, rest), await get(1, { ...rest, PageToken: '' })]).toEqual([4, 4])
})

test.each(['Key', 'Index', 'From', 'PageToken', 'PageSize', 'Order'])(
  'a long %s is not kept',
  async (name) => {
    const { get } = givenPages()
    const query = { [name]: 'y'.repeat(500) }
    expect([await get(1, query), await get(1, query)]).toEqual([1, 2])
  },
)

test('what only one user sees is read each time', async () => {
  const { get } = givenPages()
  const object: SyncObject = { kind: 'channels', sid: `US${'1'.repeat(32)}` }
  const ask = () => get(1, {}, { object })
  expect([await ask(), await ask(), await ask()]).toEqual([1, 2, 3])
})

test('a page is read again after five seconds', async () => {
  const { get, clock } = givenPages()
  await get(1)
  clock.now = 4_999
  expect(await get(1)).toBe(1)
  clock.now = 5_000
  expect(await get(1)).toBe(2)
  clock.now = 10_000
  expect(await get(1)).toBe(3)
})

test('a page that could not be read is not kept', async () => {
  const { get, pages } = givenPages()
  const failing = pages.get(opened(1), {}, async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await get(1)).toBe(1)
})

test('the oldest pages go when they are too much', async () => {
  const { get } = givenPages()
  const filler = 'x'.repeat(1_000_000)
  for (let i = 1; i <= 20; i++) expect(await get(1, { From: String(i) }, { filler })).toBe(i)
  await nextTurn()
  // Sixteen have room, of which one is partly overwritten.
  for (const kept of [20, 10, 6]) expect(await get(1, { From: String(kept) })).toBe(kept)
  expect(await get(1, { From: '4' })).toBe(21)
})

test('a page that is very long is read each time', async () => {
  const { get } = givenPages()
  const filler = 'x'.repeat(1_100_000)
  expect(await get(1, {}, { filler })).toBe(1)
  await nextTurn()
  expect(await get(1, {}, { filler })).toBe(2)
})
