// The embedded engine: one writer with group commit, one reader, WAL, an fsync before every answer (decision 2).
import { mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CachedTable, Database } from './database.ts'
import { RowCache, type Touched } from './row-cache.ts'
import { type Sql, sql } from './sql.ts'
import { BUSY_TIMEOUT_MS, SqliteConnection, translate } from './sqlite-connection.ts'
import { SqliteLog } from './sqlite-log.ts'
import { SqliteReader } from './sqlite-reader.ts'
import { ChangeCount } from './sqlite-shm.ts'
import { type Reply, SqliteThread } from './sqlite-thread.ts'
import { type Disk, type Fate, SqliteWriter } from './sqlite-writer.ts'

/** Instead of a path: the database lives and dies with the process. */
export const IN_MEMORY = ':memory:'

/** Opens the database file at `path`, or one in memory. */
export function openSqlite(path: string): Database {
  return path === IN_MEMORY ? openMemory() : openFile(path)
}

type FileOptions = {
  /** Brings commits of this connection to disk; then nothing else does. */
  disk?: { sync(): Promise<void> }
  /** How long another process may keep the file locked. */
  busyMs?: number
  /** Also a message that comes alone is written by the thread. */
  writesAlone?: boolean
}

export function openFile(
  path: string,
  { disk, busyMs = BUSY_TIMEOUT_MS, writesAlone = false }: FileOptions = {},
): Database {
  mkdirSync(dirname(path), { recursive: true })
  const cache = new RowCache()
  const connection = new SqliteConnection(path, cache, busyMs)
  // We sync the log and bring it into the database ourselves; with `normal` SQLite still does both in the right order.
  connection.configure(
    'pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0; pragma cache_size = -65536',
  )
  const reader = new SqliteReader(path, connection, cache)
  // The first read makes the files beside the database.
  reader.rows(sql`select 1 as one from sqlite_schema limit 1`)
  // SQLite names them after the file itself, not after a link to it.
  const file = realpathSync(path)
  const log = new SqliteLog(file)
  const count = new ChangeCount(file)
  connection.watch(count)
  const opening = () => ({ path, timeout: busyMs, shm: count.file })
  const thread = new SqliteThread(opening, () => count.countOwn())
  let onItsWay: Touched = new Set()
  const writer = new SqliteWriter(connection, {
    hold() {
      reader.hold()
      onItsWay = connection.takeTouched()
    },
    sync: () => (disk ?? log).sync(),
    release() {
      reader.release()
      cache.settle(onItsWay)
    },
    async tidy() {
      // An open snapshot would keep the log from starting anew.
      reader.release()
      // A thread that has ended tells with the next write.
      await thread.tidy().catch(() => {})
    },
    writesAlone,
    async write(statements, isFirst) {
      return fateOf(await thread.write(statements, isFirst ? count.expected : null))
    },
  })
  return databaseOf(writer, {
    read: async (query) => reader.rows(query),
    cached: async (tables, query) => reader.cached(tables, query),
    cachedMany: async (tables, query) => reader.cachedMany(tables, query),
    async close() {
      await thread.close()
      reader.close()
      connection.close()
      log.close()
      count.close()
    },
  })
}

function fateOf({ isOutdated, error }: Reply): Fate {
  if (isOutdated) return 'outdated'
  if (!error) return 'written'
  const cause = translate(Object.assign(new Error(error.message), { errcode: error.errcode }))
  return error.isLost ? { lost: cause } : { refused: cause }
}

/** It cannot be opened twice: reads wait until the batch of the writer is over. */
function openMemory(): Database {
  const connection = new SqliteConnection(IN_MEMORY)
  const disk: Disk = {
    hold() {},
    async sync() {},
    release() {},
    async tidy() {},
    write: null,
    writesAlone: false,
  }
  const writer = new SqliteWriter(connection, disk)
  const read = async <Row>(query: Sql): Promise<Row[]> => {
    while (connection.inTransaction) await writer.idle()
    return connection.rows(query)
  }
  return databaseOf(writer, {
    read,
    cached: async <Row>(_tables: readonly CachedTable[], query: Sql) => (await read<Row>(query))[0],
    cachedMany: (_tables, query) => read(query),
    close: async () => connection.close(),
  })
}

type Rest = Pick<Database, 'cached' | 'cachedMany' | 'close'> & { read: Database['many'] }

function databaseOf(writer: SqliteWriter, { read, cached, cachedMany, close }: Rest): Database {
  let closed = false
  return {
    engine: 'sqlite',
    keepsOrder: true,
    one: async <Row>(query: Sql) => (await read<Row>(query))[0],
    many: read,
    cached,
    cachedMany,
    transaction<T>(work: Parameters<Database['transaction']>[0]) {
      if (closed) return Promise.reject(new Error('The database is closed'))
      return new Promise<T>((resolve, reject) => {
        writer.add({ work, resolve: resolve as (value: unknown) => void, reject })
      })
    },
    async close() {
      if (closed) return
      closed = true
      await writer.idle()
      await close()
    },
  }
}
