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

export type Claim = { isAlone: boolean; release(): void }

/** Tells whether another server has an embedded database, and others, until the release, that this one has it. Commands beside the server claim nothing. */
export function claimDatabase(settings: DatabaseSettings): Claim {
  if (settings.engine === 'postgres' || settings.path === IN_MEMORY) return { isAlone: true, release() {} }
  const release = lockSqlite(settings.path)
  return { isAlone: release !== undefined, release: release ?? (() => {}) }
}
