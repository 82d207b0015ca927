// What can be watched has a counter, and each event carries its next number in the rows (realtime-protocol.md §5.1).
import { describe, expect, test } from 'vitest'
import { deleteChannel, updateChannel } from '../../src/chat/channels.ts'
import type { ChatEvent } from '../../src/chat/events.ts'
import { createInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { leaveUserChannel, updateUserChannel } from '../../src/chat/user-channels.ts'
import { requireUser, updateUser } from '../../src/chat/users.ts'
import { startChat } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'

describe.each(ENGINES)('on %s', (engine) => {
  test('each event of the messages has a number of its own, which the message keeps', async () => {
    await using t = await startChat(engine)
    const { chat, account } = t
    const channel = await t.givenChannel()
    t.published.length = 0

    const first = await sendMessage(chat, account, channel, { body: 'one' })
    const second = await sendMessage(chat, account, channel, { body: 'two' })
    await updateMessage(chat, account, channel, first, { body: 'uno' })
    await removeMessage(chat, account, channel, second)
    await sendMessage(chat, account, channel, { body: 'three' })

    const numbers = numbersOf(t.published, ({ channel }) => channel?.messagesEvent)
    expectRising(numbers)
    expect(numbersOf(t.published, ({ message }) => message?.lastEvent)).toEqual(numbers)
    const [one, two, edited, removed] = t.published.map((event) => rowsOf(event).message)
    expect([one, two]).toMatchObject([{ createdEvent: numbers[0] }, { createdEvent: numbers[1] }])
    expect([edited, removed]).toMatchObject([{ createdEvent: numbers[0] }, { createdEvent: numbers[1] }])
  })

  test('each event of the roster has a number of its own, which the member keeps', async () => {
    await using t = await startChat(engine)
    const { chat, account } = t
    const channel = await t.givenChannel()
    await t.givenUser({ identity: 'alice' })
    await t.givenUser({ identity: 'bob' })
    t.published.length = 0

    const alice = await addMember(chat, account, channel, { identity: 'alice' })
    await addMember(chat, account, channel, { identity: 'bob' })
    await updateMember(chat, account, channel, alice, { attributes: '[1]' })
    await updateMember(chat, account, channel, alice, { lastReadIndex: 0 })
    await removeMember(chat, account, channel, await requireMember(chat, channel, 'bob'))
    await addMember(chat, account, channel, { identity: 'bob' })

    const ofRoster = t.published.filter(({ type }) => type.startsWith('member.'))
    const numbers = numbersOf(ofRoster, ({ channel }) => channel?.rosterEvent)
    expect(ofRoster).toHaveLength(6)
    expectRising(numbers)
    expect(numbersOf(ofRoster, ({ member }) => member?.lastEvent)).toEqual(numbers)
    const created = ofRoster.map((event) => rowsOf(event).member?.createdEvent)
    const [added, second, , , , again] = numbers
    expect(created).toEqual([added, second, added, added, second, again])
  })

  test('each event of the channels of a user has a number of its own, which the item keeps', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const alice = await t.givenUser({ identity: 'alice' })
    const [lobby, room] = [await t.givenChannel(), await t.givenChannel()]
    t.published.length = 0

    await createInvite(chat, account, lobby, { identity: 'alice' })
    await addMember(chat, account, lobby, { identity: 'alice' })
    await addMember(chat, account, room, { identity: 'alice' })
    await updateUserChannel(chat, account, alice, lobby, { lastReadIndex: 2, notificationLevel: 'muted' })
    await leaveUserChannel(chat, account, alice, lobby)
    await addMember(chat, account, lobby, { identity: 'alice' })
    await deleteChannel(chat, account, room)

    const items = t.published.flatMap((event) => rowsOf(event).items)
    expectRising(items.map(({ lastEvent }) => lastEvent))
    const { channelsEvent } = await requireUser(chat, service, 'alice')
    expect(items.at(-1)).toMatchObject({ channelSid: room.sid, deleted: 1, lastEvent: channelsEvent })
    const ofLobby = items.filter(({ channelSid }) => channelSid === lobby.sid)
    expect(ofLobby.map(({ status, deleted }) => [status, deleted])).toEqual([
      ['invited', 0],
      ['joined', 0],
      ['joined', 0],
      ['joined', 0],
      ['joined', 1],
      ['joined', 0],
    ])
    const [invited, ...rest] = ofLobby.map(({ createdEvent }) => createdEvent)
    const again = ofLobby.at(-1)?.lastEvent
    expect(rest).toEqual([invited, invited, invited, invited, again])
  })

  test('the document of a channel counts its edits and what moves its last message', async () => {
    await using t = await startChat(engine)
    const { chat, account } = t
    const channel = await t.givenChannel()
    t.published.length = 0

    await updateChannel(chat, account, channel, { friendlyName: 'new' })
    const first = await sendMessage(chat, account, channel, { body: 'one' })
    const last = await sendMessage(chat, account, channel, { body: 'two' })
    await removeMessage(chat, account, channel, last)
    await updateChannel(chat, account, channel, { attributes: '[1]' })

    expectRising(numbersOf(t.published, (rows) => rows.channel?.documentEvent))
    expect(await t.reread(channel)).toMatchObject({ lastMessageSid: first.sid, lastMessageIndex: 0 })
  })

  test('each item of the own data of a user gets a number of its own', async () => {
    await using t = await startChat(engine)
    const { chat, account, service } = t
    const user = await t.givenUser({ identity: 'alice' })

    const named = await updateUser(chat, account, service, user, { friendlyName: 'Alice' })
    const both = await updateUser(chat, account, service, user, { friendlyName: 'Al', attributes: '[1]' })
    const last = await updateUser(chat, account, service, user, { attributes: '[2]' })

    expectRising([user.friendlyNameEvent, named.friendlyNameEvent, both.friendlyNameEvent])
    expectRising([both.friendlyNameEvent, both.attributesEvent, last.attributesEvent])
    expect(named.attributesEvent).toBe(user.attributesEvent)
    expect(last.friendlyNameEvent).toBe(both.friendlyNameEvent)
    expect([named.infoEvent, both.infoEvent, last.infoEvent]).toEqual([
      named.friendlyNameEvent,
      both.attributesEvent,
      last.attributesEvent,
    ])
  })

  test('messages sent at once all get numbers and indexes of their own, without gaps', async () => {
    await using t = await startChat(engine)
    const channel = await t.givenChannel()
    t.published.length = 0

    await Promise.all(
      Array.from({ length: 40 }, (_, i) => sendMessage(t.chat, t.account, channel, { body: `${i}` })),
    )

    const sent = t.published.map((event) => rowsOf(event).message)
    const indexes = sent.map((message) => message?.messageIndex ?? -1).sort((a, b) => a - b)
    expect(indexes).toEqual(Array.from({ length: 40 }, (_, i) => i))
    const numbers = sent.map((message) => message?.lastEvent ?? -1).sort((a, b) => a - b)
    expectRising(numbers)
    expect(await t.reread(channel)).toMatchObject({ messagesCount: 40, messagesEvent: numbers.at(-1) })
  })
})

/** The rows that an event may carry. */
function rowsOf(event: ChatEvent) {
  const userChannel = 'userChannel' in event && event.userChannel ? [event.userChannel] : []
  return {
    channel: 'channel' in event ? event.channel : undefined,
    member: 'member' in event ? event.member : undefined,
    message: 'message' in event ? event.message : undefined,
    items: 'userChannels' in event ? event.userChannels : userChannel,
  }
}

function numbersOf(
  events: readonly ChatEvent[],
  pick: (rows: ReturnType<typeof rowsOf>) => number | undefined,
): number[] {
  return events.map((event) => pick(rowsOf(event)) ?? Number.NaN)
}

function expectRising(numbers: readonly number[]): void {
  const rising = numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? Number.NaN))
  expect(rising && numbers.length > 0, `${numbers} should rise`).toBe(true)
}
