// How a file comes to the server, and what the server then says of it (rest-v2.md §8).
import { describe, expect, test } from 'vitest'
import { STORES, startMedia } from '../support/media.ts'
import { API_KEY_SECRET, API_KEY_SID } from '../support/server.ts'

const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

describe.each(STORES)('on %s', (store) => {
  test('a raw upload is kept as it came, and its record tells of it', async () => {
    await using scene = await startMedia(store)
    const { serviceSid, server, path } = scene
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

    const { status, headers, body } = await scene.upload(bytes, {
      type: 'image/png',
      query: 'Filename=my%20cat.png',
      as: 'alice',
    })
    expect(status).toBe(201)
    expect(headers['content-type']).toMatch(/^application\/json/)
    const url = `${server.app.publicUrl}${path}/${body.sid}`
    expect(body).toEqual({
      sid: expect.stringMatching(/^ME[0-9a-f]{32}$/),
      account_sid: server.app.identity.account.sid,
      service_sid: serviceSid,
      channel_sid: null,
      message_sid: null,
      date_created: DATE,
      date_upload_updated: DATE,
      date_updated: DATE,
      size: 256,
      content_type: 'image/png',
      filename: 'my cat.png',
      category: 'media',
      author: 'alice',
      is_multipart_upstream: false,
      url,
      links: { content: `${url}/Content`, content_direct_temporary: expect.stringMatching(/^http/) },
    })
    expect((await scene.get(`${path}/${body.sid}`)).body).toEqual({
      ...body,
      links: { ...body.links, content_direct_temporary: expect.any(String) },
    })
    const content = await fetch(body.links.content_direct_temporary)
    expect(Buffer.from(await content.arrayBuffer())).toEqual(bytes)
    expect(scene.kept()).toEqual([expect.stringContaining(body.sid)])
  })

  test('a form is read for its first file', async () => {
    await using scene = await startMedia(store)
    const form = new FormData()
    form.append('note', 'a field before')
    form.append('picture', new File([PNG], 'cat "1".png', { type: 'image/png' }))
    form.append('other', new File(['no'], 'other.txt', { type: 'text/plain' }))

    const { status, body } = await scene.upload(form, { as: 'alice', query: 'Category=history' })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      ...{ size: PNG.length, content_type: 'image/png', filename: 'cat "1".png' },
      ...{ category: 'history', author: 'alice' },
    })
    const content = await fetch(body.links.content_direct_temporary)
    expect(Buffer.from(await content.arrayBuffer())).toEqual(PNG)
  })

  test('sizes around what a store takes at once, and nothing at all', async () => {
    await using scene = await startMedia(store)
    for (const size of [0, 1, 65_536, 65_537, 5 * 1024 * 1024, 12_000_001]) {
      const bytes = Buffer.alloc(size, 'parley ')
      const { body } = await scene.upload(bytes)
      expect(body.size).toBe(size)
      const content = await fetch(body.links.content_direct_temporary)
      expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true)
    }
  })
})

test('a file needs neither a name nor a type', async () => {
  await using scene = await startMedia()
  const { status, body } = await scene.upload(Buffer.from('abc'), { type: null })
  expect(status).toBe(201)
  expect(body).toMatchObject({ filename: null, content_type: 'application/octet-stream', author: 'system' })
})

test('the name in the query is taken before the name in the form', async () => {
  await using scene = await startMedia()
  const form = new FormData()
  form.append('file', new File(['x'], 'from-the-form.txt'))
  expect((await scene.upload(form, { query: 'Filename=from-the-query.txt' })).body).toMatchObject({
    filename: 'from-the-query.txt',
    content_type: 'application/octet-stream',
  })
})

test.each([
  ['/etc/passwd', 'passwd'],
  ['C:\\Users\\me\\cat.png', 'cat.png'],
  ['..', '..'],
  ['a\r\nSet-Cookie: b=c', 'aSet-Cookie: b=c'],
  ['invoice\u202Egnp.exe', 'invoicegnp.exe'],
  ['   ', null],
  ['', null],
  ['猫 🐈.png', '猫 🐈.png'],
])('the name %j is kept as %j', async (given, kept) => {
  await using scene = await startMedia()
  const { body } = await scene.upload('x', { query: `Filename=${encodeURIComponent(given)}` })
  expect(body.filename).toBe(kept)
  const { status, headers } = await scene.get(body.links.content)
  expect(status).toBe(200)
  expect(headers['content-disposition']).toMatch(/^attachment/)
})

test('what is wrong with an upload is said, and nothing is kept of it', async () => {
  await using scene = await startMedia()
  const form = (text: string, type = 'multipart/form-data; boundary=B') => scene.upload(text, { type })
  const refusals: [Promise<{ status: number; body: any }>, number, number][] = [
    [scene.upload('x', { query: `Filename=${'n'.repeat(257)}` }), 400, 20001],
    [scene.upload('x', { query: 'Category=films' }), 400, 20001],
    [scene.upload('x', { query: 'Filename=a&Filename=b' }), 400, 20001],
    [scene.upload('x', { query: 'Filename=%ff' }), 400, 20001],
    [scene.upload('x', { query: 'Filename=%00' }), 400, 20001],
    [form('x', 'multipart/form-data'), 400, 20001],
    [form('x'), 400, 20001],
    [form(''), 400, 20001],
    [form('--B--\r\n'), 400, 20001],
    [form('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--B--\r\n'), 400, 20001],
    [form('--B\r\nContent-Disposition: form-data; name="a"; filename="f"\r\n\r\nbytes'), 400, 20001],
    [
      form(
        '--B\r\nContent-Disposition: form-data; name="a"; filename="f"\r\nContent-Type: no type\r\n\r\nb\r\n--B--\r\n',
      ),
      400,
      50511,
    ],
  ]
  for (const [answer, status, code] of refusals) {
    expect(await answer).toMatchObject({ status, body: { code, status } })
  }
  expect(scene.kept()).toEqual([])
})

test('a type that is none is refused', async () => {
  await using scene = await startMedia()
  for (const type of ['image', 'image/', '/png', 'a/b/c', `text/plain; x=${'y'.repeat(300)}`]) {
    expect(await scene.upload('x', { type }), type).toMatchObject({ status: 400, body: { code: 50511 } })
  }
  expect(await scene.upload('x', { type: 'TEXT/Plain;charset="utf-8"' })).toMatchObject({
    status: 201,
    body: { content_type: 'text/plain;charset=utf-8' },
  })
  expect(scene.kept()).toHaveLength(1)
})

test('the API key uploads for the account; others do not upload', async () => {
  await using scene = await startMedia()
  const { path, server } = scene
  const key = Buffer.from(`${API_KEY_SID}:${API_KEY_SECRET}`).toString('base64')
  const byKey = await scene.upload('x', { as: 'nobody', headers: { authorization: `Basic ${key}` } })
  expect(byKey).toMatchObject({ status: 201, body: { author: 'system' } })

  const byNobody = await scene.upload('x', { as: 'nobody' })
  expect(byNobody).toMatchObject({ status: 401, body: { code: 20003 } })
  const byForgery = await scene.upload('x', { as: 'nobody', headers: { 'x-twilio-token': 'a.b.c' } })
  expect(byForgery).toMatchObject({ status: 401, body: { code: 20101 } })
  expect(byForgery.headers).not.toHaveProperty('www-authenticate')
  const other = await (await server.givenService()).fetch()
  const headers = { ...(await scene.headersOf('alice')), 'content-type': 'text/plain' }
  const elsewhere = path.replace(scene.serviceSid, other.sid)
  const astray = await server.request('POST', elsewhere, { auth: null, headers, body: 'x' })
  expect(astray).toMatchObject({ status: 403, body: { code: 50050 } })
  expect(scene.kept()).toHaveLength(1)
})

test('only the methods that there are', async () => {
  await using scene = await startMedia()
  const { path, server } = scene
  const { sid } = await scene.givenMedia()
  for (const [method, where, allow] of [
    ['GET', path, 'POST, OPTIONS'],
    ['PUT', `${path}/${sid}`, 'GET, OPTIONS'],
    ['DELETE', `${path}/${sid}/Content`, 'GET, HEAD, OPTIONS'],
    ['GET', `${path}Set`, 'POST, OPTIONS'],
  ] as const) {
    const answer = await server.request(method, where)
    expect(answer).toMatchObject({ status: 405, headers: { allow }, body: { code: 20004 } })
    expect(await server.request(method, where, { auth: null })).toMatchObject({ status: 401 })
  }
})
