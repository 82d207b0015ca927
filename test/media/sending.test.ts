// From the upload to the message: once, by whoever uploaded it or by the account.
import { describe, expect, test } from 'vitest'
import type { UserCaller } from '../../src/chat/caller.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { mediaOf } from '../../src/chat/media.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import type { Sid } from '../../src/lib/sid.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { STORES, startMedia } from '../support/media.ts'
import { startReceiver } from '../support/receiver.ts'
import { startSlowUpload } from '../support/slow-upload.ts'
import { givenActors, WANTED } from '../support/webhook-scene.ts'

const sids = (...records: { sid: string }[]) => records.map(({ sid }) => sid as Sid<'ME'>)

describe.each(ENGINES)('on %s', (engine) => {
  test.each(STORES)('the official library sends what was uploaded, from %s', async (store) => {
    await using scene = await startMedia(store, {}, engine)
    const { messages } = scene.rest.channels((await scene.rest.channels.create({})).sid)
    const record = await scene.givenMedia('a cat', { query: 'Filename=cat.txt', as: 'alice' })
    const message = await messages.create({ mediaSid: record.sid, body: 'my cat', from: 'alice' })
    const media = { sid: record.sid, size: 5, content_type: 'text/plain', filename: 'cat.txt' }
    expect(message).toMatchObject({ type: 'media', body: 'my cat', media })
    const after = await scene.get(`${scene.path}/${record.sid}`)
    expect(after.body).toMatchObject({ channel_sid: message.channelSid, message_sid: message.sid })
    await expect(messages.create({ mediaSid: record.sid })).rejects.toMatchObject({
      status: 400,
      code: 50508,
    })
  })

  test('a user sends own uploads, several in one message, each once', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { alice, channel } = await givenActors(scene.server, scene.rest)
    const { chat } = scene.server.app
    const events: ChatEvent[] = []
    chat.listeners.push({ publish: (told) => void events.push(...told) })
    const send = async (...records: { sid: string }[]) =>
      sendMessage(chat, alice, await channel(), { mediaSids: sids(...records) })
    const first = await scene.givenMedia('1', { as: 'alice', query: 'Filename=a.txt' })
    const second = await scene.givenMedia('22', { as: 'alice', query: 'Category=history' })
    const ofBob = await scene.givenMedia('333', { as: 'bob' })
    const ofAccount = await scene.givenMedia('4444')

    for (const other of [ofBob, ofAccount])
      await expect(send(first, other)).rejects.toMatchObject({ code: 50507 })
    await expect(send(first, first)).rejects.toMatchObject({ code: 50508 })
    const message = await send(first, second)
    expect(mediaOf(message)).toEqual([
      { sid: first.sid, filename: 'a.txt', contentType: 'text/plain', size: 1, category: 'media' },
      { sid: second.sid, filename: null, contentType: 'text/plain', size: 2, category: 'history' },
    ])
    const sent = events.filter(({ type }) => type === 'message.sent')
    expect(sent).toMatchObject([{ message: { media: message.media } }])
    await expect(send(second)).rejects.toMatchObject({ code: 50508 })
    const { body } = await scene.server.request(
      'GET',
      `/v2/Services/${scene.serviceSid}/Channels/lobby/Messages`,
    )
    expect(body.messages).toMatchObject([
      { type: 'media', body: '', media: { sid: first.sid }, from: 'alice' },
    ])
  })

  test('of several messages with one upload at once only one is sent', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { alice, channel } = await givenActors(scene.server, scene.rest)
    const record = await scene.givenMedia('1', { as: 'alice' })
    const lobby = await channel()
    const send = (by: UserCaller) =>
      sendMessage(scene.server.app.chat, by, lobby, { mediaSids: sids(record) })
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => send(alice)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

test('a message carries ten media at most', async () => {
  await using scene = await startMedia()
  const { alice, channel } = await givenActors(scene.server, scene.rest)
  const records = await Promise.all(Array.from({ length: 11 }, () => scene.givenMedia('x', { as: 'alice' })))
  const { chat } = scene.server.app
  await expect(
    sendMessage(chat, alice, await channel(), { mediaSids: sids(...records) }),
  ).rejects.toMatchObject({
    status: 400,
    code: 20001,
  })
  const ten = await sendMessage(chat, alice, await channel(), { mediaSids: sids(...records.slice(1)) })
  expect(mediaOf(ten)).toHaveLength(10)
})

test('all files of a message have together what one may have', async () => {
  await using scene = await startMedia()
  const { alice, channel } = await givenActors(scene.server, scene.rest)
  const { chat } = scene.server.app
  await chat.db.transaction((tx) => tx.run(sql`update services set media_size_limit_mb = 1`))
  const half = 'x'.repeat(524_288)
  const first = await scene.givenMedia(half, { as: 'alice' })
  const second = await scene.givenMedia(half, { as: 'alice' })
  const third = await scene.givenMedia('x', { as: 'alice' })
  const send = async (...records: { sid: string }[]) =>
    sendMessage(chat, alice, await channel(), { mediaSids: sids(...records) })
  await expect(send(first, second, third)).rejects.toMatchObject({ status: 413, code: 50512 })
  expect(mediaOf(await send(first, second))).toHaveLength(2)
})

test('an upload that has not ended cannot be sent', async () => {
  await using scene = await startMedia()
  const { sid } = await scene.rest.channels.create({})
  const { chat } = scene.server.app
  const upload = await startSlowUpload(`${scene.server.url}${scene.path}`, chat.db, {
    ...{ headers: await scene.headersOf('alice'), first: 'begun, ', rest: 'done' },
  })
  const [row] = await chat.db.many<{ sid: string }>(sql`select sid from media`)
  await expect(scene.rest.channels(sid).messages.create({ mediaSid: row?.sid })).rejects.toMatchObject({
    code: 50507,
  })
  expect((await scene.get(`${scene.path}/${row?.sid}`)).status).toBe(404)
  expect((await upload.finish()).status).toBe(201)
  expect(await scene.rest.channels(sid).messages.create({ mediaSid: row?.sid })).toMatchObject({
    type: 'media',
  })
})

test('webhooks of a media message tell of the file', async () => {
  await using scene = await startMedia()
  await using receiver = await startReceiver()
  const { rest } = scene
  await rest.update({
    postWebhookUrl: receiver.url('/post'),
    webhookFilters: ['onMessageSent', 'onMediaMessageSent'],
  })
  const { sid } = await rest.channels.create({})
  const record = await scene.givenMedia('hello', { query: 'Filename=a%20b.txt' })
  await rest.channels(sid).messages.create({ mediaSid: record.sid, ...WANTED })
  const [told] = await receiver.waitFor(1)
  expect(told?.parameters).toMatchObject({
    ...{ EventType: 'onMediaMessageSent', MediaSid: record.sid, MediaContentType: 'text/plain' },
    ...{ MediaSize: '5', MediaFilename: 'a b.txt' },
  })
})
