import { expect, test } from 'vitest'
import { expectAnswers, type Form } from '../support/answers.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** Every permission, with the types of role that can hold it. */
const CATALOGUE: Record<string, string[]> = {
  addMember: ['deployment', 'channel'],
  createChannel: ['deployment'],
  joinChannel: ['deployment'],
  destroyChannel: ['deployment', 'channel'],
  inviteMember: ['deployment', 'channel'],
  removeMember: ['deployment', 'channel'],
  leaveChannel: ['channel'],
  editChannelName: ['deployment', 'channel'],
  editChannelAttributes: ['deployment', 'channel'],
  sendMessage: ['channel'],
  sendMediaMessage: ['channel'],
  editOwnMessage: ['deployment', 'channel'],
  editAnyMessage: ['deployment', 'channel'],
  editOwnMessageAttributes: ['deployment', 'channel'],
  editAnyMessageAttributes: ['deployment', 'channel'],
  deleteOwnMessage: ['channel'],
  deleteAnyMessage: ['deployment', 'channel'],
  editOwnUserInfo: ['deployment', 'channel'],
  editAnyUserInfo: ['deployment', 'channel'],
  editOwnMemberAttributes: ['channel'],
  editAnyMemberAttributes: ['deployment', 'channel'],
  editNotificationLevel: ['channel'],
}
const UNKNOWN = ['nonsense', 'SENDMESSAGE', 'AddMember', 'addMember ', 'constructor', '*']

test('a new service has exactly four roles, with these permissions', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const roles = await service.roles.list()

  const contents = roles.map(({ friendlyName, type, permissions }) => [
    friendlyName,
    { type, permissions: permissions.toSorted() },
  ])
  expect(contents).toHaveLength(4)
  expect(Object.fromEntries(contents)).toEqual({
    'service admin': {
      type: 'deployment',
      permissions: [
        ...['addMember', 'createChannel', 'deleteAnyMessage', 'destroyChannel', 'editAnyMemberAttributes'],
        ...['editAnyMessage', 'editAnyMessageAttributes', 'editAnyUserInfo', 'editChannelAttributes'],
        ...['editChannelName', 'inviteMember', 'joinChannel', 'removeMember'],
      ],
    },
    'service user': {
      type: 'deployment',
      permissions: ['createChannel', 'editOwnUserInfo', 'joinChannel'],
    },
    'channel admin': {
      type: 'channel',
      permissions: [
        ...['addMember', 'deleteAnyMessage', 'destroyChannel', 'editAnyMemberAttributes', 'editAnyMessage'],
        ...['editAnyMessageAttributes', 'editChannelAttributes', 'editChannelName', 'editNotificationLevel'],
        ...['inviteMember', 'leaveChannel', 'removeMember', 'sendMediaMessage', 'sendMessage'],
      ],
    },
    'channel user': {
      type: 'channel',
      permissions: [
        ...['deleteOwnMessage', 'editNotificationLevel', 'editOwnMessage', 'editOwnMessageAttributes'],
        ...['leaveChannel', 'sendMediaMessage', 'sendMessage'],
      ],
    },
  })
})

test('each type of role takes its own permissions and no other', async () => {
  await using server = await startServer()
  const path = await givenPath(server)

  for (const type of ['deployment', 'channel']) {
    const table = Object.entries(CATALOGUE).map(([permission, types]): [Form, string] => [
      { FriendlyName: 'role', Type: type, Permission: permission },
      types.includes(type) ? '201' : '400/50104',
    ])
    await expectAnswers(server, path, table)
  }
})

test('a role can hold every permission of its type at once', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  for (const type of ['deployment', 'channel'] as const) {
    const permission = Object.keys(CATALOGUE).filter((name) => CATALOGUE[name]!.includes(type))
    const role = await service.roles.create({ friendlyName: 'all', type, permission })
    expect(role.permissions).toEqual(permission)
    expect((await service.roles(role.sid).fetch()).permissions).toEqual(permission)
  }
})

test('one unknown permission refuses the whole role', async () => {
  await using server = await startServer()
  const path = await givenPath(server)

  for (const type of ['deployment', 'channel']) {
    const table = UNKNOWN.map((name): [Form, string] => [
      { FriendlyName: 'role', Type: type, Permission: ['addMember', name] },
      '400/50104',
    ])
    await expectAnswers(server, path, table)
  }
  expect((await server.request('GET', path)).body.roles).toHaveLength(4)
})

test('an update is held to the same catalogue', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  for (const type of ['deployment', 'channel'] as const) {
    const role = await service.roles.create({ friendlyName: 'role', type, permission: ['addMember'] })
    const table = Object.entries(CATALOGUE).map(([permission, types]): [Form, string] => [
      { Permission: permission },
      types.includes(type) ? '200' : '400/50104',
    ])
    await expectAnswers(server, new URL(role.url).pathname, table)
  }
})

async function givenPath(server: TestServer): Promise<string> {
  return `/v2/Services/${(await server.givenService()).toJSON().sid}/Roles`
}
