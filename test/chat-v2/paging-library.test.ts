// The official library's ways to read a list (rest-v2.md §1.8).
import type { MessageListInstanceOptions } from 'twilio/lib/rest/chat/v2/service/channel/message.js'
import { expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

async function givenChannelWithMessages(server: TestServer, count: number) {
  const service = await server.givenService()
  const { sid } = await service.channels.create({})
  const { messages } = service.channels(sid)
  await Promise.all(Array.from({ length: count }, (_, i) => messages.create({ body: `${i}` })))
  return { service, messages }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

test('list reads all pages, or as many items as it is asked for', async () => {
  await using server = await startServer()
  const { messages } = await givenChannelWithMessages(server, 120)
  const indexes = async (options: MessageListInstanceOptions = {}): Promise<number[]> =>
    (await messages.list(options)).map(({ index }) => index)

  expect(await indexes()).toEqual(upTo(120))
  expect(await indexes({ limit: 3 })).toEqual(upTo(3))
  expect(await indexes({ limit: 110 })).toEqual(upTo(110))
  expect(await indexes({ limit: 1000 })).toEqual(upTo(120))
  expect(await indexes({ pageSize: 7 })).toEqual(upTo(120))
  expect(await indexes({ limit: 25, pageSize: 10 })).toEqual(upTo(25))
  expect(await indexes({ limit: 2, order: 'desc' })).toEqual([119, 118])
})

test('each gives one item after the other, until it is told to stop', async () => {
  await using server = await startServer()
  const { messages } = await givenChannelWithMessages(server, 12)
  const readUntil = (last: number): Promise<number[]> =>
    new Promise((resolve, reject) => {
      const seen: number[] = []
      const done = (error?: Error): void => (error ? reject(error) : resolve(seen))
      messages.each({ pageSize: 5, done }, ({ index }, stop) => {
        seen.push(index)
        if (index === last) stop()
      })
    })

  expect(await readUntil(1000)).toEqual(upTo(12))
  expect(await readUntil(6)).toEqual(upTo(7))
})

test('page, nextPage, previousPage and getPage go to the same pages', async () => {
  await using server = await startServer()
  const { messages } = await givenChannelWithMessages(server, 5)
  const indexes = ({ instances }: { instances: { index: number }[] }): number[] =>
    instances.map(({ index }) => index)

  const first = await messages.page({ pageSize: 2 })
  expect(indexes(first)).toEqual([0, 1])
  expect(first.previousPage()).toBeUndefined()
  const second = await first.nextPage()
  if (!second) throw new Error('there is no second page')
  expect(indexes(second)).toEqual([2, 3])
  const third = await second.nextPage()
  if (!third) throw new Error('there is no third page')
  expect(indexes(third)).toEqual([4])
  expect(third.nextPage()).toBeUndefined()

  const back = await third.previousPage()
  expect(back && indexes(back)).toEqual([2, 3])
  const start = await back?.previousPage()
  expect(start && indexes(start)).toEqual([0, 1])
  expect(start?.previousPageUrl).toBeUndefined()
  expect(indexes(await messages.getPage(String(first.nextPageUrl)))).toEqual([2, 3])

  const pageToken = new URL(String(second.nextPageUrl)).searchParams.get('PageToken') ?? undefined
  expect(indexes(await messages.page({ pageSize: 2, pageNumber: 2, pageToken }))).toEqual([4])
  expect(indexes(await messages.page({ pageSize: 2, pageNumber: 2 }))).toEqual([0, 1])
})

test('lists under their own key are read as well: user channels and user bindings', async () => {
  await using server = await startServer()
  const { service } = await givenChannelWithMessages(server, 0)
  const sids: string[] = []
  for (let i = 0; i < 3; i++) {
    const { sid } = await service.channels.create({})
    await service.channels(sid).members.create({ identity: 'alice' })
    sids.push(sid)
  }

  const { userChannels, userBindings } = service.users('alice')
  expect((await userChannels.list({ pageSize: 2 })).map(({ channelSid }) => channelSid)).toEqual(sids)
  expect(await userBindings.list({ pageSize: 2 })).toEqual([])
})
