// Bringing a database to the schema of the program.
import { describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { type Migration, migrate, NewerSchema } from '../../src/store/migrate.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import { runParley, serve } from '../support/process.ts'
import { givenEmptyStore, openExisting, openUnmigrated } from '../support/stores.ts'

type Applied = { version: number; name: string; appliedAt: number }

function applied(db: Database): Promise<Applied[]> {
  return db.many<Applied>(sql`select * from migrations order by version`)
}

const first: Migration = { version: 1, name: '0001-first.sql', text: 'create table a (x integer);' }
const second: Migration = {
  version: 2,
  name: '0002-second.sql',
  text: `alter table a add column y text; insert into a (x, y) values (1, 'one; two');`,
}

describe.each(ENGINES)('%s', (engine) => {
  test('a fresh database gets every table once and is left alone afterwards', async () => {
    await using database = await givenDatabase(engine)
    const db = await openExisting(database)
    const migrations = await applied(db)

    expect(migrations[0]).toMatchObject({ version: 1, name: '0001-first.sql' })
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
    expect(await db.many(sql`select * from accounts`)).toEqual([])
    expect(await db.many(sql`select * from messages`)).toEqual([])
    expect(await migrate(db)).toBe(0)
    await db.close()
    const again = await openExisting(database)
    expect(await applied(again)).toEqual(migrations)
    await again.close()
  })

  test('migrations run in order, each once, and later ones run later', async () => {
    await using store = await givenEmptyStore(engine)
    const { db } = store

    const told: string[] = []
    const run = (...migrations: Migration[]) => migrate(db, migrations, (name) => told.push(name))
    expect(await run(first)).toBe(1)
    expect(await run(first, second)).toBe(1)
    expect(await run(first, second)).toBe(0)
    expect(new Set(told)).toEqual(new Set([second.name]))
    expect(await db.many(sql`select * from a`)).toEqual([{ x: 1, y: 'one; two' }])
    expect((await applied(db)).map(({ name }) => name)).toEqual([first.name, second.name])
  })

  test('a migration that fails leaves nothing half-made, and the ones before it stay', async () => {
    await using store = await givenEmptyStore(engine)
    const { db } = store
    const broken: Migration = {
      version: 2,
      name: '0002-broken.sql',
      text: 'create table b (x integer); insert into a (x) values (5); insert into missing_table values (1);',
    }

    await expect(migrate(db, [{ ...broken, version: 1 }])).rejects.toThrow()
    await expect(db.many(sql`select * from b`)).rejects.toThrow()
    await expect(db.many(sql`select * from migrations`)).rejects.toThrow()

    await expect(migrate(db, [first, broken])).rejects.toThrow('missing_table')
    expect((await applied(db)).map(({ name }) => name)).toEqual([first.name])
    expect(await db.many(sql`select * from a`)).toEqual([])
    await expect(db.many(sql`select * from b`)).rejects.toThrow()

    expect(await migrate(db, [first, second])).toBe(1)
  })

  test('a schema newer than the program is refused with advice, and left as it is', async () => {
    await using database = await givenDatabase(engine)
    const db = await openExisting(database)
    await db.transaction((tx) =>
      tx.run(sql`insert into migrations (version, name, applied_at) values (9999, ${'9999-future.sql'}, 1)`),
    )
    const before = await applied(db)
    await db.close()
    const refusal = await openExisting(database).catch((error: Error) => error)

    expect(refusal).toBeInstanceOf(NewerSchema)
    expect(String(refusal)).toMatch(/schema 9999.*newer program.*backup/)
    const started = await runParley(['serve'], { DATABASE_URL: database.url, PORT: '0' })
    expect(started).toMatchObject({ code: 1, stdout: '' })
    expect(started.stderr).toMatch(/schema 9999.*newer program/)
    const untouched = openUnmigrated(database.url)
    expect(await applied(untouched)).toEqual(before)
    await untouched.close()
  })

  test('a fresh database opened many times at once is migrated once', async () => {
    await using database = await givenDatabase(engine)
    const opened = await Promise.all(Array.from({ length: 6 }, () => openExisting(database)))

    for (const db of opened) {
      const migrations = await applied(db)
      expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
      expect(migrations).toEqual(await applied(opened[0] as Database))
    }
    await Promise.all(opened.map((db) => db.close()))
  })

  test('processes that start together on a fresh database migrate it once and share one account', async () => {
    await using database = await givenDatabase(engine)
    const start = () => serve(database, { PARLEY_AUTH_TOKEN: '', PARLEY_ACCOUNT_SID: '' })
    await using a = start()
    await using b = start()
    await using c = start()
    const together = [a, b, c]
    await Promise.all(together.map((parley) => parley.listening()))

    const shown = together.flatMap(({ lines }) => lines.filter((line) => line.includes('AUTH_TOKEN')))
    expect(shown).toHaveLength(1)
    const db = await openExisting(database)
    const migrations = await applied(db)
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => i + 1))
    expect(await db.one(sql`select count(*) as accounts from accounts`)).toEqual({ accounts: 1 })
    await db.close()
  })
})
