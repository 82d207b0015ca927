import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Config, readConfig } from '../config.ts'
import { backupSqlite } from '../store/backup.ts'
import { requireDatabase } from './require-database.ts'
import { UsageError } from './run.ts'

/**
 * Copies the embedded database to a file, also while the server runs, and prints the file's name on standard output. For
 * PostgreSQL it says which command does it. Throws UsageError, ConfigError.
 */
export async function backUp(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const config = readConfig(env)
  const target = readTarget(args)
  if (config.database.engine === 'postgres') {
    throw new UsageError(
      `PostgreSQL has its own tool for this:\n\n  ${pgDump(config.database.url)}\n\n${alsoCopy(config)}`,
    )
  }
  const { path } = config.database
  if (path === ':memory:') throw new UsageError('A database in memory cannot be copied by another process.')
  requireDatabase(config.database)
  if (existsSync(target)) throw new UsageError(`${target} exists already. Name another file.`)
  const bytes = await backupSqlite(path, target)
  process.stdout.write(`${target}\n`)
  process.stderr.write(`${(bytes / 1e6).toFixed(1)} MB, checked. ${alsoCopy(config)}\n`)
}

function readTarget(args: readonly string[]): string {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    if (positionals.length > 1) throw new UsageError('parley backup takes the name of one file.')
    if (positionals[0] === '') throw new UsageError('parley backup needs the name of a file.')
    return positionals[0] ?? `parley-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.db`
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message)
  }
}

/** Without the password: pg_dump asks for it, or takes PGPASSWORD. */
function pgDump(databaseUrl: string): string {
  const url = new URL(databaseUrl)
  url.password = ''
  url.searchParams.delete('password')
  return `pg_dump --format=custom --file=parley.dump '${url.href}'`
}

function alsoCopy({ media }: Config): string {
  return media.kind === 'disk'
    ? `Media are files in ${media.folder}: copy that folder as well.`
    : `Media are objects in the bucket ${media.bucket}: back them up there.`
}
