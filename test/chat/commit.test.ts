// Listeners: what they record is one with the change, and they are told once it is on disk - or not at all.
import { describe, expect, test } from 'vitest'
import { updateChannel } from '../../src/chat/channels.ts'
import type { Listener } from '../../src/chat/chat.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { createInvite } from '../../src/chat/invites.ts'
import { addMember, updateMember } from '../../src/chat/members.ts'
import { sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createRateLimiter } from '../../src/chat/rates.ts'
import { createRole, updateRole } from '../../src/chat/roles.ts'
import { requireService, updateService } from '../../src/chat/services.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, requireUser, updateUser } from '../../src/chat/users.ts'
import type { Queryable } from '../../src/store/database.ts'
import type { Service } from '../../src/store/services.ts'
import { sql } from '../../src/store/sql.ts'
import { findUser } from '../../src/store/users.ts'
import { readEverything, startChat } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'

describe.each(ENGINES)('on %s', (engine) => {
  test('a listener records inside the transaction and is told after it, of the same events', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const recorded: ChatEvent[] = []
    const published: ChatEvent[] = []
    const seen: Record<string, Promise<unknown>> = {}
    const findCarol = (db: Queryable) => findUser(db, service.sid, 'carol')
    chat.listeners.push({
      async record(tx, events) {
        recorded.push(...events)
        seen.insideWhenRecording = Promise.resolve(await findCarol(tx))
        seen.outsideWhenRecording = Promise.resolve(await findCarol(chat.db))
      },
      publish(events) {
        published.push(...events)
        seen.outsideWhenTold = findCarol(chat.db)
      },
    })

    const user = await createUser(chat, account, service, { identity: 'carol' })

    expect(recorded).toMatchObject([{ type: 'user.added', user }])
    expect(published).toEqual(recorded)
    expect(await seen.insideWhenRecording).toEqual(user)
    expect(await seen.outsideWhenRecording).toBeUndefined()
    expect(await seen.outsideWhenTold).toEqual(user)
  })

  test('what listeners record is kept with the change', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const role = await t.givenRole('channel', ['sendMessage'])
    chat.listeners.push(recording(service, 'recorded'))

    await updateRole(chat, account, role, ['leaveChannel'])

    expect(await requireService(chat, account, service.sid)).toMatchObject({ friendlyName: 'recorded' })
  })

  test('a listener that cannot record undoes the change and all records, and nobody is told', async () => {
    await using t = await startChat(engine)
    const { chat, account } = t
    const channel = await t.givenChannel()
    const before = await readEverything(chat.db)
    t.published.length = 0
    chat.listeners.push(recording(t.service, 'recorded'))
    chat.listeners.push({ record: () => Promise.reject(new Error('no room for the job')) })

    const attempts = [
      sendMessage(chat, account, channel, { body: 'hi' }),
      addMember(chat, account, channel, { identity: 'carol' }),
      updateChannel(chat, account, channel, { friendlyName: 'new' }),
    ]

    for (const outcome of await Promise.allSettled(attempts)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'no room for the job' } })
    }
    expect(await readEverything(chat.db)).toEqual(before)
    expect(t.published).toEqual([])
  })

  test('a change that fails or is refused tells nobody, and leaves nothing of it behind', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const channel = await t.givenChannel({ uniqueName: 'taken' })
    const other = await t.givenChannel()
    await t.givenMember(channel, { identity: 'alice' })
    const alice = await requireUser(chat, service, 'alice')
    await updateService(chat, account, service, { channelMembersLimit: 1 })
    const before = await readEverything(chat.db)
    t.published.length = 0
    let recorded = 0
    chat.listeners.push({ record: async () => void recorded++ })

    const codes = await codesOf([
      addMember(chat, account, channel, { identity: 'alice' }),
      addMember(chat, account, channel, { identity: 'carol' }),
      addMember(chat, account, other, { identity: 'carol', roleSid: service.defaultServiceRoleSid }),
      createInvite(chat, account, channel, { identity: 'alice' }),
      createUser(chat, account, service, { identity: 'alice' }),
      updateChannel(chat, account, other, { uniqueName: 'taken' }),
      updateUserChannel(chat, account, alice, other, { lastReadIndex: 1 }),
      updateUserChannel(chat, account, alice, channel, { lastReadIndex: -1, notificationLevel: 'muted' }),
      sendMessage(chat, t.asUser(alice), other, { body: 'hi' }),
      createRole(chat, t.asUser(alice), service, { friendlyName: 'new', type: 'channel', permissions: [] }),
    ])

    expect(codes).toEqual([50404, 50403, 50101, 50404, 50201, 50307, 50402, 50406, 50107, 50107])
    expect(await readEverything(chat.db)).toEqual(before)
    expect(recorded).toBe(0)
    expect(t.published).toEqual([])
  })

  test('an update that changes nothing tells nobody and keeps the date', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const role = await t.givenRole('channel', ['sendMessage', 'leaveChannel'])
    const channel = await t.givenChannel({ friendlyName: 'Lobby', uniqueName: 'lobby', attributes: '[1]' })
    const member = await t.givenMember(channel, { identity: 'alice', attributes: '[1]', lastReadIndex: 3 })
    const message = await t.givenMessage(channel, { body: 'hi', attributes: '[1]', author: 'alice' })
    const alice = await requireUser(chat, service, 'alice')
    const before = await readEverything(chat.db)
    t.published.length = 0
    t.clock.now += 60_000

    const { body, attributes, author } = message
    await updateService(chat, account, service, {})
    await updateService(chat, account, service, { friendlyName: 'test', channelMembersLimit: 100 })
    await updateService(chat, account, service, { notifications: { newMessage: { enabled: false } } })
    await updateRole(chat, account, role, ['sendMessage', 'leaveChannel', 'sendMessage'])
    await updateUser(chat, account, service, alice, {})
    await updateUser(chat, account, service, alice, { friendlyName: null, roleSid: alice.roleSid })
    await updateChannel(chat, account, channel, {})
    await updateChannel(chat, account, channel, { friendlyName: 'Lobby', uniqueName: 'lobby', attributes })
    await updateMember(chat, account, channel, member, {})
    await updateMember(chat, account, channel, member, {
      attributes,
      lastReadIndex: 3,
      roleSid: member.roleSid,
    })
    await updateMessage(chat, account, channel, message, {})
    await updateMessage(chat, account, channel, message, { body: body ?? '', attributes, author })
    await updateUserChannel(chat, account, alice, channel, {})
    await updateUserChannel(chat, account, alice, channel, { lastReadIndex: 3, notificationLevel: 'default' })

    expect(await readEverything(chat.db)).toEqual(before)
    expect(t.published).toEqual([])
  })
})

test('a transaction that starts over tells of its last run only', async () => {
  await using t = await startChat('postgres')
  const { chat, account } = t
  const channel = await t.givenChannel()
  t.published.length = 0
  let runs = 0
  chat.listeners.push({
    async record(tx) {
      runs++
      if (runs === 1) await tx.script("do $$ begin raise sqlstate '40001'; end $$")
    },
  })

  const message = await sendMessage(chat, account, channel, { body: 'hi' })

  expect(runs).toBe(2)
  expect(t.published).toMatchObject([{ type: 'message.sent', message }])
  expect(await t.reread(channel)).toMatchObject({ messagesCount: 1, nextMessageIndex: 1 })
})

test('a change over the limit of its channel or service does not happen, and others do', async () => {
  await using t = await startChat('sqlite')
  const { chat, account, service } = t
  const [busy, quiet] = [await t.givenChannel(), await t.givenChannel()]
  chat.rates = createRateLimiter(chat.now)
  for (let i = 0; i < 150; i++) await sendMessage(chat, account, busy, { body: 'hi' })
  t.published.length = 0

  await expect(sendMessage(chat, account, busy, { body: 'hi' })).rejects.toMatchObject({
    status: 429,
    code: 20429,
  })

  expect(t.published).toEqual([])
  await sendMessage(chat, account, quiet, { body: 'hi' })
  await createUser(chat, account, service, { identity: 'carol' })
  t.clock.now += 60_000
  expect(await sendMessage(chat, account, busy, { body: 'hi' })).toMatchObject({ messageIndex: 150 })
})

/** A listener that records the name in the service's row, where a test finds it again. */
function recording(service: Service, name: string): Listener {
  return {
    async record(tx) {
      await tx.run(sql`update services set friendly_name = ${name} where sid = ${service.sid}`)
    },
  }
}

async function codesOf(attempts: Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(attempts)
  return outcomes.map((it) => (it.status === 'rejected' ? it.reason.code : 'allowed'))
}
