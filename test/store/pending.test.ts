// What a transaction leaves to be written with its commit: rows without waiting, and counters.
import { describe, expect, test } from 'vitest'
import { type Channel, countMessageAdded, insertChannel } from '../../src/store/channels.ts'
import { type Database, UniqueViolation } from '../../src/store/database.ts'
import { insertMessage } from '../../src/store/messages.ts'
import { migrate } from '../../src/store/migrate.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { fullChannel, fullMessage } from '../support/full-rows.ts'
import { sendRow } from '../support/send-row.ts'
import { givenEmptyStore, type TestStore } from '../support/stores.ts'

const STORES = [...ENGINES, 'memory'] as const

async function givenChannel(engine: (typeof STORES)[number]): Promise<TestStore & { channel: Channel }> {
  const store = await givenEmptyStore(engine)
  await migrate(store.db)
  const channel = { ...fullChannel(), deleted: 0 }
  await store.db.transaction((tx) => insertChannel(tx, channel))
  return Object.assign(store, { channel })
}

const read = (db: Pick<Database, 'one'>, { sid }: Channel) =>
  db.one<Channel>(sql`select * from channels where sid = ${sid}`)

describe.each(STORES)('%s', (engine) => {
  test('each count is one more, and what it returns is what is written', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    const counted = await Promise.all(Array.from({ length: 20 }, () => sendRow(db, channel)))

    const indexes = counted.map((row) => row?.nextMessageIndex ?? 0).toSorted((a, b) => a - b)
    expect(indexes).toEqual(indexes.map((_, i) => channel.nextMessageIndex + 1 + i))
    const last = counted.find((row) => row?.nextMessageIndex === indexes.at(-1))
    expect(await read(db, channel)).toEqual(last)
    expect(last).toEqual({
      ...channel,
      nextMessageIndex: channel.nextMessageIndex + 20,
      messagesCount: channel.messagesCount + 20,
      messagesEvent: channel.messagesEvent + 20,
      documentEvent: channel.documentEvent + 20,
      lastMessageSid: last?.lastMessageSid,
      lastMessageIndex: channel.nextMessageIndex + 19,
      lastMessageAt: last?.lastMessageAt,
    })
  })

  test('whatever the transaction asks next sees it', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    await db.transaction(async (tx) => {
      const message = { ...fullMessage(), channelSid: channel.sid }
      const counted = await countMessageAdded(tx, channel.sid, message.sid, 1)
      insertMessage(tx, channel, message)
      expect(await read(tx, channel)).toEqual(counted)
      expect(await tx.many(sql`select sid from messages`)).toEqual([{ sid: message.sid }])
    })
  })

  test('nothing is left of a transaction that is undone', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    const undone = db.transaction(async (tx) => {
      await countMessageAdded(tx, channel.sid, 'IM1', 1)
      insertMessage(tx, channel, fullMessage())
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')

    expect(await read(db, channel)).toEqual(channel)
    expect(await db.many(sql`select sid from messages`)).toEqual([])
    expect((await sendRow(db, channel))?.nextMessageIndex).toBe(channel.nextMessageIndex + 1)
  })

  test('a row that is refused undoes its own transaction and no other', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    const [first, second, third] = [fullMessage().sid, fullMessage().sid, fullMessage().sid]
    await sendRow(db, channel, { sid: first })
    const outcomes = await Promise.allSettled([
      sendRow(db, channel, { sid: second }),
      sendRow(db, channel, { sid: first }),
      sendRow(db, channel, { sid: third }),
    ])

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(UniqueViolation)
    expect((await read(db, channel))?.messagesCount).toBe(channel.messagesCount + 3)
    const kept = await db.many<{ sid: string }>(sql`select sid from messages order by message_index`)
    expect(kept.map(({ sid }) => sid).toSorted()).toEqual([first, second, third].toSorted())
  })

  test('counts and statements on the same row follow each other', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    for (const name of ['one', 'two', 'three']) {
      await sendRow(db, channel)
      await db.transaction(async (tx) => {
        await tx.run(
          sql`update channels set friendly_name = ${name}, messages_count = 0 where sid = ${channel.sid}`,
        )
      })
      const counted = await sendRow(db, channel)
      expect(counted).toMatchObject({ friendlyName: name, messagesCount: 1 })
    }
    expect((await read(db, channel))?.nextMessageIndex).toBe(channel.nextMessageIndex + 6)
  })

  test('a row that is gone is not counted', async () => {
    await using store = await givenChannel(engine)
    const { db, channel } = store
    await sendRow(db, channel)
    const counted = await db.transaction(async (tx) => {
      await tx.run(sql`update channels set deleted = 1 where sid = ${channel.sid}`)
      return countMessageAdded(tx, channel.sid, 'IM1', 1)
    })
    expect(counted).toBeUndefined()
  })
})
