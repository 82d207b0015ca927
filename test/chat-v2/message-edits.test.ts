// Editing and importing messages: who changed what, and when (rest-v2.md §2.7).
import { expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const IMPORTED = { DateCreated: '2020-01-01T00:00:00Z', DateUpdated: '2020-01-01T00:00:00Z' }
const dates = { date_created: IMPORTED.DateCreated, date_updated: IMPORTED.DateUpdated }

/** Messages as JSON. */
async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const path = `${new URL(url).pathname}/Messages`
  const post = (to: string, form: Record<string, string>) => server.request('POST', to, { form })
  return {
    messages: service.channels(sid).messages,
    path,
    create: (form: Record<string, string>) => post(path, form),
    /** A message of 2020 that nobody has edited. */
    async givenOldMessage(form: Record<string, string> = {}) {
      const { body: message } = await post(path, { Body: 'before', From: 'alice', ...IMPORTED, ...form })
      expect(message).toMatchObject({ ...dates, was_edited: false, last_updated_by: null })
      return {
        message,
        update: (change: Record<string, string>) => post(`${path}/${message.sid}`, change),
        fetch: async () => (await server.request('GET', `${path}/${message.sid}`)).body,
      }
    },
  }
}

test('a new body or new attributes mark the message as edited, now and by system', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)

  for (const [form, change] of [
    [{ Body: 'after' }, { body: 'after' }],
    [{ Body: '' }, { body: '' }],
    [{ Attributes: '{"a":1}' }, { attributes: '{"a":1}' }],
    [{ Attributes: '{ }' }, { attributes: '{ }' }],
    [
      { Body: 'after', Attributes: '[]' },
      { body: 'after', attributes: '[]' },
    ],
  ] as [Record<string, string>, object][]) {
    const { message, update, fetch } = await givenOldMessage()
    const { status, body: edited } = await update(form)
    expect(status).toBe(200)
    expect(edited.date_updated).not.toBe(message.date_updated)
    expect(edited).toEqual({
      ...message,
      ...change,
      was_edited: true,
      last_updated_by: 'system',
      date_updated: edited.date_updated,
    })
    expect(await fetch()).toEqual(edited)
  }
})

test('the name and the date of an edit may be given', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)
  const { message, update, fetch } = await givenOldMessage()

  const byCarol = { Body: 'after', LastUpdatedBy: 'carol', DateUpdated: '2021-06-07T08:09:10Z' }
  const edited = {
    ...message,
    body: 'after',
    was_edited: true,
    last_updated_by: 'carol',
    date_updated: '2021-06-07T08:09:10Z',
  }
  expect((await update(byCarol)).body).toEqual(edited)
  expect(await fetch()).toEqual(edited)
  expect((await update({ Body: 'again' })).body).toMatchObject({
    was_edited: true,
    last_updated_by: 'system',
  })
})

test('an empty name of who has edited clears it', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)
  const { update } = await givenOldMessage()

  expect((await update({ Body: 'new', LastUpdatedBy: 'carol' })).body).toMatchObject({
    last_updated_by: 'carol',
  })
  expect((await update({ LastUpdatedBy: '' })).body).toMatchObject({
    was_edited: true,
    last_updated_by: null,
  })
  expect((await update({ Body: 'newer' })).body).toMatchObject({ last_updated_by: 'system' })
})

test('an update that changes nothing leaves everything as it was', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)
  const { message, update, fetch } = await givenOldMessage({ Attributes: '{ "a": 1 }' })

  for (const same of [
    {},
    { Body: 'before' },
    { Attributes: '{ "a": 1 }' },
    { Body: 'before', Attributes: '{ "a": 1 }', From: 'alice' },
    { DateCreated: '2020-01-01T02:00:00+02:00', DateUpdated: '2020-01-01T00:00:00.000Z' },
    { Unknown: 'parameter' },
  ] as Record<string, string>[]) {
    expect(await update(same), JSON.stringify(same)).toMatchObject({ status: 200, body: message })
    expect(await fetch()).toEqual(message)
  }
  const { body: edited } = await update({ Body: 'after', DateUpdated: '2021-01-01T00:00:00Z' })
  expect((await update({ Body: 'after' })).body).toEqual(edited)
})

test('a new author or a new date is no edit of the message', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)

  const { message, update } = await givenOldMessage()
  const { body: renamed } = await update({ From: 'bob' })
  expect(renamed).toEqual({ ...message, from: 'bob', date_updated: renamed.date_updated })
  expect(renamed.date_updated).not.toBe(message.date_updated)
  const moved = { DateCreated: '2019-01-01T00:00:00Z', DateUpdated: '2019-03-03T00:00:00Z' }
  expect((await update(moved)).body).toEqual({
    ...renamed,
    date_created: moved.DateCreated,
    date_updated: moved.DateUpdated,
  })
})

test('an imported message was edited when it was updated later than created, or by somebody', async () => {
  await using server = await startServer()
  const { create, path } = await givenChannel(server)
  const DateCreated = '2020-01-01T00:00:00Z'
  const LastUpdatedBy = 'carol'
  const later = '2020-01-02T00:00:00Z'

  for (const [form, expected] of [
    [{ DateCreated }, { date_created: DateCreated, date_updated: DateCreated, was_edited: false }],
    [
      { DateCreated, DateUpdated: DateCreated },
      { date_updated: DateCreated, was_edited: false },
    ],
    [
      { DateCreated, DateUpdated: later },
      { date_created: DateCreated, date_updated: later, was_edited: true },
    ],
    [
      { DateCreated, LastUpdatedBy },
      { was_edited: true, last_updated_by: 'carol' },
    ],
    [{ LastUpdatedBy }, { was_edited: true, last_updated_by: 'carol' }],
    [
      { DateCreated, DateUpdated: later, LastUpdatedBy },
      { was_edited: true, last_updated_by: 'carol' },
    ],
    [{}, { was_edited: false, last_updated_by: null }],
    [{ LastUpdatedBy: '' }, { was_edited: false, last_updated_by: null }],
  ] as [Record<string, string>, object][]) {
    const { status, body } = await create({ Body: 'Hello', ...form })
    expect({ status, ...body }, JSON.stringify(form)).toMatchObject({ status: 201, ...expected })
    expect((await server.request('GET', `${path}/${body.sid}`)).body).toEqual(body)
  }
})

test('dates come in with fractions and offsets, and go out in UTC as whole seconds', async () => {
  await using server = await startServer()
  const { create, givenOldMessage } = await givenChannel(server)
  const form = { DateCreated: '2020-01-01T00:30:00.999+02:00', DateUpdated: '2020-01-01T00:00:59.999Z' }
  const expected = { date_created: '2019-12-31T22:30:00Z', date_updated: '2020-01-01T00:00:59Z' }

  expect((await create(form)).body).toMatchObject(expected)
  const { update } = await givenOldMessage()
  expect((await update(form)).body).toMatchObject(expected)
})

test('values that are too long or malformed are refused, and change nothing', async () => {
  await using server = await startServer()
  const { create, givenOldMessage, messages } = await givenChannel(server)
  const { message, update, fetch } = await givenOldMessage()
  const longName = '🦉'.repeat(256)

  for (const [form, code] of [
    [{ From: `${longName}x` }, 50310],
    [{ LastUpdatedBy: `${longName}x` }, 50505],
    [{ DateCreated: 'yesterday' }, 50308],
    [{ DateUpdated: '2020-13-01T00:00:00Z' }, 50309],
    [{ Body: 'x'.repeat(32_769) }, 50504],
    [{ Attributes: `"${'x'.repeat(4_095)}"` }, 50303],
    [{ Attributes: 'no JSON' }, 50304],
  ] as [Record<string, string>, number][]) {
    const refused = { status: 400, body: { code } }
    expect(await create({ Body: 'Hello', ...form }), JSON.stringify(form)).toMatchObject(refused)
    expect(await update({ Body: 'after', ...form }), JSON.stringify(form)).toMatchObject(refused)
  }
  expect(await fetch()).toEqual(message)
  expect(await messages.list()).toHaveLength(1)
  expect((await update({ Body: 'after', From: longName, LastUpdatedBy: longName })).body).toMatchObject({
    from: longName,
    last_updated_by: longName,
  })
})

test('edits of different members at once are all kept', async () => {
  await using server = await startServer()
  const { givenOldMessage } = await givenChannel(server)
  const { update, fetch } = await givenOldMessage()

  for (let i = 0; i < 5; i++) {
    await Promise.all([
      update({ Body: `body ${i}` }),
      update({ Attributes: `{"i":${i}}` }),
      update({ From: `author ${i}` }),
    ])
    expect(await fetch()).toMatchObject({
      body: `body ${i}`,
      attributes: `{"i":${i}}`,
      from: `author ${i}`,
      was_edited: true,
    })
  }
})

test('an edit that meets a deletion is done or not found, and what is deleted stays so', async () => {
  await using server = await startServer()
  const { messages, givenOldMessage, path } = await givenChannel(server)

  for (let i = 0; i < 3; i++) {
    const { message, update } = await givenOldMessage()
    const edit = async (body: number): Promise<number> => (await update({ Body: `edit ${body}` })).status
    const [removed, ...edits] = await Promise.all([
      messages(message.sid).remove(),
      ...[1, 2, 3, 4].map((body) => edit(body)),
    ])
    expect(removed).toBe(true)
    for (const status of edits) expect([200, 404]).toContain(status)
    expect(await server.request('GET', `${path}/${message.sid}`)).toMatchObject({ status: 404 })
  }
  expect(await messages.list()).toEqual([])
})
