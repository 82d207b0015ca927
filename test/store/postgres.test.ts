// Rows that are kept between requests on PostgreSQL, where other processes change them too.
import pg from 'pg'
import { expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { sql } from '../../src/store/sql.ts'
import { givenDatabase, type TestDatabase } from '../support/databases.ts'
import { openUnmigrated } from '../support/stores.ts'
import { until } from '../support/until.ts'

type Role = { name: string }

const insert = (db: Database, name: string) =>
  db.transaction((tx) => tx.run(sql`insert into roles (name) values (${name})`))
const newest = (db: Pick<Database, 'cached'>) =>
  db.cached<Role>(['roles'], sql`select name from roles order by name desc limit 1`)
/** A kept row is the very same object. */
const isKept = async (db: Database): Promise<boolean> => {
  const first = await newest(db)
  return first === (await newest(db))
}
const keeps = (db: Database) => until('a row that is kept', () => isKept(db))

/** Two processes on one database, both of which keep the row `a`. */
async function givenTwoProcesses() {
  const database = await givenDatabase('postgres')
  const [here, there] = [openUnmigrated(database.url), openUnmigrated(database.url)]
  await here.transaction((tx) => tx.script('create table roles (name text primary key)'))
  await insert(here, 'a')
  await Promise.all([keeps(here), keeps(there)])
  return {
    ...{ database, here, there },
    async [Symbol.asyncDispose]() {
      await Promise.all([here.close(), there.close()])
      await database[Symbol.asyncDispose]()
    },
  }
}

async function onDatabase({ url }: TestDatabase, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(statement)
  await client.end()
}

test('a kept row is read again at once by whoever has changed its table', async () => {
  await using scene = await givenTwoProcesses()
  for (const name of ['b', 'c', 'd']) {
    await insert(scene.here, name)
    expect(await newest(scene.here)).toEqual({ name })
    expect(await newest(scene.here)).toEqual({ name })
  }
})

test('other processes hear of the change, and keep the new row', async () => {
  await using scene = await givenTwoProcesses()
  await insert(scene.there, 'b')
  await until('the change', async () => (await newest(scene.here))?.name === 'b')
  await keeps(scene.here)
  await insert(scene.here, 'c')
  await until('the change', async () => (await newest(scene.there))?.name === 'c')
})

test('a transaction sees its own changes, and leaves no trace when it is undone', async () => {
  await using scene = await givenTwoProcesses()
  const { here } = scene
  const undone = here.transaction(async (tx) => {
    await tx.run(sql`insert into roles (name) values (${'b'})`)
    expect(await newest(tx)).toEqual({ name: 'b' })
    expect(await newest(here)).toEqual({ name: 'a' })
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await newest(here)).toEqual({ name: 'a' })
  await keeps(here)
})

test('a row that is read while it changes is not kept', async () => {
  await using scene = await givenTwoProcesses()
  const { here } = scene
  const seen = await here.transaction(async (tx) => {
    await tx.run(sql`insert into roles (name) values (${'b'})`)
    return newest(here)
  })
  expect(seen).toEqual({ name: 'a' })
  expect(await newest(here)).toEqual({ name: 'b' })
})

test('who can no longer hear keeps nothing, until it hears again', async () => {
  await using scene = await givenTwoProcesses()
  const listeners = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query = 'listen parley_changes'`
  await onDatabase(scene.database, listeners)
  await until('rows that are not kept', async () => !(await isKept(scene.here)))
  await insert(scene.there, 'b')
  expect(await newest(scene.here)).toEqual({ name: 'b' })
  await Promise.all([keeps(scene.here), keeps(scene.there)])
  await insert(scene.there, 'c')
  await until('the change', async () => (await newest(scene.here))?.name === 'c')
})

test('what is changed by hand is seen within seconds', async () => {
  await using scene = await givenTwoProcesses()
  await onDatabase(scene.database, `insert into roles (name) values ('z')`)
  await until('the change', async () => (await newest(scene.here))?.name === 'z')
})
