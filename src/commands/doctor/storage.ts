// The database: there, whole, of this program's schema, and with a clock like ours.
import { existsSync } from 'node:fs'
import type { Config } from '../../config.ts'
import { listAccounts, listApiKeys } from '../../store/accounts.ts'
import type { Database, Queryable } from '../../store/database.ts'
import { newestSchema, ownTables } from '../../store/migrate.ts'
import { openPostgres } from '../../store/postgres.ts'
import { sql } from '../../store/sql.ts'
import { openReadOnly } from '../../store/sqlite-read-only.ts'
import { type Finding, messageOf, ok, problem, warning } from './finding.ts'

const MAX_CLOCK_DIFFERENCE_MS = 5_000

type Inspected = Queryable & Pick<Database, 'engine' | 'close'>

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
  let db: Inspected | undefined
  try {
    db = database.engine === 'sqlite' ? openReadOnly(database.path) : openPostgres(database.url)
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

async function inspect(db: Inspected): Promise<Finding[]> {
  const findings = [db.engine === 'sqlite' ? await checkFile(db) : await checkServerClock(db)]
  const tables = await listTables(db)
  if (!tables.includes('migrations')) return [...findings, beforeFirstStart(db, tables)]
  return [...findings, await checkSchema(db), await checkIdentity(db), await checkOwnClock(db)]
}

/** Tables of others are no harm, unless they have our names. */
function beforeFirstStart({ engine }: Inspected, tables: readonly string[]): Finding {
  const own = ownTables(engine)
  const taken = tables.find((name) => own.has(name))
  if (taken === undefined) return ok('database', 'has none of our tables yet; the first start makes them')
  return problem(
    'database',
    `${engine}, of another program: it has the table ${taken}`,
    'Set DATABASE_URL to a database of its own for Parley.',
  )
}

async function checkSchema(db: Inspected): Promise<Finding> {
  const row = await db.one<{ version: number }>(sql`select max(version) as version from migrations`)
  const schema = row?.version ?? 0
  const newest = newestSchema(db.engine)
  if (schema <= newest) return ok('database', `${db.engine}, schema ${schema} of ${newest}`)
  return problem(
    'database',
    `${db.engine}, schema ${schema}; this program knows ${newest}`,
    'Start the newer program, or restore a backup from before it ran.',
  )
}

/** The sids are no secrets. */
async function checkIdentity(db: Inspected): Promise<Finding> {
  const [account] = await listAccounts(db)
  const key = (await listApiKeys(db)).findLast(({ accountSid }) => accountSid === account?.sid)
  return ok('account', `${account?.sid ?? 'none yet'}, API key ${key?.sid ?? 'none yet'}`)
}

async function checkFile(db: Inspected): Promise<Finding> {
  const row = await db.one<{ quickCheck: string }>(sql`pragma quick_check(1)`)
  return row?.quickCheck === 'ok'
    ? ok('database', 'the file is whole')
    : problem(
        'database',
        `the file is damaged: ${row?.quickCheck}`,
        'Stop the server, restore the last backup.',
      )
}

async function listTables(db: Inspected): Promise<string[]> {
  const rows =
    db.engine === 'sqlite'
      ? await db.many<{ name: string }>(sql`
          select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name`)
      : await db.many<{ name: string }>(sql`
          select table_name as name from information_schema.tables where table_schema = current_schema() order by 1`)
  return rows.map(({ name }) => name)
}

async function checkServerClock(db: Inspected): Promise<Finding> {
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
async function checkOwnClock(db: Inspected): Promise<Finding> {
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
