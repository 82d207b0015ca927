// The PostgreSQL engine: a pool, pipelined statements, and transactions that start over after a deadlock.
import pg from 'pg'
import type { Database, Tx } from './database.ts'
import { PostgresChanges } from './postgres-changes.ts'
import { codeOf, getTypeParser, Statements, translateError } from './postgres-statements.ts'
import { PostgresTx } from './postgres-tx.ts'
import type { Sql } from './sql.ts'

const CONNECT_TIMEOUT_MS = 10_000
const QUERY_TIMEOUT_MS = 30_000
const MAX_CONNECTIONS = 16
const MAX_ATTEMPTS = 10
const STARTS_OVER = new Set(['40001', '40P01'])

type Engine = { pool: pg.Pool; statements: Statements; changes: PostgresChanges }

export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    pipeline: true,
    types: { getTypeParser },
  })
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {})
  // So would one that breaks in the very packet that made it ready, before anybody could listen.
  pool.on('connect', (client) => client.on('error', () => {}))
  const engine: Engine = { pool, statements: new Statements(), changes: new PostgresChanges(url) }
  const many = async <Row>(query: Sql): Promise<Row[]> =>
    (await engine.statements.execute<Row>(pool, query)).rows
  const one = async <Row>(query: Sql): Promise<Row | undefined> => (await many<Row>(query))[0]

  return {
    engine: 'postgres',
    keepsOrder: false,
    one,
    many,
    cached: (tables, query) => engine.changes.cached({ one }, tables, query),
    cachedMany: (tables, query) => engine.changes.cachedMany({ many }, tables, query),
    transaction: (work) => transaction(engine, work),
    async close() {
      await Promise.all([engine.changes.close(), pool.end()])
    },
  }
}

async function transaction<T>(engine: Engine, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(engine, work)
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !STARTS_OVER.has(codeOf(error))) throw error
    }
  }
}

async function attemptOnce<T>(
  { pool, statements, changes }: Engine,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch(translateError)
  let broken: Error | undefined
  // Nobody else listens to a connection that is in use: without this, losing it would end the process.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  const tx = new PostgresTx(client, statements, changes)
  try {
    const result = await work(tx)
    await tx.commit()
    return result
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    // What failed first is the cause of the others.
    throw (await tx.failure()) ?? error
  } finally {
    tx.finish()
    client.off('error', onError)
    client.release(broken)
  }
}
