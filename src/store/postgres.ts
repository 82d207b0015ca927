// The PostgreSQL engine: a pool, prepared statements by name, and transactions that start over after a deadlock.
import pg from 'pg'
import { type Count, type Counters, countStatement } from './counts.ts'
import {
  type Database,
  DatabaseUnavailable,
  type RowMaker,
  rowMaker,
  type Tx,
  UniqueViolation,
} from './database.ts'
import { flatten, type Sql, sql } from './sql.ts'

const CONNECT_TIMEOUT_MS = 10_000
const QUERY_TIMEOUT_MS = 30_000
const MAX_CONNECTIONS = 16
const MAX_ATTEMPTS = 10
/** Any number will do, as long as every Parley process takes the same. */
const SETUP_LOCK = 5_263_942
const INT8 = 20
const UNIQUE_VIOLATION = '23505'
const STARTS_OVER = new Set(['40001', '40P01'])
const IS_GONE = /^(08|57P0|53|55000|3D000)|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/

type Client = Pick<pg.ClientBase, 'query'>

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
  const statements = new Statements()

  return {
    engine: 'postgres',
    keepsOrder: false,
    one: async <Row>(query: Sql) => (await statements.execute<Row>(pool, query)).rows[0],
    many: async <Row>(query: Sql) => (await statements.execute<Row>(pool, query)).rows,
    // Other processes may change anything at any time.
    cached: async <Row>(_tables: readonly string[], query: Sql) =>
      (await statements.execute<Row>(pool, query)).rows[0],
    transaction: (work) => transaction(pool, statements, work),
    close: () => pool.end(),
  }
}

async function transaction<T>(
  pool: pg.Pool,
  statements: Statements,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(pool, statements, work)
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || !STARTS_OVER.has(codeOf(error))) throw error
    }
  }
}

async function attemptOnce<T>(
  pool: pg.Pool,
  statements: Statements,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = await pool.connect().catch(translateError)
  const tx = new PostgresTx(client, statements)
  let broken: Error | undefined
  // Nobody else listens to a connection that is in use: without this, losing it would end the process.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  try {
    tx.ahead(client.query('begin'))
    const result = await work(tx)
    tx.ahead(client.query('commit').then(requireCommit))
    await tx.arrived()
    return result
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    // What failed first is the cause of the others.
    throw tx.failure ?? error
  } finally {
    tx.finish()
    client.off('error', onError)
    client.release(broken)
  }
}

function requireCommit({ command }: pg.QueryResult): void {
  if (command !== 'COMMIT')
    throw new Error('PostgreSQL undid the transaction: its work went on after an error')
}

class PostgresTx implements Tx {
  readonly forUpdate = sql`for update`
  readonly forShare = sql`for share`
  /** Of what was sent ahead. */
  failure: unknown
  readonly #statements: Statements
  readonly #arrivals: Promise<unknown>[] = []
  #client: Client | undefined

  constructor(client: Client, statements: Statements) {
    this.#client = client
    this.#statements = statements
  }

  async one<Row>(query: Sql): Promise<Row | undefined> {
    return (await this.#statements.execute<Row>(this.#live(), query)).rows[0]
  }

  cached<Row>(_tables: readonly string[], query: Sql): Promise<Row | undefined> {
    return this.one<Row>(query)
  }

  async many<Row>(query: Sql): Promise<Row[]> {
    return (await this.#statements.execute<Row>(this.#live(), query)).rows
  }

  async run(query: Sql): Promise<number> {
    return (await this.#statements.execute(this.#live(), query)).changes
  }

  later(query: Sql): void {
    this.ahead(this.#statements.execute(this.#live(), query))
  }

  count<Row extends object>(counters: Counters, sid: string, count: Count<Row>): Promise<Row | undefined> {
    return this.one<Row>(countStatement(counters, sid, count))
  }

  /** The connection runs its statements in order: what nobody waits for saves a round trip. */
  ahead(statement: Promise<unknown>): void {
    const arrival = statement.catch(translateError)
    arrival.catch((error: unknown) => {
      this.failure ??= error
    })
    this.#arrivals.push(arrival)
  }

  /** Rejects with the first failure of what was sent ahead. */
  async arrived(): Promise<void> {
    await Promise.all(this.#arrivals)
  }

  async script(text: string): Promise<void> {
    await this.#live().query(text)
  }

  async lockSetup(): Promise<void> {
    await this.one(sql`select pg_advisory_xact_lock(${SETUP_LOCK})`)
  }

  finish(): void {
    this.#client = undefined
  }

  #live(): Client {
    if (!this.#client) throw new Error('This transaction has ended')
    return this.#client
  }
}

type Statement = { name: string; text: string; makeRow: RowMaker | undefined }

/** Each text is prepared once per connection, under a name of its own; its columns are named once. */
class Statements {
  readonly #bySite = new WeakMap<readonly string[], Statement>()
  readonly #byText = new Map<string, Statement>()

  async execute<Row>(client: Client, query: Sql): Promise<{ rows: Row[]; changes: number }> {
    const { strings, values } = flatten(query)
    const statement = this.#bySite.get(strings) ?? this.#name(strings)
    const result = await client
      .query<unknown[]>({ name: statement.name, text: statement.text, values: [...values], rowMode: 'array' })
      .catch(translateError)
    statement.makeRow ??= rowMaker(result.fields.map(({ name }) => name))
    return { rows: result.rows.map(statement.makeRow) as Row[], changes: result.rowCount ?? 0 }
  }

  #name(strings: readonly string[]): Statement {
    const text = strings.reduce((joined, piece, i) => (i === 0 ? piece : `${joined}$${i}${piece}`), '')
    let statement = this.#byText.get(text)
    if (!statement) {
      statement = { name: `parley_${this.#byText.size}`, text, makeRow: undefined }
      this.#byText.set(text, statement)
    }
    if (Object.isFrozen(strings)) this.#bySite.set(strings, statement)
    return statement
  }
}

function translateError(cause: unknown): never {
  const code = codeOf(cause)
  if (code === UNIQUE_VIOLATION) throw new UniqueViolation('a unique index refused the row', { cause })
  const message = cause instanceof Error ? cause.message : ''
  if (IS_GONE.test(code) || /terminated|timeout|not queryable/i.test(message)) {
    throw new DatabaseUnavailable('PostgreSQL cannot be reached', { cause })
  }
  throw cause
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '')
}

/** Counters and times are bigint there and plain numbers here; all of ours are below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')
}
