// Dates that the back end edits, and what a client may say in a message (§6.2, §8.3).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime, type TestChannel } from '../../support/realtime.ts'
import { allSyncEvents, openObject, pathOf, subscribe } from '../../support/sync-events.ts'
import type { Twilsock } from '../../support/twilsock.ts'
import { until } from '../../support/until.ts'

let realtime: Realtime
beforeAll(async () => {
  realtime = await startRealtime()
})
afterAll(() => realtime[Symbol.asyncDispose]())

const OLD = '2020-01-01T00:00:00'
const NEW = '2021-01-01T00:00:00'

/** alice watches the channel's document from here on; returns what she has been told of it. */
async function watchDocument(client: Twilsock, { document }: TestChannel): Promise<() => any[]> {
  const { sid, last_event_id } = await openObject(client, 'document', document)
  await subscribe(client, [{ object_sid: sid, object_type: 'document', last_event_id }])
  return () =>
    allSyncEvents(client.frames)
      .filter(({ type, event }) => type === 'document_updated' && event.document_sid === sid)
      .map(({ event }) => event.document_data)
}

test('a new date of the last message is told with the channel, and of an earlier one it is not', async () => {
  const channel = await realtime.givenChannel('alice')
  const messages = realtime.service.channels(channel.sid).messages
  const first = await messages.create({ body: 'first', dateCreated: new Date(`${OLD}Z`) })
  const last = await messages.create({ body: 'last', dateCreated: new Date(`${OLD}Z`) })
  const client = await realtime.client('alice')
  const told = await watchDocument(client, channel)

  await messages(first.sid).update({ dateCreated: new Date('2022-01-01T00:00:00Z') })
  await messages(last.sid).update({ dateCreated: new Date(`${NEW}Z`) })
  await until('the document to be told', () => told().length > 0)

  const lastMessage = { index: 1, timestamp: `${NEW}.000Z` }
  expect(told().map((data) => data.lastMessage)).toEqual([lastMessage])
  expect((await openObject(client, 'document', channel.document)).data.lastMessage).toEqual(lastMessage)
  await messages(last.sid).remove()
  await until('the removal to be told', () => told().length > 1)
  expect(told().at(-1).lastMessage).toEqual({ index: 0, timestamp: '2022-01-01T00:00:00.000Z' })
})

test('a new date of the channel is no change of its state', async () => {
  const channel = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { data: before } = await openObject(client, 'document', channel.document)
  const told = await watchDocument(client, channel)

  await realtime.service.channels(channel.sid).update({ dateCreated: new Date(`${OLD}Z`) })
  await until('the document to be told', () => told().length > 0)

  expect(told()).toMatchObject([{ dateCreated: `${OLD}.000Z`, state: before.state }])
})

test('a message from a content template is refused, as there are none', async () => {
  const { sid } = await realtime.givenChannel('alice')
  const client = await realtime.client('alice')
  const { links } = await configurationOf(client)
  const path = `${pathOf(links.conversations ?? '')}/${sid}/Messages`
  // As conversations 3.0.1 sends it.
  const body = {
    media_sids: [],
    attributes: '{}',
    content_sid: `HX${'1'.repeat(32)}`,
    content_variables: '{}',
  }

  const answer = await client.request('POST', path, { body })

  expect(answer).toMatchObject({ status: 400, body: { code: 20001 } })
  expect(answer.body.message).toContain('Content templates are not supported')
  expect(await realtime.service.channels(sid).messages.list()).toEqual([])
})
