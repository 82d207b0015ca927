// Sending, reading and deleting messages (rest-v2.md §2.7).
import { expect, test } from 'vitest'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

const UNKNOWN = `IM${'0'.repeat(32)}`
const indexesOf = (messages: { index: number }[]): number[] => messages.map(({ index }) => index)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({ uniqueName: 'lobby' })
  const context = service.channels(sid)
  const { pathname } = new URL(url)
  return { service, sid, context, messages: context.messages, path: `${pathname}/Messages` }
}

test('a new message has every member of the form that the vendor documents', async () => {
  await using server = await startServer()
  const { service, sid: channelSid, messages, path } = await givenChannel(server)

  const { body: message } = await server.request('POST', path, { form: { Body: 'Hello', From: 'alice' } })
  expect(message).toStrictEqual({
    sid: expect.stringMatching(/^IM[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    service_sid: (await service.fetch()).sid,
    to: channelSid,
    channel_sid: channelSid,
    date_created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    date_updated: message.date_created,
    last_updated_by: null,
    was_edited: false,
    from: 'alice',
    attributes: '{}',
    body: 'Hello',
    index: 0,
    type: 'text',
    media: null,
    url: `${server.app.publicUrl}${path}/${message.sid}`,
  })
  expect((await server.request('GET', `${path}/${message.sid}`)).body).toEqual(message)
  expect((await server.request('GET', path)).body.messages).toEqual([message])
  expect(
    await messages(message.sid.replace(/[a-f]/g, (hex: string) => hex.toUpperCase())).fetch(),
  ).toMatchObject({ sid: message.sid, lastUpdatedBy: null, wasEdited: false })
})

test('a channel is found by its unique name, and answers name it by its sid', async () => {
  await using server = await startServer()
  const { service, sid, path } = await givenChannel(server)

  const byName = service.channels('lobby').messages
  const message = await byName.create({ body: 'Hello' })
  expect(message).toMatchObject({ channelSid: sid, url: `${server.app.publicUrl}${path}/${message.sid}` })
  expect(await byName(message.sid).fetch()).toMatchObject({ body: 'Hello', url: message.url })
  expect(await byName.list()).toMatchObject([{ sid: message.sid, url: message.url }])
})

test('indexes start at 0 in each channel and are never used again', async () => {
  await using server = await startServer()
  const { service, messages } = await givenChannel(server)
  const { sid } = await service.channels.create({})

  for (const index of [0, 1, 2])
    expect(await messages.create({ body: 'one of three' })).toMatchObject({ index })
  expect(await service.channels(sid).messages.create({ body: 'elsewhere' })).toMatchObject({ index: 0 })
  const [first, , newest] = await messages.list()
  await messages(String(newest?.sid)).remove()
  expect(await messages.create({ body: 'after the newest went' })).toMatchObject({ index: 3 })
  await messages(String(first?.sid)).remove()
  expect(indexesOf(await messages.list())).toEqual([1, 3])
  for (const message of await messages.list()) await messages(message.sid).remove()
  expect(await messages.list()).toEqual([])
  expect(await messages.create({ body: 'after all went' })).toMatchObject({ index: 4 })
})

test('messages that are sent at once get distinct indexes without gaps', async () => {
  await using server = await startServer()
  const { service, context, messages } = await givenChannel(server)
  const { sid } = await service.channels.create({})
  const other = service.channels(sid).messages

  const sends = upTo(30).map(async (i) => {
    await other.create({ body: `other ${i}` })
    return messages.create({ body: `message ${i}`, from: `sender ${i % 5}` })
  })
  const sent = (await Promise.all(sends)).toSorted((a, b) => a.index - b.index)
  expect(indexesOf(sent)).toEqual(upTo(30))
  expect(indexesOf(await other.list())).toEqual(upTo(30))
  const listed = await messages.list()
  expect(listed.map(({ index, body }) => ({ index, body }))).toEqual(
    sent.map(({ index, body }) => ({ index, body })),
  )
  expect(await context.fetch()).toMatchObject({ messagesCount: 30 })
})

test('a message that is refused uses no index', async () => {
  await using server = await startServer()
  const { context, messages } = await givenChannel(server)
  const refused = { attributes: 'no JSON' }
  const unknownMedia = { mediaSid: `ME${'0'.repeat(32)}` }

  const outcomes = await Promise.allSettled(
    upTo(24).map((i) => messages.create([{ body: 'good' }, refused, unknownMedia][i % 3] ?? {})),
  )
  const sent = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(indexesOf(sent).toSorted((a, b) => a - b)).toEqual(upTo(8))
  expect(await messages.create({ body: 'next' })).toMatchObject({ index: 8 })
  expect(await context.fetch()).toMatchObject({ messagesCount: 9 })
})

test('a message is from system unless it says otherwise, and its author need not be a member or a user', async () => {
  await using server = await startServer()
  const { service, context, messages } = await givenChannel(server)
  const author = '🦉'.repeat(256)

  expect(await messages.create({ body: 'Hello' })).toMatchObject({ from: 'system' })
  expect(await messages.create({ body: 'Hello', from: 'bob' })).toMatchObject({ from: 'bob' })
  expect(await messages.create({ body: 'Hello', from: author })).toMatchObject({ from: author })
  await expect(messages.create({ body: 'Hello', from: `${author}x` })).rejects.toMatchObject({
    status: 400,
    code: 50310,
  })
  expect(await service.users.list()).toEqual([])
  expect(await context.members.list()).toEqual([])
})

test('sending moves no read horizon, not even that of the author', async () => {
  await using server = await startServer()
  const { context, messages } = await givenChannel(server)
  const unread = await context.members.create({ identity: 'alice' })
  const read = await context.members.create({ identity: 'bob', lastConsumedMessageIndex: 0 })

  for (const from of ['alice', 'bob', 'alice']) await messages.create({ body: 'Hello', from })
  expect(await context.members(unread.sid).fetch()).toMatchObject({ lastConsumedMessageIndex: null })
  expect(await context.members(read.sid).fetch()).toMatchObject({ lastConsumedMessageIndex: 0 })
})

test('a channel counts its messages and links to the newest of those that are left', async () => {
  await using server = await startServer()
  const { context, messages } = await givenChannel(server)
  await context.update({ dateUpdated: new Date('2020-02-02T02:02:02Z') })
  const [a, b, c] = [
    await messages.create({ body: 'a' }),
    await messages.create({ body: 'b' }),
    await messages.create({ body: 'c' }),
  ]
  const expectLast = async (messagesCount: number, last: string | null): Promise<void> => {
    const channel = await context.fetch()
    expect(channel).toMatchObject({ messagesCount, links: { last_message: last } })
    expect(channel.dateUpdated.toISOString()).toBe('2020-02-02T02:02:02.000Z')
  }

  await expectLast(3, c.url)
  await messages(b.sid).remove()
  await expectLast(2, c.url)
  await messages(c.sid).remove()
  await expectLast(1, a.url)
  await messages(a.sid).remove()
  await expectLast(0, null)
  await expectLast(1, (await messages.create({ body: 'd' })).url)
})

test('a deleted message is gone for everybody, and the others stay as they were', async () => {
  await using server = await startServer()
  const { context, messages, path } = await givenChannel(server)
  const sids = []
  for (const body of ['a', 'b', 'c']) sids.push((await messages.create({ body })).sid)
  const { sid: member } = await context.members.create({ identity: 'alice', lastConsumedMessageIndex: 1 })
  const [first, , third] = (await server.request('GET', path)).body.messages
  const gone = `${path}/${sids[1]}`

  expect(await server.request('DELETE', gone)).toMatchObject({ status: 204, text: '' })
  expect((await server.request('GET', path)).body.messages).toEqual([first, third])
  for (const method of ['GET', 'POST', 'DELETE']) {
    expect(await server.request(method, gone), method).toMatchObject({ status: 404, body: { code: 20404 } })
  }
  expect(await context.fetch()).toMatchObject({ messagesCount: 2 })
  expect(await context.members(member).fetch()).toMatchObject({ lastConsumedMessageIndex: 1 })
})

test('only one of several deletions at once succeeds, and it is counted once', async () => {
  await using server = await startServer()
  const { context, messages } = await givenChannel(server)
  await messages.create({ body: 'stays' })
  const { sid } = await messages.create({ body: 'goes' })

  const outcomes = await Promise.allSettled(upTo(6).map(() => messages(sid).remove()))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 404, code: 20404 })
  }
  expect(await context.fetch()).toMatchObject({ messagesCount: 1 })
})

test('a message that does not exist in the channel of the path is not found', async () => {
  await using server = await startServer()
  const { service, messages, path } = await givenChannel(server)
  const { sid } = await service.channels.create({})
  await messages.create({ body: 'Hello' })
  const elsewhere = await service.channels(sid).messages.create({ body: 'elsewhere' })

  for (const name of [UNKNOWN, elsewhere.sid, 'IM123', '0', 'hello', `MB${UNKNOWN.slice(2)}`]) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const url = `${path}/${name}`
      expect(await server.request(method, url), `${method} ${url}`).toMatchObject({
        status: 404,
        body: { code: 20404, message: `The requested resource ${url.slice('/v2'.length)} was not found` },
      })
    }
  }
  expect(await service.channels(sid).messages(elsewhere.sid).fetch()).toMatchObject({ body: 'elsewhere' })
})

test('messages of a channel or a service that does not exist are not found', async () => {
  await using server = await startServer()
  const { service, messages } = await givenChannel(server)
  const { sid } = await messages.create({ body: 'Hello' })
  const nowhere = service.channels(`CH${'0'.repeat(32)}`).messages
  const noService = server.client.chat.v2.services(`IS${'0'.repeat(32)}`).channels('lobby').messages

  for (const request of [
    (of: typeof messages) => of.create({ body: 'Hello' }),
    (of: typeof messages) => of.list(),
    (of: typeof messages) => of(sid).fetch(),
    (of: typeof messages) => of(sid).update({ body: 'Bye' }),
    (of: typeof messages) => of(sid).remove(),
  ]) {
    await expect(request(nowhere)).rejects.toMatchObject({ status: 404, code: 20404 })
    await expect(request(noService)).rejects.toMatchObject({
      status: 403,
      code: 50050,
      message: 'Service instance not found',
    })
  }
})
