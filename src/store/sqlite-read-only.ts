import { DatabaseSync } from 'node:sqlite'
import { type Database, type Queryable, rowMaker } from './database.ts'
import { flatten, type Sql } from './sql.ts'
import { BUSY_TIMEOUT_MS } from './sqlite-connection.ts'

/** The database file at `path`, of which nothing is changed. */
export function openReadOnly(path: string): Queryable & Pick<Database, 'engine' | 'close'> {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  const many = async <Row>(query: Sql): Promise<Row[]> => {
    const { strings, values } = flatten(query)
    const statement = db.prepare(strings.join('?'))
    statement.setReturnArrays(true)
    const makeRow = rowMaker(statement.columns().map(({ name }) => name))
    return (statement.all(...values) as unknown as unknown[][]).map(makeRow) as Row[]
  }
  const one = async <Row>(query: Sql): Promise<Row | undefined> => (await many<Row>(query))[0]
  return {
    engine: 'sqlite',
    many,
    one,
    cached: (_tables, query) => one(query),
    cachedMany: (_tables, query) => many(query),
    close: async () => db.close(),
  }
}
