// How a query is put together before an engine sees it.
import { expect, test } from 'vitest'
import { flatten, inList, nothing, type Sql, sql } from '../../src/store/sql.ts'

/** The query as it goes to SQLite, with its values. */
function shown(query: Sql): { text: string; values: readonly unknown[] } {
  const { strings, values } = flatten(query)
  return { text: strings.join('?'), values }
}

test('values never become part of the text', () => {
  const name = `'; drop table users; --`

  expect(shown(sql`select * from users where name = ${name} and age > ${4}`)).toEqual({
    text: 'select * from users where name = ? and age > ?',
    values: [name, 4],
  })
  expect(shown(sql`select ${null}, ${''}, ${0}`)).toEqual({ text: 'select ?, ?, ?', values: [null, '', 0] })
  expect(shown(sql`select 1`)).toEqual({ text: 'select 1', values: [] })
})

test('fragments nest at the start, in the middle, side by side, at the end and in each other', () => {
  const column = sql`age`
  const inner = sql`${column} > ${1}`
  const condition = sql`(${inner} or ${sql`name = ${'x'}`})`

  expect(shown(sql`${sql`select ${0}`} from t`)).toEqual({ text: 'select ? from t', values: [0] })
  expect(shown(sql`select * from t where ${condition} and b = ${2}`)).toEqual({
    text: 'select * from t where (age > ? or name = ?) and b = ?',
    values: [1, 'x', 2],
  })
  expect(shown(sql`a${sql`b${1}c`}${sql`d${2}e`}f`)).toEqual({ text: 'ab?cd?ef', values: [1, 2] })
  expect(shown(sql`select * from t ${sql`limit ${3}`}`)).toEqual({
    text: 'select * from t limit ?',
    values: [3],
  })
  expect(shown(sql`select 1 ${nothing}`)).toEqual({ text: 'select 1 ', values: [] })
})

test('a query without fragments stays the same object, so that its statement is prepared once per call site', () => {
  const query = (value: number): Sql => sql`select ${value}`
  const first = query(1)

  expect(flatten(first)).toBe(first)
  expect(flatten(query(2)).strings).toBe(flatten(first).strings)
  expect(flatten(sql`select ${sql`1`}`).values).toEqual([])
})

test('a flattened query does not change the fragments it was made from', () => {
  const fragment = sql`b = ${2}`
  const before = structuredClone(fragment)
  const query = sql`select ${1} where ${fragment} and ${fragment}`

  expect(shown(query)).toEqual(shown(query))
  expect(shown(query).values).toEqual([1, 2, 2])
  expect(fragment).toEqual(before)
})

test('lists of many lengths share few texts and hold no other values than those given', () => {
  const lists = Array.from({ length: 100 }, (_, i) => Array.from({ length: i + 1 }, (_, n) => `v${n}`))
  const queries = lists.map((list) => shown(sql`select * from t where a in ${inList(list)}`))

  expect(new Set(queries.map(({ text }) => text)).size).toBe(8)
  for (const [i, { text, values }] of queries.entries()) {
    expect(new Set(values)).toEqual(new Set(lists[i]))
    expect(text).toBe(`select * from t where a in (${values.map(() => '?').join(', ')})`)
  }
  expect(shown(inList(['only']))).toEqual({ text: '(?)', values: ['only'] })
  expect(shown(inList([null, 0]))).toEqual({ text: '(?, ?)', values: [null, 0] })
})
