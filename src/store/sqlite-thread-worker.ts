// Runs in a thread of its own: writes finished batches of statements, each in one transaction, and brings them to disk.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { readChangeCount } from './sqlite-shm.ts'
import { type Batch, type Opening, type Reply, TIDY } from './sqlite-thread.ts'

const { path, timeout, shm } = workerData as Opening
const db = new DatabaseSync(path, { timeout })
// With `full`, SQLite syncs the log before others see the commit (wal.c, sqlite3WalFrames). It goes into the database
// when that is asked for.
db.exec('pragma synchronous = full; pragma wal_autocheckpoint = 0; pragma cache_size = -65536')
const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const checkpoint = db.prepare('pragma wal_checkpoint(passive)')
/** The system has refused to sync: what the disk has then is not known. */
const SQLITE_IOERR_FSYNC = 1034
/** By the number under which each text has come. */
const known: string[] = []
const prepared: (StatementSync | undefined)[] = []

parentPort?.on('message', (message: string) => {
  parentPort?.postMessage(message === TIDY ? tidy() : write(JSON.parse(message) as Batch))
})

function write({ texts, steps, changeCount }: Batch): Reply {
  known.push(...texts)
  try {
    begin.run()
    // The lock is ours: nobody changes it before the commit.
    if (readChangeCount(shm) !== changeCount) {
      db.exec('rollback')
      return { isOutdated: true }
    }
    for (const [number, values] of steps) statement(number).run(...values)
    commit.run()
    return {}
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    const { message, errcode } = error as Error & { errcode?: number }
    return { error: { message, errcode, isLost: errcode === SQLITE_IOERR_FSYNC } }
  }
}

function statement(number: number): StatementSync {
  prepared[number] ??= db.prepare(known[number] ?? '')
  return prepared[number]
}

function tidy(): Reply {
  try {
    checkpoint.get()
  } catch {
    // What is not there yet comes with the next time.
  }
  return {}
}
