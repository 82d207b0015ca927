// Who may do what (rest-v2.md §3.3): one permission in either role is enough, and all the others are not.
import { describe, expect, test } from 'vitest'
import { createChannel, updateChannel } from '../../src/chat/channels.ts'
import { addMember, removeMember } from '../../src/chat/members.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import { checkPermissions, type Permission } from '../../src/chat/permissions.ts'
import { updateRole } from '../../src/chat/roles.ts'
import { createService } from '../../src/chat/services.ts'
import { deleteUser, requireUser, updateUser } from '../../src/chat/users.ts'
import type { Channel } from '../../src/store/channels.ts'
import type { RoleType } from '../../src/store/roles.ts'
import { startChat, type TestChat } from '../support/chat.ts'
import { type Scene, TRIALS, type Trial } from '../support/permission-trials.ts'
import { allBut, HOLDERS, PERMISSIONS } from '../support/permissions.ts'

type Grant = { permission: Permission; type: RoleType }

const NOT_AUTHORIZED = { status: 403, code: 50107 }
const ROLE_TYPES: readonly RoleType[] = ['deployment', 'channel']

describe.each(TRIALS)('to $does', (trial) => {
  test.each(grantsFor(trial))('$permission in a $type role is enough', async (grant) => {
    await using t = await startChat('sqlite')
    const scene = await givenScene(t, trial, grant)

    await trial.run(scene)

    expect(t.published.at(-1)?.by).toEqual(scene.as)
  })

  test('all other permissions together are not enough, and nothing happens', async () => {
    await using t = await startChat('sqlite')
    const scene = await givenScene(t, trial)

    await expect(trial.run(scene)).rejects.toMatchObject(NOT_AUTHORIZED)

    expect(t.published.filter(({ by }) => by.kind === 'user')).toEqual([])
  })

  test('the account needs no permission', async () => {
    await using t = await startChat('sqlite')
    const scene = await givenScene(t, trial)
    t.published.length = 0

    await trial.run({ ...scene, as: t.account })

    expect(t.published).not.toEqual([])
  })
})

test('every permission is tried', () => {
  expect(new Set(TRIALS.flatMap(({ takes }) => takes))).toEqual(new Set(PERMISSIONS))
})

test('a role holds the permissions of its type, each once, and no other', () => {
  for (const type of ROLE_TYPES) {
    for (const permission of PERMISSIONS) {
      const check = () => checkPermissions(type, [permission, permission])
      if (HOLDERS[permission].includes(type)) expect(check()).toEqual([permission])
      else expect(check).toThrow(expect.objectContaining({ status: 400, code: 50104 }))
    }
    for (const unknown of ['', 'sendmessage', 'toString', '__proto__']) {
      expect(() => checkPermissions(type, [unknown])).toThrow(expect.objectContaining({ code: 50104 }))
    }
  }
})

test('a change of a role, and of who has it, acts at once', async () => {
  await using t = await startChat('sqlite')
  const { chat, account, service } = t
  const role = await t.givenRole('deployment', ['createChannel'])
  const none = await t.givenRole('deployment', ['joinChannel'])
  const user = await t.givenUser({ identity: 'alice', roleSid: role.sid })
  const alice = t.asUser(user)
  const create = () => createChannel(chat, alice, service, {})
  await create()

  await updateRole(chat, account, role, ['joinChannel'])
  await expect(create()).rejects.toMatchObject(NOT_AUTHORIZED)
  await updateRole(chat, account, role, ['createChannel'])
  await create()
  await updateUser(chat, account, service, user, { roleSid: none.sid })
  await expect(create()).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('a channel role counts in its channel only, and only for as long as the member is there', async () => {
  await using t = await startChat('sqlite')
  const alice = t.asUser(await t.givenUser({ identity: 'alice', may: allBut('deployment') }))
  const [here, there] = [await t.givenChannel(), await t.givenChannel()]
  const member = await t.givenMember(here, { identity: 'alice', may: allBut('channel') })
  const send = (channel: Channel) => sendMessage(t.chat, alice, channel, { body: 'hi' })
  await send(here)

  await expect(send(there)).rejects.toMatchObject(NOT_AUTHORIZED)
  await removeMember(t.chat, alice, here, member)
  await expect(send(here)).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('a deleted user may do nothing, also when the identity is given to a new user', async () => {
  await using t = await startChat('sqlite')
  const draft = { identity: 'alice', may: allBut('deployment') }
  const former = await t.givenUser(draft)
  await deleteUser(t.chat, t.account, former)
  await t.givenUser(draft)

  await expect(createChannel(t.chat, t.asUser(former), t.service, {})).rejects.toMatchObject(NOT_AUTHORIZED)
})

test('the rights of a user end with the service, also for the same identity elsewhere', async () => {
  await using t = await startChat('sqlite')
  const { chat, account } = t
  const stranger = t.asUser(await t.givenUser({ identity: 'alice', may: allBut('deployment') }))
  const service = await createService(chat, account, { friendlyName: 'other' })
  const channel = await createChannel(chat, account, service, {})
  const namesake = await addMember(chat, account, channel, { identity: 'alice' })

  const attempts = [
    createChannel(chat, stranger, service, {}),
    updateChannel(chat, stranger, channel, { friendlyName: 'new' }),
    addMember(chat, stranger, channel, { identity: 'bob' }),
    sendMessage(chat, stranger, channel, { body: 'hi' }),
    removeMember(chat, stranger, channel, namesake),
    updateUser(chat, stranger, service, await requireUser(chat, service, 'alice'), { friendlyName: 'new' }),
  ]

  const outcomes = await Promise.allSettled(attempts)
  const statuses = outcomes.map((it) => (it.status === 'rejected' ? it.reason.status : 'allowed'))
  expect(statuses).toEqual(attempts.map(() => 403))
})

/** The roles and scopes that can hold each permission; an outsider has no role in the channel. */
function grantsFor({ takes, outsider }: Trial): Grant[] {
  const types = outsider ? ROLE_TYPES.slice(0, 1) : ROLE_TYPES
  return takes.flatMap((permission) =>
    types.filter((type) => HOLDERS[permission].includes(type)).map((type) => ({ permission, type })),
  )
}

/** Someone with every permission but those on trial, and of these only the one that is granted. */
async function givenScene(
  t: TestChat,
  { takes, outsider, channelType }: Trial,
  grant?: Grant,
): Promise<Scene> {
  const may = (type: RoleType) => [
    ...allBut(type, ...takes),
    ...(grant?.type === type ? [grant.permission] : []),
  ]
  await t.givenUser({ identity: 'bob' })
  const me = await t.givenUser({ identity: 'alice', may: may('deployment') })
  const channel = await t.givenChannel({ type: channelType })
  if (!outsider) await t.givenMember(channel, { identity: 'alice', may: may('channel') })
  return { t, as: t.asUser(me), me, channel }
}
