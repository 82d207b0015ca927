// Runs in a thread of its own: writes finished batches of statements, and brings them to disk. What has come while a
// transaction was written shares the next one.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { readChangeCount } from './sqlite-shm.ts'
import { type Batch, type Opening, type Reply, TIDY } from './sqlite-thread.ts'

const { path, timeout, shm } = workerData as Opening
const port = parentPort as MessagePort
const db = new DatabaseSync(path, { timeout })
// With `full`, SQLite syncs the log before others see the commit (wal.c, sqlite3WalFrames). It goes into the database
// when that is asked for.
db.exec('pragma synchronous = full; pragma wal_autocheckpoint = 0; pragma cache_size = -65536')
const begin = db.prepare('begin immediate')
const commit = db.prepare('commit')
const checkpoint = db.prepare('pragma wal_checkpoint(passive)')
/** In one transaction. */
const MAX_BATCHES = 64
/** The system has refused to sync: what the disk has then is not known. */
const SQLITE_IOERR_FSYNC = 1034
const OUTDATED = Symbol('others have changed the database')
/** By the number under which each text has come. */
const known: string[] = []
const prepared: (StatementSync | undefined)[] = []
/** How often the database has been changed when a batch can be written; null after a failure, on which those rest that were on their way. */
let expected: number | null = null

port.on('message', (message: string) => {
  port.postMessage(message === TIDY ? tidy() : write(withWaiting(message)))
})

function withWaiting(message: string): Batch[] {
  const batches = [JSON.parse(message) as Batch]
  while (batches.length < MAX_BATCHES) {
    const next = receiveMessageOnPort(port)
    if (!next) break
    batches.push(JSON.parse(next.message) as Batch)
  }
  return batches
}

function write(batches: readonly Batch[]): Reply {
  const count = batches.length
  for (const { texts, changeCount } of batches) {
    known.push(...texts)
    expected = changeCount ?? expected
  }
  try {
    const changes = commitAll(batches)
    return changes === OUTDATED ? { ...failed(count), isOutdated: true } : { count, hasChanged: changes > 0 }
  } catch (error) {
    const { message, errcode } = error as Error & { errcode?: number }
    return { ...failed(count), error: { message, errcode, isLost: errcode === SQLITE_IOERR_FSYNC } }
  }
}

/** How many rows have changed, or OUTDATED. */
function commitAll(batches: readonly Batch[]): number | typeof OUTDATED {
  if (expected === null) return OUTDATED
  begin.run()
  // The lock is ours: nobody changes it before the commit.
  if (readChangeCount(shm) !== expected) return OUTDATED
  let changes = 0
  for (const { steps } of batches) {
    for (const [number, values] of steps) changes += Number(statement(number).run(...values).changes)
  }
  commit.run()
  // SQLite counts no transaction that has changed nothing.
  if (changes > 0) expected = (expected + 1) >>> 0
  return changes
}

function failed(count: number): Reply {
  expected = null
  if (db.isTransaction) db.exec('rollback')
  return { count, hasChanged: false }
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
  return { count: 1, hasChanged: false }
}
