// Brings a database to this program's schema: forward only, one transaction for each step.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Tx } from './database.ts'
import { sql } from './sql.ts'

const FOLDER = join(import.meta.dirname, 'migrations')

export type Migration = { version: number; name: string; text: string }

/** The database was written by a newer program. */
export class NewerSchema extends Error {}

/** Called before each step of a database that has rows already, which may take a while, with the step's file. */
export type OnUpgrade = (name: string) => void

/**
 * Runs the missing migrations and returns how many it ran. Several processes may start at once: each step
 * runs in one of them. Throws NewerSchema when the database knows migrations that this program does not.
 */
export async function migrate(
  db: Database,
  migrations = readMigrations(db.engine),
  onUpgrade: OnUpgrade = () => {},
): Promise<number> {
  let ran = 0
  let isFresh = false
  const onStep = (current: number, { name }: Migration): void => {
    isFresh ||= current === 0
    if (!isFresh) onUpgrade(name)
  }
  while (await db.transaction((tx) => runNext(tx, migrations, onStep))) ran++
  return ran
}

/** The schema that this program brings a database to. */
export function newestSchema(engine: string): number {
  return readMigrations(engine).at(-1)?.version ?? 0
}

/** The tables that the migrations make. */
export function ownTables(engine: string): Set<string> {
  const made = readMigrations(engine).flatMap(({ text }) => [...text.matchAll(/^create table (\w+)/gim)])
  return new Set(made.map(([, name = '']) => name))
}

/** Files are `0001-name.sql`, or `0001-name.sqlite.sql` and `0001-name.postgres.sql` where one text cannot serve both. */
export function readMigrations(engine: string): Migration[] {
  return readdirSync(FOLDER)
    .filter((file) => /^\d{4}-[a-z-]+\.sql$/.test(file) || file.endsWith(`.${engine}.sql`))
    .sort()
    .map((file) => ({
      version: Number(file.slice(0, 4)),
      name: file,
      text: readFileSync(join(FOLDER, file), 'utf8'),
    }))
}

async function runNext(
  tx: Tx,
  migrations: Migration[],
  onStep: (current: number, next: Migration) => void,
): Promise<boolean> {
  await tx.lockSetup()
  await tx.script(
    'create table if not exists migrations (version integer primary key, name text not null, applied_at bigint not null)',
  )
  const row = await tx.one<{ version: number | null }>(sql`select max(version) as version from migrations`)
  const current = row?.version ?? 0
  const newest = migrations.at(-1)?.version ?? 0
  if (current > newest) {
    throw new NewerSchema(
      `The database has schema ${current}, this program knows ${newest}. Start the newer program, or restore a backup from before it ran.`,
    )
  }
  const next = migrations.find((migration) => migration.version > current)
  if (!next) return false
  onStep(current, next)
  await tx.script(next.text)
  await tx.run(
    sql`insert into migrations (version, name, applied_at) values (${next.version}, ${next.name}, ${Date.now()})`,
  )
  return true
}
