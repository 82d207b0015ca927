// Runs in a thread of its own: writes finished batches of statements, each in one transaction, and brings them to disk.
import { fdatasyncSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { readChangeCount } from './sqlite-shm.ts'
import { type Batch, type Opening, type Reply, TIDY } from './sqlite-thread.ts'

const { path, timeout, shm, log } = workerData as Opening
const db = new DatabaseSync(path, { timeout })
// The log is brought to disk below, and into the database when that is asked for.
db.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0; pragma cache_size = -65536')
const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const checkpoint = db.prepare('pragma wal_checkpoint(passive)')
/** By the number under which each text has come. */
const known: string[] = []
const prepared: (StatementSync | undefined)[] = []

parentPort?.on('message', (message: string) => {
  parentPort?.postMessage(message === TIDY ? tidy() : write(JSON.parse(message) as Batch))
})

function write({ texts, steps, changeCount, sync }: Batch): Reply {
  known.push(...texts)
  let isCommitted = false
  try {
    begin.run()
    // The lock is ours: nobody changes it before the commit.
    if (readChangeCount(shm) !== changeCount) {
      db.exec('rollback')
      return { isOutdated: true }
    }
    for (const [number, values] of steps) statement(number).run(...values)
    commit.run()
    isCommitted = true
    if (sync) fdatasyncSync(log)
    return {}
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    const { message, errcode } = error as Error & { errcode?: number }
    return { error: { message, errcode, isCommitted } }
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
