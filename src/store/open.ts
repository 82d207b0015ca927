import type { Database } from './database.ts'
import { migrate, type OnUpgrade } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'

export type DatabaseSettings = { engine: 'sqlite'; path: string } | { engine: 'postgres'; url: string }

/** Opens the database and brings it to the current schema. Throws NewerSchema, or DatabaseUnavailable. */
export async function openDatabase(settings: DatabaseSettings, onUpgrade?: OnUpgrade): Promise<Database> {
  const db = settings.engine === 'sqlite' ? openSqlite(settings.path) : openPostgres(settings.url)
  try {
    await migrate(db, undefined, onUpgrade)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}
