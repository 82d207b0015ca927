import { existsSync } from 'node:fs'
import type { DatabaseSettings } from '../store/open.ts'
import { UsageError } from './run.ts'

/** For commands on what is there, which must not make a database of their own. Throws UsageError. */
export function requireDatabase(database: DatabaseSettings): void {
  if (database.engine === 'sqlite' && database.path !== ':memory:' && !existsSync(database.path)) {
    throw new UsageError(
      `There is no database at ${database.path}. Set DATABASE_URL to the server's database.`,
    )
  }
}
