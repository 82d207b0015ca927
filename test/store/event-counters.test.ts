// The numbers that realtime clients follow (realtime-protocol.md §5.1, §12.1), driven through the verbs.
import { describe, expect, test } from 'vitest'
import type { AccountCaller } from '../../src/chat/caller.ts'
import { createChannel, deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import type { Chat } from '../../src/chat/chat.ts'
import { createInvite, deleteInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createService } from '../../src/chat/services.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { Message } from '../../src/store/messages.ts'
import { sql } from '../../src/store/sql.ts'
import type { User } from '../../src/store/users.ts'
import { ENGINES, type Engine } from '../support/databases.ts'
import { readCounters } from '../support/integrity.ts'
import { startServer } from '../support/server.ts'

/** What moved: the document, the message list, the roster, the channels and the own data of alice. */
type Moves = { doc?: number; list?: number; roster?: number; mine?: number; info?: number }
type Counters = Required<Moves>

/** A channel and alice, who is not in it. */
async function givenScene(engine: Engine) {
  const server = await startServer({}, engine)
  const { chat, identity } = server.app
  const caller: AccountCaller = { kind: 'account', accountSid: identity.account.sid, webhooks: false }
  const service = await createService(chat, caller, { friendlyName: 'test' })
  const channel = await createChannel(chat, caller, service, { type: 'private' })
  const alice = await createUser(chat, caller, service, { identity: 'alice' })
  const read = () => readScene(chat, channel, alice)

  return {
    ...{ chat, caller, service, channel, alice },
    /** What an action moved; all counters stay in step with the rows. */
    async moves(action: () => Promise<unknown>): Promise<Moves> {
      const before = await read()
      await action()
      const after = await read()
      const { kept, counted } = await readCounters(chat.db)
      expect(kept).toEqual(counted)
      const names = Object.keys(before) as (keyof Counters)[]
      return Object.fromEntries(
        names.map((name) => [name, after[name] - before[name]]).filter(([, moved]) => moved !== 0),
      )
    },
    items: (table: 'members' | 'user_channels' | 'messages') => readItems(chat, table),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function readScene({ db }: Chat, { sid }: Channel, alice: User): Promise<Counters> {
  const channel = await db.one<Channel>(sql`select * from channels where sid = ${sid}`)
  const user = await db.one<User>(sql`select * from users where sid = ${alice.sid}`)
  if (!channel || !user) throw new Error('the scene is gone')
  return {
    doc: channel.documentEvent,
    list: channel.messagesEvent,
    roster: channel.rosterEvent,
    mine: user.channelsEvent,
    info: user.infoEvent,
  }
}

/** The event numbers of all items, deleted ones too, in the order in which they were made. */
async function readItems({ db }: Chat, table: 'members' | 'user_channels' | 'messages') {
  const from = { members: sql`members`, user_channels: sql`user_channels`, messages: sql`messages` }[table]
  const items = await db.many<{ createdEvent: number; lastEvent: number; deleted: number }>(
    sql`select created_event, last_event, deleted from ${from} order by created_event`,
  )
  return items.map(({ createdEvent, lastEvent, deleted }) => [createdEvent, lastEvent, deleted])
}

describe.each(ENGINES)('%s', (engine) => {
  test('each change of messages moves the list, and the document when the last message changes', async () => {
    await using scene = await givenScene(engine)
    const { chat, caller, channel, moves } = scene
    const sent: Message[] = []
    const send = async (body: string) => sent.push(await sendMessage(chat, caller, channel, { body }))
    const message = (index: number): Message => sent[index] as Message
    const edit = (index: number, body: string) =>
      updateMessage(chat, caller, channel, message(index), { body })
    const remove = (index: number) => removeMessage(chat, caller, channel, message(index))

    expect(await moves(() => send('zero'))).toEqual({ list: 1, doc: 1 })
    expect(await moves(() => send('one'))).toEqual({ list: 1, doc: 1 })
    expect(await moves(() => send('two'))).toEqual({ list: 1, doc: 1 })
    expect(await moves(() => edit(0, 'zero, better'))).toEqual({ list: 1 })
    expect(await moves(() => edit(0, 'zero, better'))).toEqual({})
    expect(await moves(() => remove(1))).toEqual({ list: 1 })
    expect(await moves(() => remove(2))).toEqual({ list: 1, doc: 1 })
    await expect(remove(2)).rejects.toMatchObject({ code: 50500 })
    await expect(edit(1, 'too late')).rejects.toMatchObject({ code: 50500 })
    expect(await scene.items('messages')).toEqual([
      [1, 4, 0],
      [2, 5, 1],
      [3, 6, 1],
    ])
    expect(await moves(() => send('three'))).toEqual({ list: 1, doc: 1 })
    expect(message(3)).toMatchObject({ messageIndex: 3, createdEvent: 7, lastEvent: 7 })
    const tombstones = await chat.db.many(sql`select body, attributes, media from messages where deleted = 1`)
    expect(tombstones).toEqual(Array(2).fill({ body: null, attributes: '{}', media: null }))
  })

  test('each change of members moves the roster, and the channels of the user whose view changes', async () => {
    await using scene = await givenScene(engine)
    const { chat, caller, channel, alice, moves } = scene
    const addAlice = () => addMember(chat, caller, channel, { identity: 'alice' })
    const bob = await addMember(chat, caller, channel, { identity: 'bob' })
    let member = bob
    const update = (change: Parameters<typeof updateMember>[4]) => () =>
      updateMember(chat, caller, channel, member, change)

    expect(await moves(async () => (member = await addAlice()))).toEqual({ roster: 1, mine: 1 })
    await expect(addAlice()).rejects.toMatchObject({ code: 50404 })
    expect(await moves(update({ attributes: '{"a":1}' }))).toEqual({ roster: 1 })
    expect(await moves(update({ attributes: '{"a":1}' }))).toEqual({})
    expect(await moves(update({ lastReadIndex: 5 }))).toEqual({ roster: 1, mine: 1 })
    expect(await moves(update({ lastReadIndex: 5 }))).toEqual({})
    expect(
      await moves(() =>
        updateUserChannel(chat, caller, alice, channel, { notificationLevel: 'muted', lastReadIndex: 6 }),
      ),
    ).toEqual({ roster: 1, mine: 2 })
    expect(
      await moves(() => updateUserChannel(chat, caller, alice, channel, { notificationLevel: 'default' })),
    ).toEqual({ mine: 1 })
    expect(await moves(() => removeMember(chat, caller, channel, member))).toEqual({ roster: 1, mine: 1 })
    await expect(removeMember(chat, caller, channel, member)).rejects.toMatchObject({ code: 50402 })
    expect(await moves(addAlice)).toEqual({ roster: 1, mine: 1 })
    expect(await scene.items('members')).toEqual([
      [1, 1, 0],
      [2, 6, 1],
      [7, 7, 0],
    ])
  })

  test('an invite shows the channel to the user; joining keeps that item and its start', async () => {
    await using scene = await givenScene(engine)
    const { chat, caller, channel, moves, items } = scene
    const invite = () => createInvite(chat, caller, channel, { identity: 'alice' })

    expect(await moves(invite)).toEqual({ mine: 1 })
    await expect(invite()).rejects.toMatchObject({ code: 50212 })
    expect(await items('user_channels')).toEqual([[1, 1, 0]])
    expect(await moves(() => addMember(chat, caller, channel, { identity: 'alice' }))).toEqual({
      roster: 1,
      mine: 1,
    })
    expect(await items('user_channels')).toEqual([[1, 2, 0]])

    const other = await createChannel(chat, caller, scene.service, {})
    const revoked = await createInvite(chat, caller, other, { identity: 'alice' })
    expect(await moves(() => deleteInvite(chat, caller, other, revoked))).toEqual({ mine: 1 })
    expect(await items('user_channels')).toEqual([
      [1, 2, 0],
      [3, 4, 1],
    ])
    await createInvite(chat, caller, other, { identity: 'alice' })
    expect(await items('user_channels')).toEqual([
      [1, 2, 0],
      [5, 5, 0],
    ])
  })

  test('a changed channel moves its document; a deleted one also goes from the channels of its users', async () => {
    await using scene = await givenScene(engine)
    const { chat, caller, channel, moves, items } = scene
    const update = (change: Parameters<typeof updateChannel>[3]) => () =>
      updateChannel(chat, caller, channel, change)
    await addMember(chat, caller, channel, { identity: 'alice' })
    await createUser(chat, caller, scene.service, { identity: 'carol' })
    await createInvite(chat, caller, channel, { identity: 'carol' })

    expect(await moves(update({ friendlyName: 'Lobby', uniqueName: 'lobby' }))).toEqual({ doc: 1 })
    expect(await moves(update({ friendlyName: 'Lobby' }))).toEqual({})
    expect(await moves(update({}))).toEqual({})
    const users = await scene.chat.db.many<User>(sql`select * from users order by identity`)
    expect(users).toMatchObject([
      { identity: 'alice', joinedChannelsCount: 1, channelsEvent: 1 },
      { identity: 'carol', joinedChannelsCount: 0, channelsEvent: 1 },
    ])
    await deleteChannel(chat, caller, channel)
    await expect(deleteChannel(chat, caller, channel)).rejects.toMatchObject({ code: 50300 })
    expect(await scene.chat.db.many<User>(sql`select * from users order by identity`)).toMatchObject([
      { identity: 'alice', joinedChannelsCount: 0, channelsEvent: 2 },
      { identity: 'carol', joinedChannelsCount: 0, channelsEvent: 2 },
    ])
    expect(await items('user_channels')).toEqual([
      [1, 2, 1],
      [1, 2, 1],
    ])
    const { kept, counted } = await readCounters(chat.db)
    expect(kept).toEqual(counted)
  })

  test('each item of the own data has an event number of its own', async () => {
    await using scene = await givenScene(engine)
    const { chat, caller, service, alice, moves } = scene
    const update = (change: Parameters<typeof updateUser>[4]) => () =>
      updateUser(chat, caller, service, alice, change)

    expect(await moves(update({ friendlyName: 'Alice' }))).toEqual({ info: 1 })
    expect(await moves(update({ attributes: '{"a":1}', friendlyName: 'Alice L.' }))).toEqual({ info: 2 })
    expect(await moves(update({ friendlyName: 'Alice L.' }))).toEqual({})
    const user = await chat.db.one<User>(sql`select * from users where sid = ${alice.sid}`)
    const { friendlyNameEvent, attributesEvent, infoEvent } = user as User
    expect([friendlyNameEvent, attributesEvent].sort()).toEqual([2, 3])
    expect(infoEvent).toBe(3)
  })
})
