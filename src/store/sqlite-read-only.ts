import { DatabaseSync } from 'node:sqlite'
import type { Database } from './database.ts'
import { flatten, type Sql } from './sql.ts'
import { BUSY_TIMEOUT_MS } from './sqlite-connection.ts'

/** The database file at `path`, of which nothing is changed: columns keep their names. */
export function openReadOnly(path: string): Pick<Database, 'engine' | 'one' | 'many' | 'close'> {
  const db = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  const many = async <Row>(query: Sql): Promise<Row[]> => {
    const { strings, values } = flatten(query)
    return db.prepare(strings.join('?')).all(...values) as Row[]
  }
  return {
    engine: 'sqlite',
    many,
    one: async <Row>(query: Sql) => (await many<Row>(query))[0],
    close: async () => db.close(),
  }
}
