// One server for each database file: what happens in a process is told to the clients of that process alone.
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A server that is about to end may take this long. */
const PATIENCE_MS = 2_000
const SQLITE_BUSY = 5

/** Another server works with the database; the message says what to do. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'
}

/**
 * Keeps other servers from the database file at `path` until the function that it returns is called, or the process ends in
 * whatever way: the lock is SQLite's own, on an empty file beside the database. Throws DatabaseInUse.
 */
export function lockSqlite(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true })
  // A link to the file is the same database.
  const file = existsSync(path) ? realpathSync(path) : path
  const lock = new DatabaseSync(`${file}-lock`, { timeout: PATIENCE_MS })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw new DatabaseInUse(
      `another server uses ${path}. Stop it first, or set DATABASE_URL to another file, or to a PostgreSQL, which several can share.`,
    )
  }
  return () => lock.close()
}
