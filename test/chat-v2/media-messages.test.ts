// Messages with a file that was uploaded before (rest-v2.md §2.7).
import { expect, test } from 'vitest'
import { newSid, type Sid } from '../../src/lib/sid.ts'
import { insertMedia, type Media } from '../../src/store/media.ts'
import { startServer, type TestServer } from '../support/server.ts'

const invalidSid = { status: 400, code: 50510 }
const unknown = { status: 400, code: 50507 }
const alreadySent = { status: 400, code: 50508 }

async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid: serviceSid } = await service.fetch()
  const { sid, url } = await service.channels.create({})
  const context = service.channels(sid)
  return { serviceSid, context, messages: context.messages, path: `${new URL(url).pathname}/Messages` }
}

/** A file as the media server keeps it after an upload. */
async function givenMedia(
  server: TestServer,
  serviceSid: string,
  change: Partial<Media> = {},
): Promise<string> {
  const media: Media = {
    sid: newSid('ME'),
    serviceSid: serviceSid as Sid<'IS'>,
    channelSid: null,
    messageSid: null,
    author: 'alice',
    filename: 'cat.png',
    contentType: 'image/png',
    category: 'media',
    size: 20_480,
    uploadedAt: Date.now(),
    discarded: 0,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    ...change,
  }
  await server.app.chat.db.transaction((tx) => insertMedia(tx, media))
  return media.sid
}

test('a media message says what file it carries', async () => {
  await using server = await startServer()
  const { serviceSid, context, messages, path } = await givenChannel(server)
  const mediaSid = await givenMedia(server, serviceSid)
  await messages.create({ body: 'text first' })

  const form = { MediaSid: mediaSid, Body: 'look: my cat', From: 'alice', Attributes: '{ "mood": 1 }' }
  const { status, body: message } = await server.request('POST', path, { form })
  expect(status).toBe(201)
  expect(message).toMatchObject({
    index: 1,
    type: 'media',
    media: { sid: mediaSid, size: 20_480, content_type: 'image/png', filename: 'cat.png' },
    body: 'look: my cat',
    from: 'alice',
    attributes: '{ "mood": 1 }',
    was_edited: false,
    last_updated_by: null,
  })
  expect((await server.request('GET', `${path}/${message.sid}`)).body).toEqual(message)
  expect((await server.request('GET', path)).body.messages[1]).toEqual(message)
  expect(await context.fetch()).toMatchObject({ messagesCount: 2, links: { last_message: message.url } })
  expect(await messages.create({ body: 'text last' })).toMatchObject({ index: 2, type: 'text', media: null })
})

test('a media message needs no body, no file name and no small letters in the sid', async () => {
  await using server = await startServer()
  const { serviceSid, messages } = await givenChannel(server)
  const large = { filename: null, contentType: 'application/octet-stream', size: 150 * 1024 * 1024 }
  const mediaSid = await givenMedia(server, serviceSid, large)

  const written = `ME${mediaSid.slice(2).toUpperCase()}`
  expect(await messages.create({ mediaSid: written })).toMatchObject({
    type: 'media',
    body: '',
    from: 'system',
    media: { sid: mediaSid, size: large.size, content_type: large.contentType, filename: null },
  })
})

test('a media sid must look like one and name a file of the same service', async () => {
  await using server = await startServer()
  const { serviceSid, messages } = await givenChannel(server)
  const other = await givenChannel(server)
  const elsewhere = await givenMedia(server, other.serviceSid)
  const mine = await givenMedia(server, serviceSid)

  for (const mediaSid of ['cat.png', 'ME123', `${mine}0`, `MB${mine.slice(2)}`, `ME${'g'.repeat(32)}`]) {
    await expect(messages.create({ body: 'Hello', mediaSid }), mediaSid).rejects.toMatchObject(invalidSid)
  }
  for (const mediaSid of [newSid('ME'), elsewhere]) {
    await expect(messages.create({ body: 'Hello', mediaSid }), mediaSid).rejects.toMatchObject(unknown)
  }
  expect(await messages.list()).toEqual([])
  expect(await other.messages.create({ mediaSid: elsewhere })).toMatchObject({ index: 0, type: 'media' })
  expect(await messages.create({ mediaSid: mine })).toMatchObject({ index: 0, type: 'media' })
})

test('a file is sent with one message only', async () => {
  await using server = await startServer()
  const { serviceSid, context, messages } = await givenChannel(server)
  const mediaSid = await givenMedia(server, serviceSid)

  const { sid } = await messages.create({ mediaSid })
  await expect(messages.create({ mediaSid })).rejects.toMatchObject(alreadySent)
  expect(await messages(sid).fetch()).toMatchObject({ media: { sid: mediaSid } })
  expect(await context.fetch()).toMatchObject({ messagesCount: 1 })
  expect(await messages.create({ body: 'next' })).toMatchObject({ index: 1 })
})

test('of several messages with one file at once only one is sent', async () => {
  await using server = await startServer()
  const { serviceSid, context, messages } = await givenChannel(server)
  const mediaSid = await givenMedia(server, serviceSid)

  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => messages.create({ mediaSid })))
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(5)
  for (const { reason } of refused) expect(reason).toMatchObject(alreadySent)
  expect(await messages.list()).toMatchObject([{ index: 0, type: 'media' }])
  expect(await context.fetch()).toMatchObject({ messagesCount: 1 })
})

test('a refused message leaves its file free for another', async () => {
  await using server = await startServer()
  const { serviceSid, messages } = await givenChannel(server)
  const mediaSid = await givenMedia(server, serviceSid)

  await expect(messages.create({ mediaSid, attributes: 'no JSON' })).rejects.toMatchObject({ code: 50304 })
  await expect(messages.create({ mediaSid, body: 'x'.repeat(32_769) })).rejects.toMatchObject({ code: 50504 })
  expect(await messages.create({ mediaSid })).toMatchObject({ index: 0, type: 'media' })
})

test('the body of a media message stays, its attributes may change', async () => {
  await using server = await startServer()
  const { serviceSid, messages } = await givenChannel(server)
  const mediaSid = await givenMedia(server, serviceSid)
  const { sid } = await messages.create({ mediaSid, body: 'caption' })
  const file = { type: 'media', body: 'caption', media: { sid: mediaSid } }

  await expect(messages(sid).update({ body: 'another' })).rejects.toMatchObject({ status: 400, code: 50509 })
  expect(await messages(sid).fetch()).toMatchObject({ ...file, wasEdited: false, lastUpdatedBy: null })
  expect(await messages(sid).update({})).toMatchObject({ ...file, wasEdited: false })
  expect(await messages(sid).update({ attributes: '{"a":1}' })).toMatchObject({
    ...file,
    attributes: '{"a":1}',
    wasEdited: true,
    lastUpdatedBy: 'system',
  })
  expect(await messages(sid).update({ from: 'bob' })).toMatchObject({ ...file, from: 'bob' })
})

test('a media message is deleted like any other', async () => {
  await using server = await startServer()
  const { serviceSid, context, messages } = await givenChannel(server)
  const text = await messages.create({ body: 'text' })
  const { sid } = await messages.create({ mediaSid: await givenMedia(server, serviceSid) })

  await messages(sid).remove()
  await expect(messages(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  expect(await context.fetch()).toMatchObject({ messagesCount: 1, links: { last_message: text.url } })
})
