// Changes that meet in the middle. PostgreSQL runs them side by side, so each must lock what it relies on.
import { expect, test } from 'vitest'
import { createChannel, deleteChannel } from '../../src/chat/channels.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { ChatError } from '../../src/chat/errors.ts'
import { addMember, removeMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createService } from '../../src/chat/services.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, deleteUser, updateUser } from '../../src/chat/users.ts'
import type { Database } from '../../src/store/database.ts'
import { sql } from '../../src/store/sql.ts'
import { startOn } from '../support/apps.ts'
import { givenDatabase } from '../support/databases.ts'
import { readCounters } from '../support/integrity.ts'
import { holdLock } from '../support/postgres-admin.ts'

/** Alice in a channel with one message. */
async function givenScene() {
  const database = await givenDatabase('postgres')
  const running = await startOn(database)
  const { caller } = running
  let attempts = 0
  const { db } = running.app.chat
  const transaction: Database['transaction'] = (work) =>
    db.transaction((tx) => {
      attempts++
      return work(tx)
    })
  const chat: Chat = { ...running.app.chat, db: { ...db, transaction } }
  const service = await createService(chat, caller, { friendlyName: 'test' })
  const channel = await createChannel(chat, caller, service, {})
  const alice = await createUser(chat, caller, service, { identity: 'alice' })
  const member = await addMember(chat, caller, channel, { identity: 'alice' })
  const message = await sendMessage(chat, caller, channel, { body: 'one' })

  return {
    ...{ chat, caller, service, channel, alice, member, message },
    /** Starts two changes that both wait for rows of `table`, then lets them go in that order; how many attempts they took. */
    async meet(
      table: 'users' | 'messages',
      first: () => Promise<unknown>,
      second: () => Promise<unknown>,
    ): Promise<number> {
      attempts = 0
      await using lock = await holdLock(database, `select * from ${table} for update`)
      const one = first()
      await lock.waiters(1)
      const two = second()
      await lock.waiters(2)
      await lock.release()
      for (const outcome of await Promise.allSettled([one, two])) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ChatError)
      }
      return attempts
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

type Scene = Awaited<ReturnType<typeof givenScene>>

const mute = ({ chat, caller, alice, channel }: Scene) =>
  updateUserChannel(chat, caller, alice, channel, { notificationLevel: 'muted' })

test('who leaves a channel while it is being muted is out of it on both sides', async () => {
  await using scene = await givenScene()
  const { chat, caller, channel, member } = scene
  await scene.meet(
    'users',
    () => removeMember(chat, caller, channel, member),
    () => mute(scene),
  )
  const { kept, counted } = await readCounters(chat.db)

  expect(kept).toEqual(counted)
  expect(await chat.db.many(sql`select * from user_channels where deleted = 0`)).toEqual([])
})

test('a channel deleted while it is being muted is gone from the channels of its users', async () => {
  await using scene = await givenScene()
  const { chat, caller, channel } = scene
  await scene.meet(
    'users',
    () => deleteChannel(chat, caller, channel),
    () => mute(scene),
  )

  expect(await chat.db.many(sql`select * from user_channels where deleted = 0`)).toEqual([])
})

test('a channel muted while its read horizon moves is muted, and the horizon has moved', async () => {
  await using scene = await givenScene()
  const { chat, caller, alice, channel } = scene
  await scene.meet(
    'users',
    () => mute(scene),
    () => updateUserChannel(chat, caller, alice, channel, { lastReadIndex: 7 }),
  )
  const { kept, counted } = await readCounters(chat.db)

  expect(kept).toEqual(counted)
  expect(await chat.db.one(sql`select notification_level from user_channels`)).toEqual({
    notificationLevel: 'muted',
  })
  expect(await chat.db.one(sql`select last_read_index from members`)).toEqual({ lastReadIndex: 7 })
})

test('of two changes to a user at once none is lost', async () => {
  await using scene = await givenScene()
  const { chat, caller, service, alice } = scene
  await scene.meet(
    'users',
    () => updateUser(chat, caller, service, alice, { friendlyName: 'Alice' }),
    () => updateUser(chat, caller, service, alice, { attributes: '{"a":1}' }),
  )

  expect(await chat.db.one(sql`select friendly_name, attributes, info_event from users`)).toEqual({
    friendlyName: 'Alice',
    attributes: '{"a":1}',
    infoEvent: 2,
  })
})

test('an edit and a removal of the same message lock in the same order, so neither has to start over', async () => {
  await using scene = await givenScene()
  const { chat, caller, channel, message } = scene
  const attempts = await scene.meet(
    'messages',
    () => updateMessage(chat, caller, channel, message, { body: 'two' }),
    () => removeMessage(chat, caller, channel, message),
  )
  const { kept, counted } = await readCounters(chat.db)

  expect(kept).toEqual(counted)
  expect(attempts).toBe(2)
})

test('the removal of a user and a change of the membership lock in the same order, so neither has to start over', async () => {
  await using scene = await givenScene()
  const { chat, caller, channel, member, alice } = scene
  const attempts = await scene.meet(
    'users',
    () => deleteUser(chat, caller, alice),
    () => updateMember(chat, caller, channel, member, { lastReadIndex: 0 }),
  )
  const { kept, counted } = await readCounters(chat.db)

  expect(kept).toEqual(counted)
  expect(attempts).toBe(2)
})
