// Messages on SQLite: reckoned in memory, written by a thread (decision 2).
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { type Channel, countMessageAdded, insertChannel } from '../../src/store/channels.ts'
import { type Database, DatabaseUnavailable } from '../../src/store/database.ts'
import { insertMessage } from '../../src/store/messages.ts'
import { migrate } from '../../src/store/migrate.ts'
import { sql } from '../../src/store/sql.ts'
import { openFile } from '../../src/store/sqlite.ts'
import { givenFolder } from '../support/databases.ts'
import { fullChannel, fullMessage } from '../support/full-rows.ts'
import { createSlowDisk } from '../support/slow-disk.ts'
import { until } from '../support/until.ts'

/** A channel without messages in a database whose commits come to disk when told to. */
async function givenChannel() {
  const folder = await givenFolder()
  const path = join(folder.path, 'parley.db')
  const disk = createSlowDisk()
  const db = openFile(path, { disk, busyMs: 500, threadFrom: 1 })
  await migrate(db)
  const channel: Channel = { ...fullChannel(), deleted: 0, nextMessageIndex: 0, messagesCount: 0 }
  await db.transaction((tx) => insertChannel(tx, channel))
  return {
    ...{ ...disk, db, channel, path },
    async [Symbol.asyncDispose]() {
      disk.end()
      await db.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** `onReckoned` hears of each time that its index has been taken. */
function send(
  db: Database,
  channel: Channel,
  onReckoned: (index: number) => void = () => {},
): Promise<Channel | undefined> {
  return db.transaction(async (tx) => {
    const message = { ...fullMessage(), channelSid: channel.sid }
    const counted = await countMessageAdded(tx, channel.sid, message.sid, message.createdAt)
    const messageIndex = (counted?.nextMessageIndex ?? 0) - 1
    insertMessage(tx, { ...message, messageIndex })
    onReckoned(messageIndex)
    return counted
  })
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

test('a message is neither answered nor seen before it is on disk', async () => {
  await using scene = await givenChannel()
  const { db, channel } = scene
  await send(db, channel)
  scene.slow()
  let answered = false
  const sent = send(db, channel).then(() => {
    answered = true
  })
  await scene.underway()
  expect([answered, await indexes(db)]).toEqual([false, [0]])
  scene.arrive()
  await sent
  expect(await indexes(db)).toEqual([0, 1])
})

test('what another process has changed counts from the next message on', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  await send(db, channel)
  elsewhere(path, `update channels set next_message_index = 10, friendly_name = 'new'`)
  expect(await send(db, channel)).toMatchObject({ nextMessageIndex: 11, friendlyName: 'new' })
  expect(await send(db, channel)).toMatchObject({ nextMessageIndex: 12, friendlyName: 'new' })
  expect(await indexes(db)).toEqual([0, 10, 11])
})

test('messages start over when another process comes between reckoning and writing', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  await send(db, channel)
  scene.slow()
  const first = send(db, channel)
  await scene.underway()
  const reckoned: number[] = []
  const others = [1, 2].map(() => send(db, channel, (index) => reckoned.push(index)))
  await until('both to be reckoned', () => reckoned.length === 2)
  elsewhere(path, 'update channels set next_message_index = 10')
  scene.arrive()
  expect((await first)?.nextMessageIndex).toBe(2)
  await scene.underway()
  scene.arrive()
  expect((await Promise.all(others)).map((row) => row?.nextMessageIndex)).toEqual([11, 12])
  expect(reckoned).toEqual([2, 3, 10, 11])
  expect(await indexes(db)).toEqual([0, 1, 10, 11])
})

test('a transaction that asks the database waits for the thread, and follows it', async () => {
  await using scene = await givenChannel()
  const { db, channel } = scene
  scene.slow()
  const first = send(db, channel)
  await scene.underway()
  const renamed = db.transaction(async (tx) => {
    await tx.run(sql`update channels set friendly_name = ${'new'} where sid = ${channel.sid}`)
    return tx.one<Channel>(sql`select * from channels where sid = ${channel.sid}`)
  })
  const second = send(db, channel)
  scene.arrive()
  await first
  await scene.underway()
  scene.arrive()
  expect(await renamed).toMatchObject({ friendlyName: 'new', nextMessageIndex: 1 })
  expect(await second).toMatchObject({ friendlyName: 'new', nextMessageIndex: 2 })
})

test('a failed disk refuses the message, all that rest on it, and all that come', async () => {
  await using scene = await givenChannel()
  const { db, channel } = scene
  await send(db, channel)
  scene.slow()
  const sends = [send(db, channel)]
  await scene.underway()
  let isReckoned = false
  const resting = send(db, channel, () => {
    isReckoned = true
  })
  sends.push(resting)
  await until('the second to be reckoned', () => isReckoned)
  const refused = Promise.all(sends.map((sent) => expect(sent).rejects.toBeInstanceOf(DatabaseUnavailable)))
  scene.fail()
  await refused
  await expect(send(db, channel)).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect(await indexes(db)).toEqual([0])
})

test('while another program holds the file, messages are refused after a while, and taken again later', async () => {
  await using scene = await givenChannel()
  const { db, channel, path } = scene
  await send(db, channel)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const early = send(db, channel)
  await expect(early).rejects.toBeInstanceOf(DatabaseUnavailable)
  other.exec('rollback')
  other.close()
  expect(await send(db, channel)).toMatchObject({ nextMessageIndex: 2, messagesCount: 2 })
  expect(await indexes(db)).toEqual([0, 1])
})

test('few messages are written without the thread, many by it, and all of them count on', async () => {
  await using folder = await givenFolder()
  const db = openFile(join(folder.path, 'parley.db'))
  await migrate(db)
  const channel: Channel = { ...fullChannel(), deleted: 0, nextMessageIndex: 0, messagesCount: 0 }
  await db.transaction((tx) => insertChannel(tx, channel))
  for (const many of [1, 2, 30, 1, 50, 3]) {
    await Promise.all(Array.from({ length: many }, () => send(db, channel)))
  }
  expect(await indexes(db)).toEqual(Array.from({ length: 87 }, (_, i) => i))
  expect(await db.one(sql`select * from channels`)).toMatchObject({ nextMessageIndex: 87, messagesCount: 87 })
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
      return send(db, channel)
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
