// A process that dies in the middle of an upload, and what the next one finds.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { ENGINES, givenDatabase, givenFolder } from '../support/databases.ts'
import { serve } from '../support/process.ts'
import { CREDENTIALS } from '../support/raw-socket.ts'
import { officialClient } from '../support/server.ts'
import { startSlowUpload } from '../support/slow-upload.ts'
import { openExisting } from '../support/stores.ts'

test.each(ENGINES)('on %s, what was answered stays, and what was not goes within a day', async (engine) => {
  await using database = await givenDatabase(engine)
  await using files = await givenFolder()
  const env = { PARLEY_DATA_DIR: files.path }
  const sidsOfFiles = (): string[] => globSync('**/ME*', { cwd: join(files.path, 'media') }).map(nameOf)
  await using first = serve(database, env)
  const { address } = await first.listening()
  const service = await officialClient(address).chat.v2.services.create({ friendlyName: 'test' })
  const url = `${address}/v1/Services/${service.sid}/Media`
  const headers = { authorization: CREDENTIALS }
  const kept = await fetch(url, { method: 'POST', headers, body: 'kept' })
  const { sid } = (await kept.json()) as { sid: string }
  const db = await openExisting(database)
  await startSlowUpload(url, db, { headers, first: Buffer.alloc(3_000_000), rest: 'more' })
  await vi.waitUntil(() => sidsOfFiles().length === 2)
  first.kill('SIGKILL')
  await first.exit

  await db.transaction((tx) =>
    tx.run(sql`update media set created_at = created_at - 86400000 where uploaded_at is null`),
  )
  await using second = serve(database, env)
  const again = await second.listening()
  await vi.waitUntil(() => sidsOfFiles().length === 1, { timeout: 10_000 })
  expect(sidsOfFiles()).toEqual([sid])
  const content = await fetch(`${again.address}/v1/Services/${service.sid}/Media/${sid}/Content`, { headers })
  expect(await content.text()).toBe('kept')
  expect(await db.many(sql`select sid from media`)).toEqual([{ sid }])
  await db.close()
})

function nameOf(path: string): string {
  return path.split('/').at(-1) ?? ''
}
