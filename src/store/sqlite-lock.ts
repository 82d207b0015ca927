// Who else serves a database file: what happens in a process is told to the clients of that process alone.
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SQLITE_BUSY = 5

/**
 * Makes this process the server of the database file at `path` until the function that it returns is called, or the process
 * ends in whatever way: the lock is SQLite's own, on an empty file beside the database. Undefined where another server has it.
 */
export function lockSqlite(path: string): (() => void) | undefined {
  mkdirSync(dirname(path), { recursive: true })
  // A link to the file is the same database.
  const file = existsSync(path) ? realpathSync(path) : path
  const lock = new DatabaseSync(`${file}-lock`, { timeout: 0 })
  try {
    lock.exec('begin exclusive')
    return () => lock.close()
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw error
  }
}
