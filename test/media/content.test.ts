// The bytes of a file: whole, in part, or not at all because the client has them.
import { rm, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type MediaScene, STORES, startMedia } from '../support/media.ts'

const TEXT = '0123456789'
/** What only the answer with the file has. */
const FILE_HEADERS = [
  ...['etag', 'last-modified', 'cache-control', 'content-security-policy', 'accept-ranges'],
  ...['content-disposition', 'content-range'],
]

/** A file of ten bytes, and how to ask for it through its temporary link. */
async function givenFile(scene: MediaScene, headers: Record<string, string> = {}) {
  const record = await scene.givenMedia(TEXT, { query: 'Filename=ten.txt', headers })
  const link: string = record.links.content_direct_temporary
  return { record, link, ask: (more: Record<string, string>) => fetch(link, { headers: more }) }
}

test.each(STORES)('on %s, whoever has the credentials or the link gets the content', async (store) => {
  await using scene = await startMedia(store)
  const { record, link } = await givenFile(scene)
  expect(await (await fetch(link)).text()).toBe(TEXT)
  const headers = await scene.headersOf('the account')
  const direct = await fetch(new URL(`${scene.path}/${record.sid}/Content`, scene.server.url), { headers })
  expect(direct).toMatchObject({ status: 200, redirected: store === 's3' })
  expect(await direct.text()).toBe(TEXT)
  expect(direct.headers.get('content-type')).toBe('text/plain')
  expect(direct.headers.get('content-disposition')).toBe('inline; filename=ten.txt')
})

test.each(STORES)('on %s, a part of the content', async (store) => {
  await using scene = await startMedia(store)
  const { ask } = await givenFile(scene)
  const part = await ask({ range: 'bytes=2-4' })
  expect([part.status, await part.text()]).toEqual([206, '234'])
  expect(part.headers.get('content-range')).toBe('bytes 2-4/10')
  expect(part.headers.get('content-length')).toBe('3')
  expect((await ask({ range: 'bytes=10-' })).status).toBe(416)
})

test.each([
  ['bytes=0-0', 206, '0'],
  ['bytes=7-', 206, '789'],
  ['bytes=-3', 206, '789'],
  ['bytes=-300', 206, TEXT],
  ['bytes=8-99', 206, '89'],
  ['BYTES=1-1', 206, '1'],
  ['bytes=1-2,4-5', 200, TEXT],
  ['bytes=5-2', 200, TEXT],
  ['bytes=a-b', 200, TEXT],
  ['bytes=', 200, TEXT],
  ['lines=1-2', 200, TEXT],
  ['bytes', 200, TEXT],
])('the range %j is answered %i', async (range, status, text) => {
  await using scene = await startMedia()
  const { ask } = await givenFile(scene)
  const answer = await ask({ range })
  expect([answer.status, await answer.text()]).toEqual([status, text])
  expect(answer.headers.get('content-length')).toBe(String(text.length))
  expect(answer.headers.has('content-range')).toBe(status === 206)
})

test('no part beyond the end', async () => {
  await using scene = await startMedia()
  const { link } = await givenFile(scene)
  const { pathname, search } = new URL(link)
  for (const range of ['bytes=10-', 'bytes=10-20', 'bytes=-0']) {
    const answer = await scene.server.request('GET', pathname + search, { auth: null, headers: { range } })
    expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } })
    expect(answer.body).toMatchObject({ status: 416 })
  }
  const empty = await scene.upload('')
  const whole = await fetch(empty.body.links.content_direct_temporary)
  expect([whole.status, await whole.text()]).toEqual([200, ''])
})

test('conditions are kept', async () => {
  await using scene = await startMedia()
  const { ask } = await givenFile(scene)
  const first = await ask({})
  const etag = first.headers.get('etag') ?? ''
  const modified = first.headers.get('last-modified') ?? ''
  const earlier = new Date(Date.parse(modified) - 1000).toUTCString()
  expect(etag).toMatch(/^"ME[0-9a-f]{32}"$/)
  const statuses: [Record<string, string>, number][] = [
    [{ 'if-none-match': etag }, 304],
    [{ 'if-none-match': `"other", W/${etag}` }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"other"' }, 200],
    [{ 'if-modified-since': modified }, 304],
    [{ 'if-modified-since': earlier }, 200],
    [{ 'if-none-match': '"other"', 'if-modified-since': modified }, 200],
    [{ 'if-match': etag }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': '"other"' }, 412],
    [{ 'if-unmodified-since': modified }, 200],
    [{ 'if-unmodified-since': earlier }, 412],
    [{ 'if-unmodified-since': 'yesterday' }, 200],
    [{ range: 'bytes=0-1', 'if-range': etag }, 206],
    [{ range: 'bytes=0-1', 'if-range': modified }, 206],
    [{ range: 'bytes=0-1', 'if-range': '"other"' }, 200],
    [{ range: 'bytes=0-1', 'if-range': earlier }, 200],
    [{ range: 'bytes=0-1', 'if-none-match': etag }, 304],
  ]
  for (const [headers, status] of statuses) {
    const answer = await ask(headers)
    expect([headers, answer.status]).toEqual([headers, status])
    expect(answer.headers.get('etag')).toBe(status === 412 ? null : etag)
    if (status === 304) expect(await answer.text()).toBe('')
  }
})

test.each(STORES)('on %s, HEAD tells what GET would send', async (store) => {
  await using scene = await startMedia(store)
  const { record } = await givenFile(scene)
  const headers = await scene.headersOf('the account')
  const url = new URL(`${scene.path}/${record.sid}/Content`, scene.server.url)
  const answer = await fetch(url, { method: 'HEAD', headers })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-length')).toBe('10')
  expect(answer.headers.get('content-type')).toBe('text/plain')
  expect(await answer.text()).toBe('')
})

test('a link works for five minutes, for this file only', async () => {
  await using scene = await startMedia()
  const { chat } = scene.server.app
  const { link, record } = await givenFile(scene)
  const other = await scene.givenMedia('another')
  const start = Date.now()
  const statusOf = async (url: string): Promise<number> => (await fetch(url)).status
  const expires = Number(new URL(link).searchParams.get('expires'))
  expect(Math.abs(expires - start / 1000 - 300)).toBeLessThan(5)

  expect(await statusOf(link.replace(record.sid, other.sid))).toBe(403)
  expect(await statusOf(link.replace(`expires=${expires}`, `expires=${expires + 1}`))).toBe(403)
  expect(await statusOf(link.replace(/sig=.{4}/, 'sig=AAAA'))).toBe(403)
  expect(await statusOf(link.replace(/sig=.*/, 'sig='))).toBe(403)
  expect(await statusOf(link.replace(/[?].*/, ''))).toBe(401)
  expect(await statusOf(link.replace('/Content', ''))).toBe(401)
  chat.now = () => start + 290_000
  expect(await statusOf(link)).toBe(200)
  chat.now = () => start + 302_000
  expect(await statusOf(link)).toBe(403)
  const fresh = await scene.get(`${scene.path}/${record.sid}`)
  expect(await statusOf(fresh.body.links.content_direct_temporary)).toBe(200)
})

test('links of a bucket are signed by the bucket, and end as well', async () => {
  await using scene = await startMedia('s3')
  const { link } = await givenFile(scene)
  expect(link.startsWith(scene.bucket?.url ?? 'none')).toBe(true)
  const { searchParams } = new URL(link)
  expect(searchParams.get('X-Amz-Expires')).toBe('300')
  expect((await fetch(link.replace(/X-Amz-Signature=\w{4}/, 'X-Amz-Signature=0000'))).status).toBe(403)
})

test('a file that has gone from the folder is not found', async () => {
  await using scene = await startMedia()
  const { link } = await givenFile(scene)
  await rm(`${scene.server.dataDir}/media`, { recursive: true })
  const { pathname, search } = new URL(link)
  expect(await scene.server.request('GET', pathname + search, { auth: null })).toMatchObject({ status: 404 })
})

test.each([
  ['has gone', 404, async () => {}],
  ['cannot be read', 500, async (folder: string) => writeFile(folder, 'no folder')],
] as const)(
  'the error for a file that %s is not kept as long as the file',
  async (_what, status, replace) => {
    await using scene = await startMedia()
    const { ask } = await givenFile(scene)
    const folder = `${scene.server.dataDir}/media/${scene.serviceSid}`
    await rm(folder, { recursive: true })
    await replace(folder)

    for (const range of ['', 'bytes=2-4']) {
      const answer = await ask(range ? { range } : {})
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({ status })
      expect(FILE_HEADERS.filter((name) => answer.headers.has(name))).toEqual([])
    }
  },
)

test('a download that the client gives up does no harm', async () => {
  await using scene = await startMedia()
  const { body } = await scene.upload(Buffer.alloc(20_000_000))
  const stop = new AbortController()
  const answer = await fetch(body.links.content_direct_temporary, { signal: stop.signal })
  await answer.body?.getReader().read()
  stop.abort()
  expect((await scene.get(`${scene.path}/${body.sid}`)).status).toBe(200)
})
