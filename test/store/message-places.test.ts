// Messages lie by channel and index: pages stay within their channel, and older databases are brought to that order.
import { describe, expect, test } from 'vitest'
import { type Channel, insertChannel, takeChannelNumber } from '../../src/store/channels.ts'
import type { Database } from '../../src/store/database.ts'
import {
  findLastMessage,
  findMessageAt,
  hasMessages,
  insertMessage,
  listMessages,
} from '../../src/store/messages.ts'
import { migrate, readMigrations } from '../../src/store/migrate.ts'
import type { Order, Position } from '../../src/store/paging.ts'
import { sql } from '../../src/store/sql.ts'
import { ENGINES } from '../support/databases.ts'
import { fullChannel, fullMessage } from '../support/full-rows.ts'
import { givenEmptyStore, givenStore } from '../support/stores.ts'

const ORDERS: readonly Order[] = ['asc', 'desc']
const SIDES = ['after', 'from', 'before', 'upTo'] as const
const COUNT = 4

/** Three channels with neighbouring numbers and four messages each; the one in the middle. */
async function givenNeighbours(db: Database): Promise<Channel> {
  const channels = [7, 8, 9].map((number) => ({
    ...fullChannel(),
    number,
    messagesCount: COUNT,
    nextMessageIndex: COUNT,
  }))
  await db.transaction(async (tx) => {
    for (const channel of channels) {
      await insertChannel(tx, channel)
      for (let messageIndex = 0; messageIndex < COUNT; messageIndex++) {
        insertMessage(tx, channel, { ...fullMessage(), messageIndex })
      }
    }
  })
  return channels[1] as Channel
}

function expected(order: Order, { side, key }: Position<number>): number[] {
  const indexes = Array.from({ length: COUNT }, (_, i) => i)
  const comesFirst = (index: number): boolean => (order === 'asc' ? index < key : index > key)
  const isIn = (index: number): boolean => {
    if (index === key) return side === 'from' || side === 'upTo'
    return comesFirst(index) === (side === 'before' || side === 'upTo')
  }
  const found = indexes.filter(isIn)
  return order === 'asc' ? found : found.toReversed()
}

describe.each(ENGINES)('%s', (engine) => {
  test('no index leads into another channel', async () => {
    await using store = await givenStore(engine)
    const { db } = store
    const channel = await givenNeighbours(db)

    const keys = [-1, 0, 1, 3, 4, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 2, 10 ** 15 - 1]
    for (const order of ORDERS) {
      for (const from of SIDES.flatMap((side) => keys.map((key) => ({ side, key })))) {
        const page = await listMessages(db, channel, order, { size: 50, from })
        const indexes = page.items.map(({ messageIndex }) => messageIndex)
        expect(indexes, `${order} ${from.side} ${from.key}`).toEqual(expected(order, from))
        expect(page.items.every(({ channelSid }) => channelSid === channel.sid)).toBe(true)
        for (const messagesCount of [COUNT, COUNT - 1]) {
          const found = await hasMessages(db, { ...channel, messagesCount }, order, from)
          expect(found, `any ${order} ${from.side} ${from.key}`).toBe(indexes.length > 0)
        }
      }
    }
    for (const index of [-1, 4, 2 ** 32, 2 ** 32 + 1, 10 ** 15]) {
      expect(await findMessageAt(db, channel, index), `${index}`).toBeUndefined()
    }
    expect((await findMessageAt(db, channel, 3))?.messageIndex).toBe(3)
    expect((await findLastMessage(db, channel))?.messageIndex).toBe(3)
  })

  test('messages of an older database come to their channels, and new channels get numbers of their own', async () => {
    await using store = await givenEmptyStore(engine)
    const { db } = store
    await migrate(
      db,
      readMigrations(engine).filter(({ version }) => version <= 8),
    )
    const sids = ['CHb', 'CHa']
    await db.transaction(async (tx) => {
      for (const sid of sids) await tx.run(oldChannel(sid))
      for (const index of [0, 1, 2]) for (const sid of sids) await tx.run(oldMessage(sid, index))
      await tx.run(oldMessage('CHgone', 0))
    })

    expect(await migrate(db)).toBe(1)

    const channels = await db.many<Channel>(sql`select * from channels order by sid`)
    expect(new Set(channels.map(({ number }) => number)).size).toBe(2)
    for (const channel of channels) {
      const { items } = await listMessages(db, channel, 'asc', { size: 50, from: null })
      expect(items.map(({ sid, messageIndex, body, deleted }) => [sid, messageIndex, body, deleted])).toEqual(
        [
          [`${channel.sid}0`, 0, 'text 0', 0],
          [`${channel.sid}2`, 2, 'text 2', 0],
        ],
      )
    }
    expect(await db.one(sql`select count(*) as messages from messages`)).toEqual({ messages: 6 })
    const given = channels.map(({ number }) => number)
    await db.transaction((tx) => tx.run(sql`delete from channels`))
    for (let i = 0; i < 3; i++) given.push(await db.transaction(takeChannelNumber))
    expect(new Set(given).size).toBe(5)
  })
})

const oldChannel = (sid: string) => sql`
  insert into channels (sid, service_sid, attributes, type, created_by, messages_count, next_message_index, created_at, updated_at)
  values (${sid}, 'ISold', '{}', 'public', 'system', 2, 3, 1, 1)`

/** The one in the middle is a tombstone. */
const oldMessage = (channelSid: string, index: number) => sql`
  insert into messages (sid, service_sid, channel_sid, message_index, author, body, attributes, created_event, last_event, deleted,
    created_at, updated_at)
  values (${`${channelSid}${index}`}, 'ISold', ${channelSid}, ${index}, 'alice', ${`text ${index}`}, '{}', ${index + 1}, ${index + 1},
    ${index === 1 ? 1 : 0}, 1, 1)`
