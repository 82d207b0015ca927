// Databases opened without a server around them.
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/store/database.ts'
import { openDatabase } from '../../src/store/open.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import { type Engine, givenDatabase, type TestDatabase } from './databases.ts'

export type TestStore = AsyncDisposable & { db: Database }

/** A fresh database with the current schema. */
export async function givenStore(engine: Engine): Promise<TestStore> {
  return ownStore(await givenDatabase(engine), openExisting)
}

/** A fresh database without any table; `memory` is `sqlite::memory:`. */
export async function givenEmptyStore(engine: Engine | 'memory'): Promise<TestStore> {
  if (engine === 'memory') {
    const db = openSqlite(':memory:')
    return { db, [Symbol.asyncDispose]: () => db.close() }
  }
  return ownStore(await givenDatabase(engine), async ({ url }) => openUnmigrated(url))
}

/** Opens a database as the server does. */
export function openExisting({ url }: Pick<TestDatabase, 'url'>): Promise<Database> {
  return openDatabase(readConfig({ DATABASE_URL: url }).database)
}

export function openUnmigrated(url: string): Database {
  const settings = readConfig({ DATABASE_URL: url }).database
  return settings.engine === 'sqlite' ? openSqlite(settings.path) : openPostgres(settings.url)
}

async function ownStore(
  database: TestDatabase,
  open: (database: TestDatabase) => Promise<Database>,
): Promise<TestStore> {
  const db = await open(database)
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db.close()
      await database[Symbol.asyncDispose]()
    },
  }
}
