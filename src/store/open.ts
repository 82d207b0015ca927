import type { Database } from './database.ts'
import { migrate, type OnUpgrade } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { IN_MEMORY, openSqlite } from './sqlite.ts'
import { lockSqlite } from './sqlite-lock.ts'

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

/**
 * Makes this process the only server of an embedded database, until the function that it returns is called. Commands beside
 * the server need no claim. Throws DatabaseInUse.
 */
export function claimDatabase(settings: DatabaseSettings): () => Promise<void> {
  if (settings.engine === 'postgres' || settings.path === IN_MEMORY) return async () => {}
  const unlock = lockSqlite(settings.path)
  return async () => unlock()
}
