// The database: there, whole, of this program's schema, and with a clock like ours.
import { existsSync } from 'node:fs'
import type { Config } from '../../config.ts'
import type { Database } from '../../store/database.ts'
import { openPostgres } from '../../store/postgres.ts'
import { sql } from '../../store/sql.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { type Finding, messageOf, ok, problem, warning } from './finding.ts'

const MAX_CLOCK_DIFFERENCE_MS = 5_000

/** Changes nothing: also no migration runs. */
export async function checkDatabase({ database }: Config): Promise<Finding[]> {
  if (database.engine === 'sqlite') {
    if (database.path === ':memory:') {
      return [warning('database', 'is in memory', 'All is lost at the end of the process; set DATABASE_URL.')]
    }
    if (!existsSync(database.path)) {
      return [ok('database', `${database.path} does not exist yet; the first start makes it`)]
    }
  }
  let db: Database | undefined
  try {
    db = database.engine === 'sqlite' ? openSqlite(database.path) : openPostgres(database.url)
    return await inspect(db)
  } catch (error) {
    return [
      problem(
        'database',
        messageOf(error),
        database.engine === 'sqlite'
          ? 'Is DATABASE_URL the right file? If it is damaged, restore the last backup.'
          : 'Is DATABASE_URL right, the server up, and this machine let in?',
      ),
    ]
  } finally {
    await db?.close()
  }
}

async function inspect(db: Database): Promise<Finding[]> {
  const findings = [db.engine === 'sqlite' ? await checkFile(db) : await checkServerClock(db)]
  const isSetUp = await hasTables(db)
  if (!isSetUp) return [...findings, ok('database', 'is empty; the first start sets it up')]
  const schema = await db.one<{ version: number }>(sql`select max(version) as version from migrations`)
  findings.push(ok('database', `${db.engine}, schema ${schema?.version ?? 0}`))
  findings.push(await checkOwnClock(db))
  return findings
}

async function checkFile(db: Database): Promise<Finding> {
  const row = await db.one<{ quickCheck: string }>(sql`pragma quick_check(1)`)
  return row?.quickCheck === 'ok'
    ? ok('database', 'the file is whole')
    : problem(
        'database',
        `the file is damaged: ${row?.quickCheck}`,
        'Stop the server, restore the last backup.',
      )
}

async function hasTables(db: Database): Promise<boolean> {
  const row =
    db.engine === 'sqlite'
      ? await db.one(sql`select name from sqlite_master where type = 'table' and name = 'migrations'`)
      : await db.one(sql`select table_name from information_schema.tables where table_name = 'migrations'`)
  return row !== undefined
}

async function checkServerClock(db: Database): Promise<Finding> {
  const before = Date.now()
  const row = await db.one<{ ms: string | number }>(sql`
    select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) as ms`)
  const difference = Math.round(Number(row?.ms) - (before + Date.now()) / 2)
  return Math.abs(difference) > MAX_CLOCK_DIFFERENCE_MS
    ? warning(
        'clock',
        `differs from the database's by ${(difference / 1000).toFixed(1)} s`,
        'Let both machines keep time by NTP.',
      )
    : ok('clock', `within ${Math.abs(difference)} ms of the database's`)
}

/** A clock that was put back shows in rows from the future. */
async function checkOwnClock(db: Database): Promise<Finding> {
  const row = await db.one<{ at: number | null }>(sql`select max(applied_at) as at from migrations`)
  const ahead = Number(row?.at ?? 0) - Date.now()
  return ahead > MAX_CLOCK_DIFFERENCE_MS
    ? problem(
        'clock',
        `is ${(ahead / 60_000).toFixed(1)} minutes behind what the database has seen`,
        'Set the clock of this machine; tokens and the order of lists depend on it.',
      )
    : ok('clock', new Date().toISOString())
}
