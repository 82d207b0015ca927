// Hundreds of random changes to the same few things at once: nothing breaks, and every counter stays right.
import { describe, expect, test } from 'vitest'
import { createChannel } from '../../src/chat/channels.ts'
import { ChatError } from '../../src/chat/errors.ts'
import { createInvite, listInvites, deleteInvite as revokeInvite } from '../../src/chat/invites.ts'
import { addMember, removeMember, requireMember, updateMember } from '../../src/chat/members.ts'
import { removeMessage, requireMessage, sendMessage, updateMessage } from '../../src/chat/messages.ts'
import { createService } from '../../src/chat/services.ts'
import { updateUserChannel } from '../../src/chat/user-channels.ts'
import { createUser, deleteUser, requireUser, updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import { type RunningApp, startOn } from '../support/apps.ts'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import { readCounters } from '../support/integrity.ts'

const CHANNELS = 3
const IDENTITIES = ['alice', 'bob', 'carol']
const WORKERS = 12
const ACTIONS_EACH = 40

type Pick = <T>(list: readonly T[]) => T

/** The same sequence for the same seed. */
function createPick(seed: number): Pick {
  let state = seed
  return (list) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return list[Math.floor((state / 2 ** 32) * list.length)] as (typeof list)[number]
  }
}

/** Every change that touches a channel or a user, on things chosen by `pick`. */
async function givenActions({ app: { chat }, caller }: RunningApp) {
  const service = await createService(chat, caller, { friendlyName: 'storm' })
  const channels: Channel[] = []
  for (let i = 0; i < CHANNELS; i++) channels.push(await createChannel(chat, caller, service, {}))
  const sent: { channel: Channel; sid: string }[] = []

  const send = async (pick: Pick) => {
    const channel = pick(channels)
    const { sid } = await sendMessage(chat, caller, channel, { body: 'one' })
    sent.push({ channel, sid })
  }
  const edit = async (pick: Pick) => {
    const { channel, sid } = pick(sent)
    const message = await requireMessage(chat, channel, sid)
    await updateMessage(chat, caller, channel, message, { body: pick(['one', 'two', 'three']) })
  }
  const erase = async (pick: Pick) => {
    const { channel, sid } = pick(sent)
    await removeMessage(chat, caller, channel, await requireMessage(chat, channel, sid))
  }
  const join = (pick: Pick) => addMember(chat, caller, pick(channels), { identity: pick(IDENTITIES) })
  const invite = (pick: Pick) => createInvite(chat, caller, pick(channels), { identity: pick(IDENTITIES) })
  const revoke = async (pick: Pick) => {
    const channel = pick(channels)
    const { items } = await listInvites(chat, channel, [], { size: 10, from: null })
    if (items.length > 0) await revokeInvite(chat, caller, channel, pick(items))
  }
  const leave = async (pick: Pick) => {
    const channel = pick(channels)
    await removeMember(chat, caller, channel, await requireMember(chat, channel, pick(IDENTITIES)))
  }
  const change = async (pick: Pick) => {
    const channel = pick(channels)
    const member = await requireMember(chat, channel, pick(IDENTITIES))
    await updateMember(chat, caller, channel, member, { lastReadIndex: pick([0, 1, 2, 3]) })
  }
  const mute = async (pick: Pick) => {
    const user = await requireUser(chat, service, pick(IDENTITIES))
    const notificationLevel = pick(['muted', 'default'] as const)
    await updateUserChannel(chat, caller, user, pick(channels), { notificationLevel })
  }
  const rename = async (pick: Pick) => {
    const user = await requireUser(chat, service, pick(IDENTITIES))
    await updateUser(chat, caller, service, user, {
      friendlyName: pick(['A', 'B']),
      attributes: pick(['1', '2']),
    })
  }
  const create = (pick: Pick) => createUser(chat, caller, service, { identity: pick(IDENTITIES) })
  const remove = async (pick: Pick) =>
    deleteUser(chat, caller, await requireUser(chat, service, pick(IDENTITIES)))

  await send((list) => list[0] as (typeof list)[number])
  const often = [send, send, edit, erase, join, join, leave, change, change, mute, invite, revoke]
  return [...often, ...often, ...often, rename, create, remove]
}

describe.each(ENGINES)('%s', (engine) => {
  test('every change is made whole or refused with its own error, and the counters equal the rows', async () => {
    await using database = await givenDatabase(engine)
    await using running = await startOn(database)
    const actions = await givenActions(running)
    const worker = async (seed: number): Promise<unknown[]> => {
      const pick = createPick(seed)
      const refusals: unknown[] = []
      for (let i = 0; i < ACTIONS_EACH; i++) await pick(actions)(pick).catch((error) => refusals.push(error))
      return refusals
    }
    const refusals = (await Promise.all(Array.from({ length: WORKERS }, (_, seed) => worker(seed)))).flat()
    const { kept, counted } = await readCounters(running.app.chat.db)

    expect(refusals.filter((error) => !(error instanceof ChatError))).toEqual([])
    expect(refusals.length).toBeLessThan((WORKERS * ACTIONS_EACH) / 2)
    expect(kept).toEqual(counted)
  })
})
