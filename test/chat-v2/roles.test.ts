import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test } from 'vitest'
import { ALL_MISSING, answersTo, expectAnswers } from '../support/answers.ts'
import { letTimePass } from '../support/clock.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

const UNKNOWN = `RL${'0'.repeat(32)}`
const CHANGE = { Permission: 'addMember' }

test('a new role has exactly what it was created with', async () => {
  await using server = await startServer()
  const { path, sid } = await givenPath(server)

  const { status, body } = await server.request('POST', path, {
    form: { FriendlyName: 'moderator', Type: 'channel', Permission: ['sendMessage', 'deleteAnyMessage'] },
  })

  expect(status).toBe(201)
  expect(body).toEqual({
    sid: expect.stringMatching(/^RL[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    service_sid: sid,
    friendly_name: 'moderator',
    type: 'channel',
    permissions: ['sendMessage', 'deleteAnyMessage'],
    date_created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    date_updated: body.date_created,
    url: `${server.app.publicUrl}${path}/${body.sid}`,
  })
  expect((await server.request('GET', `${path}/${body.sid}`)).body).toEqual(body)
  expect((await server.request('GET', path)).body.roles.at(-1)).toEqual(body)
})

test('a role needs a name, a type and a permission', async () => {
  await using server = await startServer()
  const { path } = await givenPath(server)
  const role = { FriendlyName: 'x', Type: 'channel', Permission: 'sendMessage' }
  const { FriendlyName: _name, ...nameless } = role
  const { Type: _type, ...typeless } = role
  const { Permission: _permission, ...powerless } = role

  await expectAnswers(server, path, [
    [role, '201'],
    [nameless, '400/20001'],
    [typeless, '400/20001'],
    [powerless, '400/20001'],
    [{ ...role, Type: 'user' }, '400/50105'],
    [{ ...role, Type: 'Channel' }, '400/50105'],
    [{ ...role, FriendlyName: 'x'.repeat(64) }, '201'],
    [{ ...role, FriendlyName: '😀'.repeat(64) }, '201'],
    [{ ...role, FriendlyName: 'x'.repeat(65) }, '400/50003'],
  ])
  const { body } = await server.request('POST', path, { form: powerless })
  expect(body.message).toBe('Missing required parameter Permission in the post body')
})

test('several roles may have the same name', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const first = await givenRole(service, 'channel', 'channel admin')
  const second = await givenRole(service, 'deployment', 'channel admin')

  const names = (await service.roles.list()).filter((role) => role.friendlyName === 'channel admin')
  expect(names.map((role) => role.sid)).toEqual(expect.arrayContaining([first.sid, second.sid]))
  expect(names).toHaveLength(3)
})

test('an update replaces the whole set of permissions and nothing else', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const role = await service.roles.create({
    friendlyName: 'writer',
    type: 'channel',
    permission: ['sendMessage', 'leaveChannel'],
  })
  const path = new URL(role.url).pathname

  const updated = await service.roles(role.sid).update({ permission: ['editOwnMessage'] })
  const { body } = await server.request('POST', path, {
    form: { Permission: 'deleteOwnMessage', FriendlyName: 'other', Type: 'deployment' },
  })

  expect(updated.toJSON()).toEqual({
    ...role.toJSON(),
    permissions: ['editOwnMessage'],
    dateUpdated: updated.dateUpdated,
  })
  expect(body).toMatchObject({
    friendly_name: 'writer',
    type: 'channel',
    permissions: ['deleteOwnMessage'],
  })
  expect((await server.request('GET', path)).body).toEqual(body)
})

test('an update needs permissions, and a refused one changes nothing', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const role = await givenRole(service, 'channel')

  await expectAnswers(server, new URL(role.url).pathname, [
    [{}, '400/20001'],
    [{ FriendlyName: 'renamed' }, '400/20001'],
    [{ Permission: ['leaveChannel', 'nonsense'] }, '400/50104'],
    [{ Permission: ['leaveChannel', 'createChannel'] }, '400/50104'],
  ])

  expect((await service.roles(role.sid).fetch()).toJSON()).toEqual(role.toJSON())
})

test('the date of update moves with a change and only with a change', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const role = await givenRole(service, 'channel')

  letTimePass(server)
  const same = await service.roles(role.sid).update({ permission: role.permissions })
  const changed = await service.roles(role.sid).update({ permission: ['leaveChannel'] })

  expect(same.toJSON()).toEqual(role.toJSON())
  expect(changed.dateCreated).toEqual(role.dateCreated)
  expect(changed.dateUpdated.getTime()).toBeGreaterThan(role.dateUpdated.getTime())
})

test('an unknown role is not found, and so is a role of another service', async () => {
  await using server = await startServer()
  const { path } = await givenPath(server)
  const foreign = await givenRole(await server.givenService(), 'channel')

  for (const sid of [UNKNOWN, foreign.sid, 'RLmalformed', 'channel%20admin']) {
    expect(await answersTo(server, `${path}/${sid}`, CHANGE)).toEqual(ALL_MISSING)
  }
  const { body } = await server.request('GET', `${path}/${UNKNOWN}`)
  expect(body.message).toBe(`The requested resource ${path.slice(3)}/${UNKNOWN} was not found`)
})

test('a role that nobody has can be deleted', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const role = await givenRole(service, 'channel')
  const path = new URL(role.url).pathname
  const serviceAdmin = await roleNamed(service, 'service admin')

  const { status, text } = await server.request('DELETE', path)
  await service.roles(serviceAdmin).remove()

  expect({ status, text }).toEqual({ status: 204, text: '' })
  expect(await answersTo(server, path, CHANGE)).toEqual(ALL_MISSING)
  const names = (await service.roles.list()).map(({ friendlyName }) => friendlyName)
  expect(names.toSorted()).toEqual(['channel admin', 'channel user', 'service user'])
})

test('a default role of the service cannot be deleted until another takes its place', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const defaults = ['service user', 'channel user', 'channel admin']

  for (const name of defaults) {
    const removed = service.roles(await roleNamed(service, name)).remove()
    await expect(removed, name).rejects.toMatchObject({ status: 409, code: 20409 })
  }
  expect(await service.roles.list()).toHaveLength(4)

  await service.update({
    defaultServiceRoleSid: (await givenRole(service, 'deployment')).sid,
    defaultChannelRoleSid: (await givenRole(service, 'channel')).sid,
    defaultChannelCreatorRoleSid: (await givenRole(service, 'channel')).sid,
  })
  for (const name of defaults) {
    expect(await service.roles(await roleNamed(service, name)).remove(), name).toBe(true)
  }
})

test('a role cannot be deleted while a user or a member has it', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const ofUser = await givenRole(service, 'deployment')
  const ofMember = await givenRole(service, 'channel')
  await service.channels.create({ uniqueName: 'lobby' })
  await service.users.create({ identity: 'alice', roleSid: ofUser.sid })
  await service.channels('lobby').members.create({ identity: 'alice', roleSid: ofMember.sid })
  const inUse = { status: 409, code: 20409 }

  await expect(service.roles(ofUser.sid).remove()).rejects.toMatchObject(inUse)
  await expect(service.roles(ofMember.sid).remove()).rejects.toMatchObject(inUse)

  await service.users('alice').update({ roleSid: await roleNamed(service, 'service user') })
  await service.channels('lobby').members('alice').remove()
  expect(await service.roles(ofUser.sid).remove()).toBe(true)
  expect(await service.roles(ofMember.sid).remove()).toBe(true)
})

async function givenPath(server: TestServer): Promise<{ sid: string; path: string }> {
  const { sid } = (await server.givenService()).toJSON()
  return { sid, path: `/v2/Services/${sid}/Roles` }
}

/** A role with one permission. */
function givenRole(service: ServiceContext, type: 'deployment' | 'channel', friendlyName = 'role') {
  return service.roles.create({ friendlyName, type, permission: ['addMember'] })
}

async function roleNamed(service: ServiceContext, name: string): Promise<string> {
  const roles = await service.roles.list()
  return roles.find(({ friendlyName }) => friendlyName === name)!.sid
}
