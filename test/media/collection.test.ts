// Files that nobody needs any more go, and no others.
import { describe, expect, test, vi } from 'vitest'
import { createMediaCollector } from '../../src/chat/media-collector.ts'
import { openMediaStore } from '../../src/store/media-store.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { type MediaScene, STORES, startMedia } from '../support/media.ts'
import { startSlowUpload } from '../support/slow-upload.ts'

const DAY_MS = 86_400_000

/** Runs a collection of the server's own kind to its end, at a time of the test's choice. */
async function collectAt(scene: MediaScene, now: number): Promise<unknown[]> {
  const errors: unknown[] = []
  const store = await openMediaStore(scene.mediaSettings)
  const collector = createMediaCollector({ ...scene.server.app.chat, now: () => now }, store, (error) =>
    errors.push(error),
  )
  collector.run()
  await collector.idle()
  store.close()
  return errors
}

async function rowsOf(scene: MediaScene): Promise<string[]> {
  const rows = await scene.server.app.chat.db.many<{ sid: string }>(sql`select sid from media order by sid`)
  return rows.map(({ sid }) => sid)
}

const hasFiles = (scene: MediaScene, ...sids: string[]): boolean =>
  scene.kept().length === sids.length && sids.every((sid) => scene.kept().some((key) => key.endsWith(sid)))

async function untilOnly(scene: MediaScene, ...sids: string[]): Promise<void> {
  await vi.waitUntil(async () => hasFiles(scene, ...sids) && (await rowsOf(scene)).join() === sids.join(), {
    timeout: 15_000,
  })
}

async function givenMessage(scene: MediaScene) {
  const { sid } = await scene.rest.channels.create({})
  const channel = scene.rest.channels(sid)
  const record = await scene.givenMedia()
  const message = await channel.messages.create({ mediaSid: record.sid })
  return { channel, message: channel.messages(message.sid), sid: record.sid as string }
}

describe.each(ENGINES)('on %s', (engine) => {
  describe.each(STORES)('and %s', (store) => {
    test('a file goes with its message, its channel and its service', async () => {
      await using scene = await startMedia(store, {}, engine)
      const [first, second, third] = [
        await givenMessage(scene),
        await givenMessage(scene),
        await givenMessage(scene),
      ]
      const loose = await scene.givenMedia()
      await first.message.remove()
      await untilOnly(scene, second.sid, third.sid, loose.sid)
      await second.channel.remove()
      await untilOnly(scene, third.sid, loose.sid)
      await scene.rest.remove()
      await untilOnly(scene)
    })

    test('what no message took goes after a day', async () => {
      await using scene = await startMedia(store, {}, engine)
      const sent = await givenMessage(scene)
      const loose = await scene.givenMedia()
      expect(await collectAt(scene, Date.now() + DAY_MS - 60_000)).toEqual([])
      expect(hasFiles(scene, sent.sid, loose.sid)).toBe(true)
      expect(await collectAt(scene, Date.now() + DAY_MS + 1)).toEqual([])
      expect(await rowsOf(scene)).toEqual([sent.sid])
      expect(hasFiles(scene, sent.sid)).toBe(true)
      expect((await scene.get(`${scene.path}/${loose.sid}`)).status).toBe(404)
      await expect(sent.channel.messages.create({ mediaSid: loose.sid })).rejects.toMatchObject({
        code: 50507,
      })
    })
  })

  test('a message and the collector want a file at once: one of them gets it', async () => {
    await using scene = await startMedia('disk', {}, engine)
    const { sid } = await scene.rest.channels.create({})
    const records = await Promise.all(Array.from({ length: 10 }, () => scene.givenMedia()))
    const sendAll = records.map((record) =>
      scene.rest.channels(sid).messages.create({ mediaSid: record.sid }),
    )
    const [outcomes] = await Promise.all([
      Promise.allSettled(sendAll),
      collectAt(scene, Date.now() + 2 * DAY_MS),
    ])
    await collectAt(scene, Date.now() + 2 * DAY_MS)
    const kept = records.filter((_, i) => outcomes[i]?.status === 'fulfilled').map((record) => record.sid)
    expect(await rowsOf(scene)).toEqual(kept.toSorted())
    expect(hasFiles(scene, ...kept)).toBe(true)
  })
})

test.each(STORES)('on %s, what a dead process left of an upload goes after a day', async (store) => {
  await using scene = await startMedia(store)
  const { db } = scene.server.app.chat
  const upload = await startSlowUpload(`${scene.server.url}${scene.path}`, db, {
    headers: await scene.headersOf('alice'),
    first: Buffer.alloc(11_000_000),
    rest: Buffer.alloc(1),
  })
  await vi.waitUntil(() => scene.kept().length > 0, { timeout: 10_000 })
  // As another process sees the leavings of one that is gone.
  expect(await collectAt(scene, Date.now() + DAY_MS - 60_000)).toEqual([])
  expect(scene.kept()).toHaveLength(1)
  expect(await collectAt(scene, Date.now() + DAY_MS + 1)).toEqual([])
  expect([scene.kept(), await rowsOf(scene)]).toEqual([[], []])
  upload.cut()
})

test.each(STORES)('on %s, a file whose row says nothing of it yet goes after a day', async (store) => {
  await using scene = await startMedia(store)
  const { sid } = await scene.givenMedia()
  await scene.server.app.chat.db.transaction((tx) =>
    tx.run(sql`update media set uploaded_at = null, size = 0`),
  )
  expect(hasFiles(scene, sid)).toBe(true)
  expect(await collectAt(scene, Date.now() + DAY_MS + 1)).toEqual([])
  expect([scene.kept(), await rowsOf(scene)]).toEqual([[], []])
})

test('a file that cannot be deleted is tried again, and holds up no other', async () => {
  await using scene = await startMedia('s3')
  const bucket = scene.bucket as NonNullable<MediaScene['bucket']>
  const sids = [(await scene.givenMedia()).sid, (await scene.givenMedia()).sid]
  bucket.refuse = true
  const errors = await collectAt(scene, Date.now() + DAY_MS + 1)
  expect(errors).toHaveLength(2)
  expect(hasFiles(scene, ...sids)).toBe(true)
  expect((await scene.get(`${scene.path}/${sids[0]}`)).status).toBe(404)
  bucket.refuse = false
  expect(await collectAt(scene, Date.now())).toEqual([])
  expect([scene.kept(), await rowsOf(scene)]).toEqual([[], []])
})

test('a service that is deleted during an upload takes the file with it', async () => {
  await using scene = await startMedia()
  const upload = await startSlowUpload(`${scene.server.url}${scene.path}`, scene.server.app.chat.db, {
    headers: await scene.headersOf('the account'),
    first: Buffer.alloc(300_000),
    rest: Buffer.alloc(1),
  })
  await scene.rest.remove()
  await vi.waitUntil(
    async () => (await scene.server.app.chat.db.one(sql`select sid from services`)) === undefined,
    { timeout: 10_000 },
  )
  expect(await upload.finish()).toMatchObject({ status: 403, body: { code: 50050 } })
  await untilOnly(scene)
})
