// What is too large, too slow, cut short, or more than the store takes: the client hears of it, and nothing stays.
import { rm, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { type MediaScene, STORES, type Store, startMedia } from '../support/media.ts'
import { type SlowUpload, startSlowUpload } from '../support/slow-upload.ts'

const MEGABYTE = 1024 * 1024
const tooLarge = { status: 413, body: { code: 50512, status: 413 } }

/** The smallest limit there is. */
async function startSmall(store: Store): Promise<MediaScene> {
  const scene = await startMedia(store)
  await scene.server.app.chat.db.transaction((tx) => tx.run(sql`update services set media_size_limit_mb = 1`))
  return scene
}

async function countRows(scene: MediaScene): Promise<number> {
  const { db } = scene.server.app.chat
  return (await db.one<{ rows: number }>(sql`select count(*) as rows from media`))?.rows ?? -1
}

/** Waits until neither a file nor a row is left. */
async function untilNothingIsLeft(scene: MediaScene): Promise<void> {
  const isEmpty = async (): Promise<boolean> => scene.kept().length === 0 && (await countRows(scene)) === 0
  await vi.waitUntil(isEmpty, { timeout: 10_000 })
}

async function begin(scene: MediaScene, size: number, chunked = false): Promise<SlowUpload> {
  return startSlowUpload(`${scene.server.url}${scene.path}`, scene.server.app.chat.db, {
    ...{
      headers: await scene.headersOf('alice'),
      first: Buffer.alloc(size / 2),
      rest: Buffer.alloc(size / 2),
    },
    chunked,
  })
}

test.each(STORES)('on %s, a file of exactly the limit is taken, a byte more is not', async (store) => {
  await using scene = await startSmall(store)
  expect(await scene.upload(Buffer.alloc(MEGABYTE))).toMatchObject({ status: 201, body: { size: MEGABYTE } })
  expect(await scene.upload(Buffer.alloc(MEGABYTE + 1))).toMatchObject(tooLarge)
  for (const [size, answer] of [
    [MEGABYTE, { status: 201, body: { size: MEGABYTE } }],
    [MEGABYTE + 1, tooLarge],
  ] as const) {
    const form = new FormData()
    form.append('file', new File([Buffer.alloc(size)], 'large.bin'))
    form.append('other', new File([Buffer.alloc(100_000)], 'other.bin'))
    expect(await scene.upload(form)).toMatchObject(answer)
  }
  expect([scene.kept().length, await countRows(scene)]).toEqual([2, 2])
})

test.each(STORES)('on %s, a file without an announced length is measured as it comes', async (store) => {
  await using scene = await startSmall(store)
  const chunks = Readable.from(Array.from({ length: 400 }, () => Buffer.alloc(65_536)))
  const answer = await fetch(`${scene.server.url}${scene.path}`, {
    method: 'POST',
    headers: await scene.headersOf('alice'),
    body: Readable.toWeb(chunks) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  expect({ status: answer.status, body: await answer.json() }).toMatchObject(tooLarge)
  await untilNothingIsLeft(scene)
})

test('the hosted limit is 150 MB', async () => {
  await using scene = await startMedia()
  const limit = 150 * MEGABYTE
  expect(await announce(scene, limit + 1)).toMatch(/^HTTP\/1.1 413 /)
  expect(await announce(scene, limit)).toBe('')
})

/** What the server says to an upload of this length before any of it has come. */
async function announce(scene: MediaScene, length: number): Promise<string> {
  const { hostname, port } = new URL(scene.server.url)
  const socket = createConnection(Number(port), hostname)
  const lines = Object.entries(await scene.headersOf('alice')).map(([name, value]) => `${name}: ${value}`)
  const head = [`POST ${scene.path} HTTP/1.1`, 'Host: x', `Content-Length: ${length}`, ...lines]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString()))
    setTimeout(() => resolve(''), 500)
  })
  socket.destroy()
  return answer
}

test.each(STORES)('on %s, an upload that is cut leaves nothing', async (store) => {
  await using scene = await startMedia(store)
  for (const chunked of [false, true]) {
    const upload = await begin(scene, 16 * MEGABYTE, chunked)
    await vi.waitUntil(() => scene.kept().length > 0, { timeout: 10_000 })
    upload.cut()
    await expect(upload.answer).rejects.toThrow()
    await untilNothingIsLeft(scene)
  }
})

test.each(STORES)('on %s, a form that is cut leaves nothing', async (store) => {
  await using scene = await startMedia(store)
  const head = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
  const upload = await startSlowUpload(`${scene.server.url}${scene.path}`, scene.server.app.chat.db, {
    headers: { ...(await scene.headersOf('alice')), 'content-type': 'multipart/form-data; boundary=B' },
    first: Buffer.concat([Buffer.from(head), Buffer.alloc(6 * MEGABYTE)]),
    rest: Buffer.alloc(100),
  })
  await vi.waitUntil(() => scene.kept().length > 0, { timeout: 10_000 })
  upload.cut()
  await untilNothingIsLeft(scene)
})

test('a folder that cannot be written to is 503, and an upload may be tried again', async () => {
  await using scene = await startMedia()
  const folder = `${scene.server.dataDir}/media`
  await scene.givenMedia()
  await rm(`${folder}/unfinished`, { recursive: true })
  await writeFile(`${folder}/unfinished`, 'in the way')
  expect(await scene.upload('x')).toMatchObject({
    ...{ status: 503, headers: { 'retry-after': '1' } },
    body: { code: 20503 },
  })
  await rm(`${folder}/unfinished`)
  expect(await countRows(scene)).toBe(1)
  expect(await scene.upload('x')).toMatchObject({ status: 201 })
})

test('a bucket that refuses is 503, and an upload may be tried again', async () => {
  await using scene = await startMedia('s3')
  const bucket = scene.bucket as NonNullable<MediaScene['bucket']>
  bucket.refuse = true
  for (const size of [1, 12 * MEGABYTE]) {
    expect(await scene.upload(Buffer.alloc(size))).toMatchObject({ status: 503, body: { code: 20503 } })
  }
  bucket.refuse = false
  expect(await scene.upload('x')).toMatchObject({ status: 201 })
})

test('a user may have a hundred files that no message has taken, the account any number', async () => {
  await using scene = await startMedia()
  const { sid } = await scene.rest.channels.create({})
  await scene.rest.channels(sid).members.create({ identity: 'alice' })
  const mine: string[] = []
  for (let i = 0; i < 100; i++) mine.push((await scene.givenMedia(`${i}`, { as: 'alice' })).sid)
  const tooMany = { status: 429, body: { code: 20429 } }
  expect(await scene.upload('one more', { as: 'alice' })).toMatchObject(tooMany)
  expect(await scene.upload('of another', { as: 'bob' })).toMatchObject({ status: 201 })
  expect(await scene.upload('of the account')).toMatchObject({ status: 201 })

  await scene.rest.channels(sid).messages.create({ from: 'alice', mediaSid: mine[0] })

  expect(await scene.upload('one more', { as: 'alice' })).toMatchObject({ status: 201 })
  expect(await scene.upload('two more', { as: 'alice' })).toMatchObject(tooMany)
})
