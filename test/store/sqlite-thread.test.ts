// Messages on SQLite: reckoned in memory, written by a thread (decision 2).
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type Channel, countMessageAdded, insertChannel } from '../../src/store/channels.ts'
import { type Database, DatabaseUnavailable, UniqueViolation } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { sql } from '../../src/store/sql.ts'
import { openFile } from '../../src/store/sqlite.ts'
import { givenFolder } from '../support/databases.ts'
import { fullChannel, fullMessage } from '../support/full-rows.ts'
import { sendRow } from '../support/send-row.ts'
import type { Refusals } from '../support/send-until-refused.ts'
import { until } from '../support/until.ts'

const FILE_LIMIT_KB = 4_096
/** SQLite syncs the log with each commit, and before others see it. */
const FULL = 2

/** A channel without messages in a database whose messages all go to the thread. */
async function givenChannel(busyMs = 10_000) {
  const folder = await givenFolder()
  const path = join(folder.path, 'parley.db')
  const db = openFile(path, { busyMs, writesAlone: true })
  await migrate(db)
  const channel: Channel = { ...fullChannel(), deleted: 0, nextMessageIndex: 0, messagesCount: 0 }
  await db.transaction((tx) => insertChannel(tx, channel))
  return {
    ...{ db, channel, path },
    async [Symbol.asyncDispose]() {
      await db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Another program that has the file to itself: meanwhile the thread waits. */
function holdFile(path: string): DatabaseSync {
  const other = new DatabaseSync(path, { timeout: 10_000 })
  other.exec('begin immediate')
  return other
}

/** What another process does. */
function elsewhere(path: string, statement: string): void {
  const other = new DatabaseSync(path, { timeout: 10_000 })
  other.exec(statement)
  other.close()
}

const indexes = async (db: Database) =>
  (
    await db.many<{ messageIndex: number }>(sql`select message_index from messages order by message_index`)
  ).map(({ messageIndex }) => messageIndex)

test('a message is neither answered nor seen before it is written', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  await sendRow(db, channel)
  const other = holdFile(path)
  let answered = false
  const sent = sendRow(db, channel).then(() => {
    answered = true
  })
  // Long enough for anything that is not held back.
  await sleep(30)
  expect([answered, await indexes(db)]).toEqual([false, [0]])
  other.exec('rollback')
  await sent
  expect(await indexes(db)).toEqual([0, 1])
  other.close()
})

test('a commit of the thread waits for the disk', async () => {
  await using scene = await givenChannel()
  await scene.db.transaction((tx) => tx.script('create table settings (synchronous integer)'))
  await scene.db.transaction(async (tx) =>
    tx.later(sql`insert into settings select * from pragma_synchronous`),
  )
  expect(await scene.db.many(sql`select * from settings`)).toEqual([{ synchronous: FULL }])
})

test('what another process has changed counts from the next message on', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  await sendRow(db, channel)
  elsewhere(path, `update channels set next_message_index = 10, friendly_name = 'new'`)
  expect(await sendRow(db, channel)).toMatchObject({ nextMessageIndex: 11, friendlyName: 'new' })
  expect(await sendRow(db, channel)).toMatchObject({ nextMessageIndex: 12, friendlyName: 'new' })
  expect(await indexes(db)).toEqual([0, 10, 11])
})

/** Three messages are reckoned, the first of them is with the thread, which waits for the file. */
async function givenThreeReckoned({ db, channel, path }: { db: Database; channel: Channel; path: string }) {
  await sendRow(db, channel)
  const other = holdFile(path)
  const reckoned: number[] = []
  const sends = [sendRow(db, channel, {}, (index) => reckoned.push(index))]
  await until('the first to be reckoned', () => reckoned.length === 1)
  sends.push(...[1, 2].map(() => sendRow(db, channel, {}, (index) => reckoned.push(index))))
  await until('all to be reckoned', () => reckoned.length === 3)
  return { other, reckoned, sends }
}

test('all start over when another process comes before what is with the thread', async () => {
  await using scene = await givenChannel()
  const { other, reckoned, sends } = await givenThreeReckoned(scene)
  other.exec('update channels set next_message_index = 10; commit')
  expect((await Promise.all(sends)).map((row) => row?.nextMessageIndex)).toEqual([11, 12, 13])
  expect(reckoned).toEqual([1, 2, 3, 10, 11, 12])
  expect(await indexes(scene.db)).toEqual([0, 10, 11, 12])
  other.close()
})

test('whatever is on its way or not yet starts over when another process comes between, and is written once', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  const other = new DatabaseSync(path, { timeout: 10_000 })
  const reckoned: number[] = []
  // The thread has started when this is answered.
  const sends = [sendRow(db, channel)]
  await sends[0]
  for (let round = 0; round < 100; round++) {
    for (let i = 0; i <= round % 4; i++) sends.push(sendRow(db, channel, {}, (index) => reckoned.push(index)))
    await nextTurn()
    if (round % 3 > 0) await nextTurn()
    if (round % 5 === 0) await sends.at(-2)
    if (round % 2 === 0) other.exec('update channels set roster_event = roster_event + 1')
  }
  other.close()

  const rows = await Promise.all(sends)
  const all = rows.map((_, i) => i)
  expect(rows.map((row) => row?.nextMessageIndex)).toEqual(all.map((i) => i + 1))
  expect(await indexes(db)).toEqual(all)
  expect(reckoned.length).toBeGreaterThan(rows.length)
  expect(await db.one(sql`select * from channels`)).toMatchObject({
    ...{ nextMessageIndex: rows.length, messagesCount: rows.length },
    rosterEvent: channel.rosterEvent + 50,
  })
})

test('a row that is refused takes down its own message, and what is on its way behind it is written all the same', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  const { sid } = fullMessage()
  await sendRow(db, channel, { sid })
  const other = holdFile(path)
  const reckoned: number[] = []
  const send = (change: object) => sendRow(db, channel, change, (index) => reckoned.push(index))
  const first = [send({}), send({ sid })]
  await until('the first batch to be reckoned', () => reckoned.length === 2)
  const behind = [send({}), send({}), send({})]
  await until('the second batch to be reckoned', () => reckoned.length === 5)
  other.exec('rollback')
  other.close()

  const outcomes = await Promise.allSettled([...first, ...behind])
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
  expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(UniqueViolation)
  expect(await indexes(db)).toEqual([0, 1, 2, 3, 4])
})

test('a transaction that asks the database waits for the thread, and follows it', async () => {
  await using scene = await givenChannel()
  const { db, channel } = scene
  const { other, sends } = await givenThreeReckoned(scene)
  const renamed = db.transaction(async (tx) => {
    await tx.run(sql`update channels set friendly_name = ${'new'} where sid = ${channel.sid}`)
    return tx.one<Channel>(sql`select * from channels where sid = ${channel.sid}`)
  })
  const last = sendRow(db, channel)
  other.exec('rollback')
  other.close()
  await Promise.all(sends)
  expect(await renamed).toMatchObject({ friendlyName: 'new', nextMessageIndex: 4 })
  expect(await last).toMatchObject({ friendlyName: 'new', nextMessageIndex: 5 })
})

test('what the disk does not take is refused with all that rests on it, and taken again later', async () => {
  await using folder = await givenFolder()
  const path = join(folder.path, 'parley.db')
  const script = join(import.meta.dirname, '../support/send-until-refused.ts')
  const command = `ulimit -S -f ${FILE_LIMIT_KB}; exec "$@"`
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    command,
    'bash',
    process.execPath,
    script,
    path,
  ])
  const { acknowledged, errors, seen, next } = JSON.parse(stdout) as Refusals
  expect(acknowledged.length).toBeGreaterThan(20)
  expect(new Set(errors)).toEqual(new Set(['DatabaseUnavailable']))
  expect(seen).toEqual(acknowledged)
  expect(next).toBe(acknowledged.length)
  const db = openFile(path)
  expect(await indexes(db)).toEqual([...acknowledged, next])
  await db.close()
})

test('while another program holds the file, messages are refused after a while, and taken again later', async () => {
  await using scene = await givenChannel(500)
  const { db, channel, path } = scene
  await sendRow(db, channel)
  const other = holdFile(path)
  const early = sendRow(db, channel)
  await expect(early).rejects.toBeInstanceOf(DatabaseUnavailable)
  other.exec('rollback')
  other.close()
  expect(await sendRow(db, channel)).toMatchObject({ nextMessageIndex: 2, messagesCount: 2 })
  expect(await indexes(db)).toEqual([0, 1])
})

test('a message alone is written without the thread, others by it, and all of them count on', async () => {
  await using folder = await givenFolder()
  const db = openFile(join(folder.path, 'parley.db'))
  await migrate(db)
  const channel: Channel = { ...fullChannel(), deleted: 0, nextMessageIndex: 0, messagesCount: 0 }
  await db.transaction((tx) => insertChannel(tx, channel))
  for (const many of [1, 2, 30, 1, 50, 3]) {
    await Promise.all(Array.from({ length: many }, () => sendRow(db, channel)))
  }
  const inARow: Promise<unknown>[] = []
  for (let i = 0; i < 20; i++) {
    inARow.push(sendRow(db, channel))
    await nextTurn()
  }
  await Promise.all(inARow)
  expect(await indexes(db)).toEqual(Array.from({ length: 107 }, (_, i) => i))
  expect(await db.one(sql`select * from channels`)).toMatchObject({
    nextMessageIndex: 107,
    messagesCount: 107,
  })
  await db.close()
})

test('messages, other changes, failures and other processes in any order leave rows and counters in step', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  const fails = () =>
    db.transaction(async (tx) => {
      await countMessageAdded(tx, channel.sid, 'IM1', 1)
      throw new Error('undo')
    })
  const renames = () =>
    db.transaction((tx) => tx.run(sql`update channels set friendly_name = 'x' where sid = ${channel.sid}`))
  let sent = 0
  for (let round = 0; round < 40; round++) {
    const work = Array.from({ length: 12 }, (_, i) => {
      const kind = (round * 7 + i * 5) % 11
      if (kind === 0) return fails().catch(() => {})
      if (kind === 1) return renames()
      sent++
      return sendRow(db, channel)
    })
    if (round % 5 === 0) elsewhere(path, 'update channels set roster_event = roster_event + 1')
    await Promise.all(work)
  }
  expect(await indexes(db)).toEqual(Array.from({ length: sent }, (_, i) => i))
  expect(await db.one(sql`select * from channels`)).toMatchObject({
    ...{ nextMessageIndex: sent, messagesCount: sent, lastMessageIndex: sent - 1 },
    rosterEvent: channel.rosterEvent + 8,
  })
})
