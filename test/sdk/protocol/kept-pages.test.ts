// Pages that were read before: everybody sees the newest state, and nobody sees more than he may.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Realtime, startRealtime, type TestChannel } from '../../support/realtime.ts'
import { openObject, pathOf } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'

let realtime: Realtime
let alice: Twilsock
let bob: Twilsock
beforeAll(async () => {
  realtime = await startRealtime()
  alice = await realtime.client('alice')
  bob = await realtime.client('bob')
})
afterAll(() => realtime[Symbol.asyncDispose]())

async function pathsOf(channel: TestChannel): Promise<{ messages: string; roster: string }> {
  const list = await openObject(alice, 'list', channel.list)
  const map = await openObject(alice, 'map', channel.roster)
  return { messages: pathOf(list.links.items), roster: pathOf(map.links.items) }
}

/** The data of the items as both clients find them, each asking twice. */
async function readBoth(path: string): Promise<any[]> {
  const ask = async (client: Twilsock) => {
    const { status, body } = await client.request('GET', path, { params: { Order: 'desc' } })
    expect(status).toBe(200)
    return body.items.map(({ data }: { data: object }) => data)
  }
  const pages = [...(await Promise.all([ask(alice), ask(bob)])), await ask(bob), await ask(alice)]
  for (const page of pages) expect(page).toEqual(pages[0])
  return pages[0]
}

test('each change of a message is on the next page that is read', async () => {
  const channel = await realtime.givenChannel('alice', 'bob')
  const { messages: path } = await pathsOf(channel)
  const texts = async () => (await readBoth(path)).map(({ text }) => text)
  const { messages } = realtime.service.channels(channel.sid)
  expect(await texts()).toEqual([])

  await realtime.say(channel.sid, 'one')
  expect(await texts()).toEqual(['one'])
  const two = await messages.create({ body: 'two' })
  expect(await texts()).toEqual(['two', 'one'])
  await messages(two.sid).update({ body: 'zwei' })
  expect(await texts()).toEqual(['zwei', 'one'])
  await messages(two.sid).remove()
  expect(await texts()).toEqual(['one'])
})

test('each change of a member is on the next page that is read', async () => {
  const channel = await realtime.givenChannel('alice', 'bob')
  const { roster: path } = await pathsOf(channel)
  const { members } = realtime.service.channels(channel.sid)
  const carol = await members.create({ identity: 'carol' })
  const carolNow = async () => (await readBoth(path)).find(({ identity }) => identity === 'carol')

  expect(await carolNow()).toMatchObject({ attributes: '{}', lastConsumedMessageIndex: null })
  await members(carol.sid).update({ attributes: '{"a":1}' })
  expect(await carolNow()).toMatchObject({ attributes: '{"a":1}' })
  await members(carol.sid).update({ lastConsumedMessageIndex: 5 })
  expect(await carolNow()).toMatchObject({ lastConsumedMessageIndex: 5 })
  await members(carol.sid).remove()
  expect(await carolNow()).toBeUndefined()
})

test('who is not in the channel, or no longer, gets no page that others have read', async () => {
  const channel = await realtime.givenChannel('alice', 'bob')
  await realtime.say(channel.sid, 'secret')
  const { messages, roster } = await pathsOf(channel)
  const dave = await realtime.client('dave')
  await Promise.all([readBoth(messages), readBoth(roster)])

  await realtime.service.channels(channel.sid).members('bob').remove()
  for (const client of [bob, dave]) {
    for (const path of [messages, roster]) {
      const { status, body } = await client.request('GET', path, { params: { Order: 'desc' } })
      expect([status, body.items]).toEqual([403, undefined])
    }
  }
})

test('more pages than are kept, asked for by many at once: each answer is the page that was asked for', {
  timeout: 60_000,
}, async () => {
  const channel = await realtime.givenChannel('alice', 'bob')
  const count = 50
  const size = 25
  const filler = 'x'.repeat(32_000)
  for (let i = 0; i < count; i++) await realtime.say(channel.sid, `${i} ${filler}`)
  const { messages: path } = await pathsOf(channel)
  const ask = async (client: Twilsock, from: number): Promise<void> => {
    const params = { From: String(from), PageSize: String(size) }
    const { body } = await client.request('GET', path, { params })
    const expected = Array.from({ length: size }, (_, i) => `${from + i} ${filler}`)
    expect(body.items.map(({ data }: { data: { text: string } }) => data.text)).toEqual(expected)
  }
  for (let round = 0; round < 3; round++) {
    for (let from = 0; from < size; from += 5) {
      const places = [0, 1, 2, 3, 4].map((i) => from + i)
      await Promise.all([alice, bob].flatMap((client) => places.map((place) => ask(client, place))))
    }
  }
})
