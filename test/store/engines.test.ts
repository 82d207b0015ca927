// What both engines promise (src/store/database.ts), and the memory database with them.
import { describe, expect, test } from 'vitest'
import { type Database, type Tx, UniqueViolation } from '../../src/store/database.ts'
import { inList, nothing, sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { givenEmptyStore, type TestStore } from '../support/stores.ts'

const STORES = [...ENGINES, 'memory'] as const
const SCHEMA = `
  create table things (id integer primary key, long_name text, big_number bigint);
  create unique index things_by_name on things (long_name);
  create table long_things (id integer primary key, content text);
  create table strict_things (id integer primary key, needed text not null);`

type Thing = { id: number; longName: string | null; bigNumber: number | null }

async function givenThings(engine: (typeof STORES)[number]): Promise<TestStore> {
  const store = await givenEmptyStore(engine)
  await store.db.transaction((tx) => tx.script(SCHEMA))
  return store
}

function add(tx: Tx, id: number, longName: string | null = null, bigNumber: number | null = null) {
  return tx.run(sql`insert into things (id, long_name, big_number) values (${id}, ${longName}, ${bigNumber})`)
}

async function ids(db: Pick<Database, 'many'>): Promise<number[]> {
  return (await db.many<{ id: number }>(sql`select id from things order by id`)).map(({ id }) => id)
}

describe.each(STORES)('%s', (engine) => {
  test('rows come back with camel case names, as they were written', async () => {
    await using store = await givenThings(engine)
    const things: Thing[] = [
      { id: 1, longName: '', bigNumber: 0 },
      { id: 2, longName: null, bigNumber: null },
      { id: -3, longName: `quote ' " \` $1 ? :a\n\t\\`, bigNumber: -1 },
      { id: 4, longName: 'Zoë ß Ελ שלום 你好 👩‍👩‍👧 e\u0301', bigNumber: 2 ** 31 },
      { id: 5, longName: ' ', bigNumber: Number.MAX_SAFE_INTEGER },
      { id: 2 ** 31 - 1, longName: 'undefined', bigNumber: Number.MIN_SAFE_INTEGER },
    ]
    await store.db.transaction(async (tx) => {
      for (const { id, longName, bigNumber } of things) await add(tx, id, longName, bigNumber)
    })

    const rows = await store.db.many<Thing>(sql`select * from things`)
    expect(rows.toSorted((a, b) => a.id - b.id)).toEqual(things.toSorted((a, b) => a.id - b.id))
    const content = '🙂'.repeat(100_000)
    await store.db.transaction((tx) => tx.run(sql`insert into long_things values (${1}, ${content})`))
    expect(await store.db.one(sql`select * from long_things`)).toEqual({ id: 1, content })
    expect(await store.db.one(sql`select id as a_very_long_name from things where id = ${4}`)).toEqual({
      aVeryLongName: 4,
    })
    expect(await store.db.one(sql`select count(*) as how_many from things`)).toEqual({ howMany: 6 })
  })

  test('one gives the first row or nothing, many gives all, run tells how many rows it changed', async () => {
    await using store = await givenThings(engine)
    const { db } = store
    const changes = await db.transaction(async (tx) => [
      await add(tx, 1),
      await add(tx, 2),
      await add(tx, 3),
      await tx.run(sql`update things set big_number = ${7} where id > ${1}`),
      await tx.run(sql`delete from things where id = ${99}`),
      await tx.run(sql`insert into things (id) values (${1}) on conflict (id) do nothing`),
    ])

    expect(changes).toEqual([1, 1, 1, 2, 0, 0])
    expect(await db.one(sql`select id from things order by id desc`)).toEqual({ id: 3 })
    expect(await db.one(sql`select id from things where id = ${99}`)).toBeUndefined()
    expect(await db.many(sql`select id from things where id = ${99}`)).toEqual([])
    expect(
      await db.transaction((tx) => tx.one(sql`update things set id = ${9} where id = ${1} returning id`)),
    ).toEqual({ id: 9 })
  })

  test('one call site serves other values and other fragments each time', async () => {
    await using store = await givenThings(engine)
    await store.db.transaction(async (tx) => {
      for (let id = 1; id <= 12; id++) await add(tx, id, `n${id}`)
    })
    const find = async (wanted: number[], name: string | null): Promise<number[]> => {
      const named = name === null ? nothing : sql`and long_name = ${name}`
      const rows = await store.db.many<{ id: number }>(
        sql`select id from things where id in ${inList(wanted)} ${named} order by id`,
      )
      return rows.map(({ id }) => id)
    }

    for (let round = 0; round < 2; round++) {
      for (let length = 1; length <= 9; length++) {
        const wanted = Array.from({ length }, (_, i) => i + 2)
        expect(await find(wanted, null)).toEqual(wanted)
        expect(await find(wanted, 'n2')).toEqual([2])
        expect(await find(wanted, 'n1')).toEqual([])
      }
    }
  })

  test('a transaction is kept whole or not at all', async () => {
    await using store = await givenThings(engine)
    const { db } = store

    expect(await db.transaction(async (tx) => `${await add(tx, 1)}${await add(tx, 2)}`)).toBe('11')
    const failure = new Error('changed my mind')
    const failed = db.transaction(async (tx) => {
      await add(tx, 3)
      await tx.run(sql`delete from things where id = ${1}`)
      expect(await ids(tx)).toEqual([2, 3])
      throw failure
    })

    await expect(failed).rejects.toBe(failure)
    expect(await ids(db)).toEqual([1, 2])
  })

  test('an error in one of many transactions at once undoes that one and no other', async () => {
    await using store = await givenThings(engine)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, id) =>
        store.db.transaction(async (tx) => {
          await add(tx, id)
          if (id % 3 === 1) throw new Error(`no ${id}`)
          if (id % 3 === 2) await add(tx, id)
          return id
        }),
      ),
    )

    expect(outcomes.map(({ status }) => status)).toEqual(
      outcomes.map((_, id) => (id % 3 === 0 ? 'fulfilled' : 'rejected')),
    )
    expect(outcomes[0]).toMatchObject({ value: 0 })
    expect(outcomes[1]).toMatchObject({ reason: { message: 'no 1' } })
    expect(outcomes[2]).toMatchObject({ reason: { name: 'UniqueViolation' } })
    expect(await ids(store.db)).toEqual(outcomes.map((_, id) => id).filter((id) => id % 3 === 0))
  })

  test('only a refusal by a unique index is a UniqueViolation', async () => {
    await using store = await givenThings(engine)
    const { db } = store
    await db.transaction((tx) => add(tx, 1, 'taken'))

    await expect(db.transaction((tx) => add(tx, 1, 'free'))).rejects.toBeInstanceOf(UniqueViolation)
    const sameName = await db.transaction((tx) => add(tx, 2, 'taken')).catch((error: Error) => error)
    expect(sameName).toBeInstanceOf(UniqueViolation)
    expect((sameName as Error).cause).toBeInstanceOf(Error)

    const notNull = db.transaction((tx) => tx.run(sql`insert into strict_things (id) values (${1})`))
    await expect(notNull).rejects.toThrow(/null/i)
    await expect(notNull).rejects.not.toBeInstanceOf(UniqueViolation)
    await expect(db.many(sql`select * from missing_table`)).rejects.toThrow('missing_table')
    expect(await ids(db)).toEqual([1])
  })

  test('when the work swallows an error, the transaction does not pretend to have kept what it lost', async () => {
    await using store = await givenThings(engine)
    const { db } = store
    await db.transaction((tx) => add(tx, 1))
    const outcome = await db
      .transaction(async (tx) => {
        await add(tx, 2)
        await add(tx, 1).catch(() => 'swallowed')
      })
      .then(
        () => 'kept',
        () => 'refused',
      )

    expect(await ids(db)).toEqual(outcome === 'kept' ? [1, 2] : [1])
  })

  test('a transaction that has ended cannot be used any more', async () => {
    await using store = await givenThings(engine)
    const finished: Tx[] = []
    await store.db.transaction(async (tx) => {
      finished.push(tx)
    })
    const failed = store.db.transaction(async (tx) => {
      finished.push(tx)
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')

    for (const tx of finished) {
      await expect(add(tx, 1)).rejects.toThrow('ended')
      await expect(tx.one(sql`select 1 as one`)).rejects.toThrow('ended')
      await expect(tx.many(sql`select 1 as one`)).rejects.toThrow('ended')
      await expect(tx.script('delete from things')).rejects.toThrow('ended')
    }
    expect(finished).toHaveLength(2)
    expect(await ids(store.db)).toEqual([])
  })
})
