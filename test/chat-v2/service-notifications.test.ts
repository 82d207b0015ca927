import { expect, test } from 'vitest'
import { expectAnswers } from '../support/answers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const TYPES = ['NewMessage', 'AddedToChannel', 'RemovedFromChannel', 'InvitedToChannel']
const OFF = {
  log_enabled: false,
  new_message: { enabled: false },
  added_to_channel: { enabled: false },
  removed_from_channel: { enabled: false },
  invited_to_channel: { enabled: false },
}

test('template, sound and badge count are shown only once they have been set (C.4)', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  const withTemplate = await service.update({
    'notifications.newMessage.enabled': true,
    'notifications.newMessage.template': '${USER}: ${MESSAGE}',
    'notifications.newMessage.sound': 'default',
  })
  const withBadge = await service.update({ 'notifications.newMessage.badgeCountEnabled': false })

  const newMessage = { enabled: true, template: '${USER}: ${MESSAGE}', sound: 'default' }
  expect(withTemplate.notifications).toEqual({ ...OFF, new_message: newMessage })
  expect(withBadge.notifications).toEqual({
    ...OFF,
    new_message: { ...newMessage, badge_count_enabled: false },
  })
  expect((await service.fetch()).notifications).toEqual(withBadge.notifications)
})

test('each kind of notification has its own settings', async () => {
  await using server = await startServer()
  const service = await server.givenService()

  await service.update({ 'notifications.addedToChannel.enabled': true })
  await service.update({ 'notifications.removedFromChannel.template': 'bye ${CHANNEL}' })
  await service.update({ 'notifications.invitedToChannel.sound': 'bell.caf' })
  await service.update({ 'notifications.newMessage.badgeCountEnabled': true })
  const all = await service.update({ 'notifications.logEnabled': true })
  const changed = await service.update({
    'notifications.addedToChannel.enabled': false,
    'notifications.removedFromChannel.template': 'gone',
  })

  expect(all.notifications).toEqual({
    log_enabled: true,
    new_message: { enabled: false, badge_count_enabled: true },
    added_to_channel: { enabled: true },
    removed_from_channel: { enabled: false, template: 'bye ${CHANNEL}' },
    invited_to_channel: { enabled: false, sound: 'bell.caf' },
  })
  expect(changed.notifications).toEqual({
    ...all.notifications,
    added_to_channel: { enabled: false },
    removed_from_channel: { enabled: false, template: 'gone' },
  })
})

test('templates and sounds are limited in length, in each kind', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)

  await expectAnswers(
    server,
    path,
    TYPES.flatMap((type): [Record<string, string>, string][] => [
      [{ [`Notifications.${type}.Template`]: 'x'.repeat(2049) }, '400/50058'],
      [{ [`Notifications.${type}.Sound`]: 'x'.repeat(256) }, '400/50059'],
    ]),
  )
  expect((await service.fetch()).notifications).toEqual(OFF)
  await expectAnswers(
    server,
    path,
    TYPES.flatMap((type): [Record<string, string>, string][] => [
      [{ [`Notifications.${type}.Template`]: 'x'.repeat(2048) }, '200'],
      [{ [`Notifications.${type}.Sound`]: 'x'.repeat(255) }, '200'],
    ]),
  )
})

test('the switches of notifications are true or false in any case, and nothing else', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)
  const switches = [
    ...TYPES.map((type) => `Notifications.${type}.Enabled`),
    'Notifications.NewMessage.BadgeCountEnabled',
    'Notifications.LogEnabled',
  ]

  await expectAnswers(
    server,
    path,
    switches.map((name) => [{ [name]: 'on' }, '400/20001']),
  )
  expect((await service.fetch()).notifications).toEqual(OFF)
  await expectAnswers(
    server,
    path,
    switches.map((name) => [{ [name]: 'True' }, '200']),
  )
  expect((await service.fetch()).notifications).toEqual({
    log_enabled: true,
    new_message: { enabled: true, badge_count_enabled: true },
    added_to_channel: { enabled: true },
    removed_from_channel: { enabled: true },
    invited_to_channel: { enabled: true },
  })
})

async function givenPath(server: TestServer) {
  const service = await server.givenService()
  return { service, path: `/v2/Services/${service.toJSON().sid}` }
}
