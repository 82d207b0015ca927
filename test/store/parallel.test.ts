// Reads and writes that run at the same time, and the end of it all.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { type Database, DatabaseUnavailable } from '../../src/store/database.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import { givenEmptyStore, openExisting, openUnmigrated, type TestStore } from '../support/stores.ts'

const STORES = [...ENGINES, 'memory'] as const

/** Two accounts with 1000 each. */
async function givenAccounts(engine: (typeof STORES)[number]): Promise<TestStore> {
  const store = await givenEmptyStore(engine)
  await store.db.transaction(async (tx) => {
    await tx.script('create table balances (name text primary key, amount bigint not null)')
    await tx.run(sql`insert into balances (name, amount) values (${'a'}, 1000), (${'b'}, 1000)`)
  })
  return store
}

/** Reads both amounts, locked, then writes what they become. */
function move(db: Database, from: string, to: string): Promise<number> {
  return db.transaction(async (tx) => {
    const source = await tx.one<{ amount: number }>(
      sql`select amount from balances where name = ${from} ${tx.forUpdate}`,
    )
    const target = await tx.one<{ amount: number }>(
      sql`select amount from balances where name = ${to} ${tx.forUpdate}`,
    )
    if (!source || !target) throw new Error('an account is missing')
    await tx.run(sql`update balances set amount = ${source.amount - 1} where name = ${from}`)
    await tx.run(sql`update balances set amount = ${target.amount + 1} where name = ${to}`)
    return source.amount
  })
}

async function amounts(db: Pick<Database, 'many'>): Promise<number[]> {
  const rows = await db.many<{ amount: number }>(sql`select amount from balances order by name`)
  return rows.map(({ amount }) => amount)
}

describe.each(STORES)('%s', (engine) => {
  test('of many transactions on the same rows none loses the change of another', async () => {
    await using store = await givenAccounts(engine)
    const before = await Promise.all(Array.from({ length: 200 }, () => move(store.db, 'a', 'b')))

    expect(before.toSorted((a, b) => b - a)).toEqual(Array.from({ length: 200 }, (_, i) => 1000 - i))
    expect(await amounts(store.db)).toEqual([800, 1200])
  })

  test('transactions that take the same rows in opposite order all come through', async () => {
    await using store = await givenAccounts(engine)
    await Promise.all([move(store.db, 'a', 'b'), move(store.db, 'b', 'a'), move(store.db, 'a', 'b')])

    expect(await amounts(store.db)).toEqual([999, 1001])
  })

  test('reads during writes are answered and see each transaction whole', async () => {
    await using store = await givenAccounts(engine)
    const { db } = store
    const sums: number[] = []
    let writing = true
    const reader = async (): Promise<void> => {
      while (writing) {
        sums.push((await amounts(db)).reduce((a, b) => a + b))
        await nextTurn()
      }
    }
    const readers = [reader(), reader(), reader()]
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, () => move(db, 'a', 'b')))
    }
    writing = false
    await Promise.all(readers)

    expect(sums.length).toBeGreaterThan(3)
    expect(new Set(sums)).toEqual(new Set([2000]))
    expect(await amounts(db)).toEqual([800, 1200])
  })

  test('what is undone was never seen by anyone else', async () => {
    await using store = await givenAccounts(engine)
    const { db } = store
    const seen: Promise<number[]>[] = []
    const undone = db.transaction(async (tx) => {
      await tx.run(sql`update balances set amount = 0`)
      seen.push(amounts(db))
      expect(await amounts(tx)).toEqual([0, 0])
      seen.push(amounts(db))
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')

    expect(await Promise.all(seen)).toEqual([
      [1000, 1000],
      [1000, 1000],
    ])
  })
})

describe.each(ENGINES)('%s', (engine) => {
  test('a read beside a transaction is answered at once, from before it', async () => {
    await using store = await givenAccounts(engine)
    const { db } = store
    await db.transaction(async (tx) => {
      await tx.run(sql`update balances set amount = 0 where name = ${'a'}`)
      expect(await amounts(db)).toEqual([1000, 1000])
    })

    expect(await amounts(db)).toEqual([0, 1000])
  })

  test('closing waits for the transactions that run, and then takes no more', async () => {
    await using database = await givenDatabase(engine)
    const db = openUnmigrated(database.url)
    await db.transaction((tx) => tx.script('create table steps (step integer primary key)'))
    const begun = Promise.withResolvers<void>()
    const running = db.transaction(async (tx) => {
      begun.resolve()
      for (let step = 0; step < 50; step++) await tx.run(sql`insert into steps (step) values (${step})`)
      return 'kept'
    })
    await begun.promise
    const closed = db.close()

    expect(await running).toBe('kept')
    await closed
    await expect(db.transaction(async () => 'too late')).rejects.toThrow()
    const again = openUnmigrated(database.url)
    expect(await again.one(sql`select count(*) as steps from steps`)).toEqual({ steps: 50 })
    await again.close()
  })
})

test('a PostgreSQL that nobody can reach is a DatabaseUnavailable', async () => {
  const url = 'postgres://someone:hidden@127.0.0.1:1/nothing'
  const failure = await openExisting({ url }).catch((error: Error) => error)

  expect(failure).toBeInstanceOf(DatabaseUnavailable)
  expect(String(failure)).not.toContain('hidden')
})
