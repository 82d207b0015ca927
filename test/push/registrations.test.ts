// Devices sign on and off, and users become notifiable with them (rest-v2.md §2.4, §2.10, §5.5).
import { describe, expect, test } from 'vitest'
import { listUserBindings } from '../../src/chat/bindings.ts'
import { PUSH_TYPES } from '../../src/chat/push-dialect.ts'
import {
  type Registration,
  registerBinding,
  removeDeadBinding,
  removeRegistration,
} from '../../src/chat/push-registrations.ts'
import { updateService } from '../../src/chat/services.ts'
import { requireUser } from '../../src/chat/users.ts'
import type { User } from '../../src/store/users.ts'
import { times } from '../support/at-once.ts'
import { startChat, type TestChat } from '../support/chat.ts'
import { ENGINES } from '../support/databases.ts'

const CREDENTIAL = `CR${'a'.repeat(32)}` as const
const PHONE: Registration = {
  ...{ channelType: 'fcm', address: 'token', endpointId: 'phone', credentialSid: CREDENTIAL },
  ...{ messageTypes: PUSH_TYPES, dialect: 'chat' },
}
const SUBSCRIPTION = {
  endpoint: 'https://push.example.org/send/1',
  keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) },
}

async function bindingsOf({ chat }: TestChat, user: User) {
  return (await listUserBindings(chat, user, [], { size: 100, from: null })).items
}

const notifiableOf = async ({ chat, service }: TestChat, { sid }: User) =>
  (await requireUser(chat, service, sid)).isNotifiable

/** Whether users became notifiable or not, as listeners were told since the last look. */
function toldNotifiable({ published }: TestChat): string[] {
  return published
    .splice(0)
    .flatMap((event) =>
      event.type === 'user.updated' ? [`${event.user.identity} ${event.user.isNotifiable}`] : [],
    )
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a registration is kept as it was given', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })

    const binding = await registerBinding(t.chat, t.asUser(alice), {
      ...PHONE,
      credentialSid: `CR${'A'.repeat(32)}`,
      messageTypes: ['added_to_channel', 'new_message'],
      dialect: 'conversations',
    })

    expect(await bindingsOf(t, alice)).toEqual([binding])
    expect(binding).toEqual({
      ...{ sid: expect.stringMatching(/^BS[0-9a-f]{32}$/), serviceSid: t.service.sid, userSid: alice.sid },
      ...{ identity: 'alice', endpoint: 'phone', credentialSid: CREDENTIAL, bindingType: 'fcm' },
      ...{ address: 'token', messageTypes: '["new_message","added_to_channel"]', dialect: 'conversations' },
      ...{ badge: null, createdAt: t.clock.now, updatedAt: t.clock.now },
    })
  })

  test('registering again keeps the sid; a new token or another endpoint of the same device changes it in place', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const caller = t.asUser(alice)
    const first = await registerBinding(t.chat, caller, PHONE)
    t.clock.now += 1_000

    for (const change of [
      {},
      { address: 'new token' },
      { endpointId: 'reinstalled', address: 'new token' },
    ]) {
      const again = await registerBinding(t.chat, caller, { ...PHONE, ...change })
      expect(again).toEqual({
        ...first,
        address: change.address ?? 'token',
        endpoint: change.endpointId ?? 'phone',
        updatedAt: t.clock.now,
      })
      expect(await bindingsOf(t, alice)).toEqual([again])
    }
    await registerBinding(t.chat, caller, { ...PHONE, channelType: 'apn' })

    expect(await bindingsOf(t, alice)).toHaveLength(2)
  })

  test('a device that somebody else signs in on is theirs from then on', async () => {
    await using t = await startChat(engine)
    await updateService(t.chat, t.account, t.service, { reachabilityEnabled: 1 })
    const [alice, bob] = [await t.givenUser({ identity: 'alice' }), await t.givenUser({ identity: 'bob' })]
    const [own] = [await registerBinding(t.chat, t.asUser(alice), PHONE)]
    expect(toldNotifiable(t)).toEqual(['alice 1'])

    const taken = await registerBinding(t.chat, t.asUser(bob), PHONE)

    expect(taken.sid).not.toBe(own?.sid)
    expect(toldNotifiable(t).sort()).toEqual(['alice 0', 'bob 1'])
    expect(await bindingsOf(t, alice)).toEqual([])
    expect(await bindingsOf(t, bob)).toEqual([taken])
    await registerBinding(t.chat, t.asUser(alice), { ...PHONE, endpointId: 'other' })
    expect(toldNotifiable(t).sort()).toEqual(['alice 1', 'bob 0'])
  })

  test('users are notifiable while they have a device; it is told only where reachability is on', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const caller = t.asUser(alice)
    expect(await notifiableOf(t, alice)).toBeNull()

    const quiet = await registerBinding(t.chat, caller, PHONE)
    expect([await notifiableOf(t, alice), toldNotifiable(t)]).toEqual([1, []])
    await removeRegistration(t.chat, caller, quiet.sid)
    expect([await notifiableOf(t, alice), toldNotifiable(t)]).toEqual([0, []])

    await updateService(t.chat, t.account, t.service, { reachabilityEnabled: 1 })
    const phone = await registerBinding(t.chat, caller, PHONE)
    await registerBinding(t.chat, caller, { ...PHONE, endpointId: 'tablet', address: 'other' })
    await registerBinding(t.chat, caller, PHONE)
    expect([await notifiableOf(t, alice), toldNotifiable(t)]).toEqual([1, ['alice 1']])
    await removeRegistration(t.chat, caller, phone.sid)
    expect([await notifiableOf(t, alice), toldNotifiable(t)]).toEqual([1, []])
    await removeRegistration(t.chat, caller, 'other')

    expect([await notifiableOf(t, alice), toldNotifiable(t)]).toEqual([0, ['alice 0']])
    const { infoEvent, reachabilityEvent } = await requireUser(t.chat, t.service, alice.sid)
    expect({ infoEvent, reachabilityEvent }).toEqual({ infoEvent: 2, reachabilityEvent: 2 })
  })

  test('a device signs off by its sid or its token, once; nobody else can', async () => {
    await using t = await startChat(engine)
    const [alice, bob] = [await t.givenUser({ identity: 'alice' }), await t.givenUser({ identity: 'bob' })]
    const { sid } = await registerBinding(t.chat, t.asUser(alice), PHONE)

    for (const key of [sid, 'token', 'nonsense', '']) {
      expect(await removeRegistration(t.chat, t.asUser(bob), key)).toBe(false)
    }
    expect(await removeRegistration(t.chat, t.asUser(alice), sid)).toBe(true)
    expect(await removeRegistration(t.chat, t.asUser(alice), sid)).toBe(false)
    await registerBinding(t.chat, t.asUser(alice), PHONE)
    expect(await removeRegistration(t.chat, t.asUser(alice), 'token')).toBe(true)

    expect(await bindingsOf(t, alice)).toEqual([])
  })

  test('a dead device goes, unless it has registered since', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const { accountSid } = t.account
    const binding = await registerBinding(t.chat, t.asUser(alice), PHONE)

    expect(await removeDeadBinding(t.chat, accountSid, binding, t.clock.now - 1)).toBe(false)
    expect(await removeDeadBinding(t.chat, accountSid, binding, t.clock.now)).toBe(true)
    expect(await removeDeadBinding(t.chat, accountSid, binding, t.clock.now)).toBe(false)

    expect([await bindingsOf(t, alice), await notifiableOf(t, alice)]).toEqual([[], 0])
  })

  test('a browser registers with its subscription, however it is written', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const spellings = [
      { channelType: 'web', address: JSON.stringify(SUBSCRIPTION) },
      { channelType: 'fcm', address: JSON.stringify({ expirationTime: null, ...SUBSCRIPTION }, null, 2) },
    ]
    const sids = new Set<string>()
    for (const spelling of spellings) {
      const binding = await registerBinding(t.chat, t.asUser(alice), { ...PHONE, ...spelling })
      expect(binding).toMatchObject({ bindingType: 'fcm', address: JSON.stringify(SUBSCRIPTION) })
      sids.add(binding.sid)
    }

    expect(sids.size).toBe(1)
    expect(await removeRegistration(t.chat, t.asUser(alice), JSON.stringify(SUBSCRIPTION, null, 1))).toBe(
      true,
    )
  })

  test('what is wrong is refused with what is wrong', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const refusals: [Partial<Registration>, number][] = [
      [{ credentialSid: null }, 52004],
      [{ credentialSid: '' }, 52004],
      [{ credentialSid: 'nonsense' }, 52004],
      [{ channelType: 'sms' }, 50209],
      [{ channelType: 'constructor' }, 50209],
      [{ channelType: 'twilsock' }, 50209],
      [{ address: '' }, 20001],
      [{ address: 'x'.repeat(2_049) }, 20001],
      [{ address: 'nul\0' }, 20001],
      [{ channelType: 'web' }, 20001],
      [{ channelType: 'web', address: '{"endpoint":"https://example.org"}' }, 20001],
      [{ endpointId: '' }, 20001],
      [{ endpointId: 'x'.repeat(513) }, 20001],
      [{ endpointId: 'new\nline' }, 20001],
    ]
    for (const [change, code] of refusals) {
      const attempt = registerBinding(t.chat, t.asUser(alice), { ...PHONE, ...change })
      await expect(attempt, JSON.stringify(change)).rejects.toMatchObject({ code, status: 400 })
    }

    expect(await bindingsOf(t, alice)).toEqual([])
    await registerBinding(t.chat, t.asUser(alice), { ...PHONE, address: 'ü'.repeat(1_024) })
  })

  test('a user who is gone registers nothing', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const ghost = { ...t.asUser(alice), userSid: `US${'0'.repeat(32)}` as const }

    await expect(registerBinding(t.chat, ghost, PHONE)).rejects.toMatchObject({ code: 50200 })
    expect(await removeRegistration(t.chat, ghost, 'token')).toBe(false)
  })

  test('a user has at most 50 devices: the one not heard of for longest gives way', async () => {
    await using t = await startChat(engine)
    const alice = await t.givenUser({ identity: 'alice' })
    const bob = await t.givenUser({ identity: 'bob' })
    await registerBinding(t.chat, t.asUser(bob), { ...PHONE, address: 'of bob', endpointId: 'of bob' })
    const device = (i: number) => ({ ...PHONE, address: `token ${i}`, endpointId: `device ${i}` })
    for (const i of times(50, (i) => i)) {
      await registerBinding(t.chat, t.asUser(alice), device(i))
      t.clock.now++
    }
    await registerBinding(t.chat, t.asUser(alice), device(0))

    t.clock.now++
    await registerBinding(t.chat, t.asUser(alice), device(50))

    const left = (await bindingsOf(t, alice)).map(({ endpoint }) => endpoint)
    expect(left).toHaveLength(50)
    expect(left).not.toContain('device 1')
    expect(left).toEqual(expect.arrayContaining(['device 0', 'device 2', 'device 50']))
    expect(await bindingsOf(t, bob)).toHaveLength(1)
  })

  test('registrations of one device at the same moment leave one binding', async () => {
    await using t = await startChat(engine)
    const users = await Promise.all(times(4, (i) => t.givenUser({ identity: `user${i}` })))

    const made = await Promise.all(
      times(24, (i) => {
        const user = users[i % users.length] as User
        return registerBinding(t.chat, t.asUser(user), { ...PHONE, endpointId: `endpoint ${i % 3}` })
      }),
    )

    const left = (await Promise.all(users.map((user) => bindingsOf(t, user)))).flat()
    expect(left).toHaveLength(1)
    expect(made.map(({ sid }) => sid)).toContain(left[0]?.sid)
    for (const user of users) {
      expect(await notifiableOf(t, user)).toBe(Number(left[0]?.userSid === user.sid))
    }
  })
})
