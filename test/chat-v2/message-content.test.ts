// What a message may carry: body and attributes (rest-v2.md §2.7, §6.2).
import { expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const BODY_BYTES = 32_768
const ATTRIBUTES_BYTES = 4_096
/** Three bytes in UTF-8. */
const EURO = '€'
/** Four bytes in UTF-8, and two units in JavaScript. */
const OWL = '🦉'

async function givenChannel(server: TestServer) {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const { messages } = service.channels(sid)
  return { messages, path: `${new URL(url).pathname}/Messages` }
}

test('a body may be missing or empty', async () => {
  await using server = await startServer()
  const { messages, path } = await givenChannel(server)

  const forms: Record<string, string>[] = [{}, { Body: '' }, { Attributes: '{"a":1}' }, { From: 'alice' }]
  for (const options of [{}, ...forms.map((form) => ({ form }))]) {
    expect(await server.request('POST', path, options)).toMatchObject({
      status: 201,
      body: { body: '', type: 'text', media: null },
    })
  }
  expect((await messages.list()).map(({ index, body }) => ({ index, body }))).toEqual(
    [0, 1, 2, 3, 4].map((index) => ({ index, body: '' })),
  )
})

test('a body comes back as it was sent', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)

  for (const body of [
    'Hello & welcome = 100% + more; {"a": 1}',
    '  blanks around  and  inside ',
    ' \t\r\n ',
    'line one\nline two\r\nline three',
    `${OWL} e\u0301 \u00e9 \u202e \u200b \ufeff 中文`,
    '%20+%2B',
    'null',
    "'; drop table messages; --",
    '<b>"quoted"</b> \\n \\',
  ]) {
    const { sid, body: sent } = await messages.create({ body })
    expect(sent).toBe(body)
    expect((await messages(sid).fetch()).body).toBe(body)
  }
})

test('a body holds exactly 32768 bytes', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)
  const fits = [
    'x'.repeat(BODY_BYTES),
    OWL.repeat(BODY_BYTES / 4),
    `${EURO.repeat((BODY_BYTES - 2) / 3)}ab`,
    'é'.repeat(BODY_BYTES / 2),
  ]

  for (const body of fits) {
    expect(Buffer.byteLength(body)).toBe(BODY_BYTES)
    const { sid } = await messages.create({ body })
    expect((await messages(sid).fetch()).body).toBe(body)
    const tooLong = { status: 400, code: 50504 }
    await expect(messages.create({ body: `${body}x` })).rejects.toMatchObject(tooLong)
    await expect(messages(sid).update({ body: `${body}x` })).rejects.toMatchObject(tooLong)
    expect(await messages(sid).fetch()).toMatchObject({ body, wasEdited: false })
  }
  const { sid } = await messages.create({ body: 'short' })
  for (const body of fits) expect((await messages(sid).update({ body })).body).toBe(body)
  expect(await messages.list()).toHaveLength(fits.length + 1)
})

test('attributes come back byte for byte, whatever JSON they are', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)

  expect(await messages.create({ body: 'none' })).toMatchObject({ attributes: '{}' })
  for (const attributes of [
    '{ "foo": "bar" }',
    '{"a":1,\n\t"b" : [ 1 , 2.50, -0, 1E+2 ] , "a":2}',
    ' [ ] ',
    'null',
    'true',
    '-1.0e-10',
    '12345678901234567890.123456789',
    '"text with \\u00e9, \\ud83e\\udd89, \\/ and é"',
    '"\\u0000"',
    `"${OWL}"`,
  ]) {
    const created = await messages.create({ attributes })
    expect(created.attributes).toBe(attributes)
    expect((await messages(created.sid).fetch()).attributes).toBe(attributes)
    const { sid } = await messages.create({ body: 'edited later' })
    expect((await messages(sid).update({ attributes })).attributes).toBe(attributes)
  }
  const bodies = (await messages.list()).filter(({ attributes }) => attributes === '{ "foo": "bar" }')
  expect(bodies).toHaveLength(2)
})

test('attributes that are no JSON are refused, and empty ones are an empty object', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)
  const { sid } = await messages.create({ attributes: '{"a":1}' })

  for (const attributes of ['{', 'hello', "{'a':1}", '{"a":1,}', 'undefined', '{}{}', '"\n"', '01']) {
    const notJson = { status: 400, code: 50304 }
    await expect(messages.create({ attributes }), attributes).rejects.toMatchObject(notJson)
    await expect(messages(sid).update({ attributes }), attributes).rejects.toMatchObject(notJson)
  }
  expect(await messages.list()).toMatchObject([{ attributes: '{"a":1}', wasEdited: false }])
  expect(await messages.create({ attributes: '' })).toMatchObject({ attributes: '{}' })
})

test('attributes hold exactly 4096 bytes', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)

  for (const attributes of [
    `"${'x'.repeat(ATTRIBUTES_BYTES - 2)}"`,
    `"${OWL.repeat((ATTRIBUTES_BYTES - 4) / 4)}ab"`,
    `{${' '.repeat(ATTRIBUTES_BYTES - 2)}}`,
  ]) {
    expect(Buffer.byteLength(attributes)).toBe(ATTRIBUTES_BYTES)
    const { sid } = await messages.create({ attributes })
    expect((await messages(sid).fetch()).attributes).toBe(attributes)
    const tooLong = { status: 400, code: 50303 }
    await expect(messages.create({ attributes: `${attributes} ` })).rejects.toMatchObject(tooLong)
    await expect(messages(sid).update({ attributes: `${attributes} ` })).rejects.toMatchObject(tooLong)
    const short = await messages.create({})
    expect((await messages(short.sid).update({ attributes })).attributes).toBe(attributes)
  }
})

test('a full body and full attributes go together', async () => {
  await using server = await startServer()
  const { messages } = await givenChannel(server)
  const message = { body: OWL.repeat(BODY_BYTES / 4), attributes: `"${'x'.repeat(ATTRIBUTES_BYTES - 2)}"` }

  const { sid } = await messages.create(message)
  expect(await messages(sid).fetch()).toMatchObject(message)
})
