// PostgreSQL seen from outside the server: locks that make requests meet, sessions, and databases that go away.
import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import type { TestDatabase } from './databases.ts'

/** No test waits longer than this for others to come or go. */
const PATIENCE_MS = 20_000

type Database = Pick<TestDatabase, 'url'>

export type HeldLock = AsyncDisposable & {
  /** Resolves once that many others wait for a lock in this database. */
  waiters(count: number): Promise<void>
  release(): Promise<void>
}

/** Runs the statement in a transaction that stays open until `release`, which undoes it. */
export async function holdLock({ url }: Database, statement: string): Promise<HeldLock> {
  const holder = new pg.Client({ connectionString: url })
  await holder.connect()
  await holder.query('begin')
  await holder.query(statement)
  const isWaiting = `datname = '${nameOf({ url })}' and wait_event_type = 'Lock'`
  return {
    waiters: (count) => untilSessions(isWaiting, (found) => found >= count),
    release: async () => void (await holder.query('rollback')),
    [Symbol.asyncDispose]: () => holder.end(),
  }
}

/** Resolves once somebody is connected to the database. */
export function sessionsAppear(database: Database): Promise<void> {
  return untilSessions(`datname = '${nameOf(database)}'`, (found) => found > 0)
}

/** Resolves once nobody is connected: what a killed process had begun goes on until PostgreSQL notices. */
export function sessionsGone(database: Database): Promise<void> {
  return untilSessions(`datname = '${nameOf(database)}'`, (found) => found === 0)
}

/** Ends all connections to the database and lets nobody in. */
export async function cutOff(database: Database): Promise<void> {
  const name = nameOf(database)
  await onServer(async (client) => {
    await client.query(`alter database ${name} allow_connections false`)
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  })
}

/** Ends the connections with this application name, which may come back. */
export async function endConnections(database: Database, application: string): Promise<void> {
  await onServer(async (client) => {
    const { rowCount } = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = $2',
      [nameOf(database), application],
    )
    if (!rowCount) throw new Error(`nobody is connected as ${application}`)
  })
}

export function letIn(database: Database): Promise<void> {
  return onServer(async (client) => {
    await client.query(`alter database ${nameOf(database)} allow_connections true`)
  })
}

function nameOf({ url }: Database): string {
  return new URL(url).pathname.slice(1)
}

function untilSessions(which: string, isEnough: (found: number) => boolean): Promise<void> {
  return onServer(async (client) => {
    const deadline = Date.now() + PATIENCE_MS
    while (Date.now() < deadline) {
      const { rowCount } = await client.query(`select 1 from pg_stat_activity where ${which}`)
      if (isEnough(rowCount ?? 0)) return
      await nextTurn()
    }
    throw new Error(`waited in vain for sessions with ${which}`)
  })
}

async function onServer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
