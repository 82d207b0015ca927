// What only the embedded engine promises: see decision 2.
import { stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Database, DatabaseUnavailable } from '../../src/store/database.ts'
import { sql } from '../../src/store/sql.ts'
import { openFile, openSqlite } from '../../src/store/sqlite.ts'
import { givenFolder } from '../support/databases.ts'
import { createSlowDisk } from '../support/slow-disk.ts'
import { until } from '../support/until.ts'

type Thing = { name: string }

const insert = (db: Database, name: string) =>
  db.transaction((tx) => tx.run(sql`insert into roles (name) values (${name})`))
const names = async (db: Database) =>
  (await db.many<Thing>(sql`select name from roles order by name`)).map(({ name }) => name)
const newest = (db: Pick<Database, 'cached'>) =>
  db.cached<Thing>(['roles'], sql`select name from roles order by name desc limit 1`)

/** A database whose commits come to disk when told to. */
async function givenSlowDisk() {
  const folder = await givenFolder()
  const disk = createSlowDisk()
  const db = openFile(join(folder.path, 'parley.db'), { disk })
  await db.transaction((tx) => tx.script('create table roles (name text primary key)'))
  return {
    ...{ ...disk, db },
    async [Symbol.asyncDispose]() {
      disk.end()
      await db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function givenFile() {
  const folder = await givenFolder()
  const path = join(folder.path, 'parley.db')
  const db = openFile(path, { busyMs: 500 })
  await db.transaction((tx) => tx.script('create table roles (name text primary key)'))
  return {
    path,
    db,
    async [Symbol.asyncDispose]() {
      await db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** For what must not happen: long enough for anything that is not held back. */
const aMoment = () => sleep(30)

test('nothing is answered, and nothing is read, before it is on disk', async () => {
  await using disk = await givenSlowDisk()
  disk.slow()
  let answered = false
  const change = insert(disk.db, 'a').then(() => {
    answered = true
  })
  await disk.underway()
  await aMoment()
  expect([answered, await names(disk.db), await newest(disk.db)]).toEqual([false, [], undefined])
  disk.arrive()
  await change
  expect([await names(disk.db), await newest(disk.db)]).toEqual([['a'], { name: 'a' }])
})

test('the next transactions run while one is on its way to the disk, and wait for their own', async () => {
  await using disk = await givenSlowDisk()
  disk.slow()
  const first = insert(disk.db, 'a')
  await disk.underway()
  let seen: number | undefined
  let answered = false
  const second = disk.db
    .transaction(async (tx) => {
      seen = (await tx.many(sql`select name from roles`)).length
      await tx.run(sql`insert into roles (name) values (${'b'})`)
    })
    .then(() => {
      answered = true
    })
  await until('the second', () => seen !== undefined)
  expect(seen).toBe(1)
  disk.arrive()
  await first
  await disk.underway()
  expect([answered, await names(disk.db)]).toEqual([false, ['a']])
  disk.arrive()
  await second
  expect(await names(disk.db)).toEqual(['a', 'b'])
})

test('an error is not told before what it rests on is on disk', async () => {
  await using disk = await givenSlowDisk()
  disk.slow()
  const first = insert(disk.db, 'a')
  await disk.underway()
  let refused = false
  const second = insert(disk.db, 'a').catch(() => {
    refused = true
  })
  await aMoment()
  expect(refused).toBe(false)
  disk.arrive()
  await first
  await disk.underway()
  disk.arrive()
  await second
  expect(refused).toBe(true)
})

test('once the disk has failed, no change is taken any more, and reads see what was there before', async () => {
  await using disk = await givenSlowDisk()
  await insert(disk.db, 'a')
  disk.slow()
  const lost = insert(disk.db, 'b')
  const refused = expect(lost).rejects.toBeInstanceOf(DatabaseUnavailable)
  await disk.underway()
  disk.fail()
  await refused
  await expect(insert(disk.db, 'c')).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect(await names(disk.db)).toEqual(['a'])
})

test('a cached row is the same until its table changes', async () => {
  await using file = await givenFile()
  const { db } = file
  await insert(db, 'a')
  const first = await newest(db)
  expect(await newest(db)).toBe(first)
  await insert(db, 'b')
  expect(await newest(db)).toEqual({ name: 'b' })
})

test('a transaction sees its own changes through the cache, and leaves no trace when it is undone', async () => {
  await using file = await givenFile()
  const { db } = file
  await insert(db, 'a')
  await newest(db)
  const undone = db.transaction(async (tx) => {
    await tx.run(sql`insert into roles (name) values (${'b'})`)
    expect(await newest(tx)).toEqual({ name: 'b' })
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await newest(db)).toEqual({ name: 'a' })
})

test('what another process changes is seen through the cache', async () => {
  await using file = await givenFile()
  await insert(file.db, 'a')
  await newest(file.db)
  const other = new DatabaseSync(file.path)
  other.exec(`insert into roles (name) values ('b')`)
  other.close()
  await nextTurn()
  expect(await newest(file.db)).toEqual({ name: 'b' })
})

test('a link to the file is as good as the file', async () => {
  await using file = await givenFile()
  await insert(file.db, 'a')
  await file.db.close()
  const link = `${file.path}.link`
  await symlink(file.path, link)
  const db = openSqlite(link)
  await insert(db, 'b')
  expect(await names(db)).toEqual(['a', 'b'])
  await db.close()
})

test('the file may grow and shrink beneath its readers', async () => {
  await using file = await givenFile()
  const other = new DatabaseSync(file.path)
  for (const count of [3, 20_000, 5]) {
    other.exec(`delete from roles; insert into roles
      with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < ${count})
      select format('%05d', n) from numbers`)
    other.exec('vacuum; pragma wal_checkpoint(truncate)')
    expect(await names(file.db)).toHaveLength(count)
    await nextTurn()
  }
  other.close()
})

test('the log does not grow without end while changes never pause', async () => {
  await using file = await givenFile()
  const sizeAfter = async (from: number, until: number): Promise<number> => {
    let next = from
    const writer = async (): Promise<void> => {
      while (next < until) {
        await insert(file.db, `thing ${next++}`)
        await newest(file.db)
      }
    }
    await Promise.all(Array.from({ length: 100 }, writer))
    return (await stat(`${file.path}-wal`)).size
  }
  const early = await sizeAfter(0, 10_000)
  expect(await sizeAfter(10_000, 40_000)).toBeLessThan(2 * early)
})

test('while another program holds the file, changes are refused after a while, and taken again later', async () => {
  await using file = await givenFile()
  const other = new DatabaseSync(file.path)
  other.exec('begin immediate')
  await expect(insert(file.db, 'a')).rejects.toBeInstanceOf(DatabaseUnavailable)
  other.exec('rollback')
  other.close()
  await insert(file.db, 'b')
  expect(await names(file.db)).toEqual(['b'])
})
