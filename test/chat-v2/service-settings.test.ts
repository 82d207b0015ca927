import { expect, test } from 'vitest'
import { expectAnswers } from '../support/answers.ts'
import { startServer, type TestServer } from '../support/server.ts'

const UNKNOWN_ROLE = `RL${'0'.repeat(32)}`
const EVENTS = [
  ...['onMessageSend', 'onMessageSent', 'onMediaMessageSend', 'onMediaMessageSent'],
  ...['onMessageUpdate', 'onMessageUpdated', 'onMessageRemove', 'onMessageRemoved'],
  ...['onChannelAdd', 'onChannelAdded', 'onChannelUpdate', 'onChannelUpdated'],
  ...['onChannelDestroy', 'onChannelDestroyed', 'onMemberAdd', 'onMemberAdded'],
  ...['onMemberUpdate', 'onMemberUpdated', 'onMemberRemove', 'onMemberRemoved'],
  ...['onUserUpdate', 'onUserUpdated', 'onUserAdded'],
]

test('every setting can be changed and stays changed', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const before = await service.fetch()

  const updated = await service.update({
    readStatusEnabled: false,
    reachabilityEnabled: true,
    typingIndicatorTimeout: 30,
    consumptionReportInterval: 60,
    'limits.channelMembers': 7,
    'limits.userChannels': 8,
    preWebhookUrl: 'http://localhost:4000/pre?x=1',
    postWebhookUrl: 'https://hooks.example.org/post',
    webhookMethod: 'GET',
    webhookFilters: ['onMessageSend', 'onUserAdded'],
    preWebhookRetryCount: 1,
    postWebhookRetryCount: 3,
    'media.compatibilityMessage': 'A file',
  })

  const settings = {
    readStatusEnabled: false,
    reachabilityEnabled: true,
    typingIndicatorTimeout: 30,
    consumptionReportInterval: 60,
    limits: { channel_members: 7, user_channels: 8 },
    preWebhookUrl: 'http://localhost:4000/pre?x=1',
    postWebhookUrl: 'https://hooks.example.org/post',
    webhookMethod: 'GET',
    webhookFilters: ['onMessageSend', 'onUserAdded'],
    preWebhookRetryCount: 1,
    postWebhookRetryCount: 3,
    media: { size_limit_mb: 150, compatibility_message: 'A file' },
  }
  expect(updated.toJSON()).toEqual({
    ...before.toJSON(),
    ...settings,
    dateUpdated: updated.dateUpdated,
  })
  expect((await service.fetch()).toJSON()).toEqual(updated.toJSON())
})

test('one changed setting leaves the others as they are', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const first = await service.update({ typingIndicatorTimeout: 30, webhookMethod: 'GET' })

  const second = await service.update({ 'limits.userChannels': 9 })

  expect(second.toJSON()).toEqual({
    ...first.toJSON(),
    limits: { channel_members: 100, user_channels: 9 },
    dateUpdated: second.dateUpdated,
  })
})

test('numbers outside their range are refused, each with its own code', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)
  const before = await service.fetch()

  await expectAnswers(server, path, [
    ...refused('TypingIndicatorTimeout', '400/50053', ['0', '-1', '1.5', 'five', '']),
    ...refused('ConsumptionReportInterval', '400/50052', ['0', '-1', '1.5', 'ten', '']),
    ...refused('Limits.ChannelMembers', '400/50061', ['0', '1001', '-1', '1.5', 'many', '9'.repeat(30)]),
    ...refused('Limits.UserChannels', '400/50060', ['0', '1001', '-1', '1.5', 'many', '9'.repeat(30)]),
    ...refused('PreWebhookRetryCount', '400/50065', ['4', '-1', '1.5', 'often']),
    ...refused('PostWebhookRetryCount', '400/50065', ['4', '-1', '1.5', 'often']),
  ])
  expect((await service.fetch()).toJSON()).toEqual(before.toJSON())
  await expectAnswers(server, path, [
    [{ TypingIndicatorTimeout: '1', ConsumptionReportInterval: '1' }, '200'],
    [{ 'Limits.ChannelMembers': '1', 'Limits.UserChannels': '1' }, '200'],
    [{ 'Limits.ChannelMembers': '1000', 'Limits.UserChannels': '1000' }, '200'],
    [{ PreWebhookRetryCount: '3', PostWebhookRetryCount: '0' }, '200'],
  ])
})

test('the most members that a channel may be allowed is configurable', async () => {
  await using server = await startServer({ PARLEY_MAX_CHANNEL_MEMBERS: '3000' })
  const { path } = await givenPath(server)

  await expectAnswers(server, path, [
    [{ 'Limits.ChannelMembers': '3000' }, '200'],
    [{ 'Limits.ChannelMembers': '3001' }, '400/50061'],
  ])
})

test('switches are true or false in any case, and nothing else', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)

  await expectAnswers(server, path, [
    [{ ReadStatusEnabled: 'False', ReachabilityEnabled: 'TRUE' }, '200'],
    ...refused('ReadStatusEnabled', '400/20001', ['yes', '1', '']),
    ...refused('ReachabilityEnabled', '400/20001', ['no', '0', '']),
  ])
  expect(await service.fetch()).toMatchObject({ readStatusEnabled: false, reachabilityEnabled: true })
})

test('an empty text clears a webhook URL', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  await service.update({ preWebhookUrl: 'http://a.example/pre', postWebhookUrl: 'http://a.example/post' })

  const withoutPre = await service.update({ preWebhookUrl: '' })
  const withoutBoth = await service.update({ postWebhookUrl: '' })

  expect(withoutPre).toMatchObject({ preWebhookUrl: null, postWebhookUrl: 'http://a.example/post' })
  expect(withoutBoth).toMatchObject({ preWebhookUrl: null, postWebhookUrl: null })
  expect(await service.fetch()).toMatchObject({ preWebhookUrl: null, postWebhookUrl: null })
})

test('webhook URLs are absolute, with http or https, and at most 512 characters', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)
  const wrong = [
    '/hook',
    'a.example/hook',
    'hook',
    'ftp://a.example/hook',
    'https://',
    'http:///a',
    'https:////a',
    'javascript:alert(1)',
  ]
  const longest = `https://a.example/${'x'.repeat(494)}`

  await expectAnswers(server, path, [
    ...refused('PreWebhookUrl', '400/50077', [...wrong, `${longest}x`]),
    ...refused('PostWebhookUrl', '400/50078', [...wrong, `${longest}x`]),
  ])
  expect(await service.fetch()).toMatchObject({ preWebhookUrl: null, postWebhookUrl: null })
  await expectAnswers(server, path, [[{ PreWebhookUrl: longest, PostWebhookUrl: longest }, '200']])
  expect(await service.fetch()).toMatchObject({ preWebhookUrl: longest, postWebhookUrl: longest })
})

test('the webhook method is GET or POST', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)

  expect(await service.update({ webhookMethod: 'POST' })).toMatchObject({ webhookMethod: 'POST' })
  await expectAnswers(server, path, refused('WebhookMethod', '400/50055', ['PUT', 'DELETE', 'HEAD']))
  expect(await service.fetch()).toMatchObject({ webhookMethod: 'POST' })
})

test('webhook filters are any of the 23 events; a new list replaces the old one', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)

  const all = await service.update({ webhookFilters: EVENTS })
  const one = await service.update({ webhookFilters: ['onChannelAdded', 'onChannelAdded'] })
  await expectAnswers(server, path, [
    [{ WebhookFilters: 'onMessageRead' }, '400/50054'],
    [{ WebhookFilters: 'onmessagesent' }, '400/50054'],
    [{ WebhookFilters: ['onMessageSent', 'nonsense'] }, '400/50054'],
  ])
  const untouched = await service.update({ webhookMethod: 'POST' })

  expect(EVENTS).toHaveLength(23)
  expect(all.webhookFilters).toEqual(EVENTS)
  expect(one.webhookFilters).toEqual(['onChannelAdded'])
  expect(untouched.webhookFilters).toEqual(['onChannelAdded'])
})

test('default roles must be roles of this service and of the right type', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)
  const before = await service.fetch()
  const forUsers = await createRole(service, 'deployment', 'joinChannel')
  const forMembers = await createRole(service, 'channel', 'sendMessage')
  const other = await server.givenService()
  const foreignForUsers = await createRole(other, 'deployment', 'joinChannel')
  const foreignForMembers = await createRole(other, 'channel', 'sendMessage')
  const bad = [UNKNOWN_ROLE, 'nonsense']

  await expectAnswers(server, path, [
    ...refused('DefaultServiceRoleSid', '400/50102', [...bad, forMembers, foreignForUsers]),
    ...refused('DefaultChannelRoleSid', '400/50101', [...bad, forUsers, foreignForMembers]),
    ...refused('DefaultChannelCreatorRoleSid', '400/50106', [...bad, forUsers, foreignForMembers]),
  ])
  expect((await service.fetch()).toJSON()).toEqual(before.toJSON())

  const roles = {
    defaultServiceRoleSid: forUsers,
    defaultChannelRoleSid: forMembers,
    defaultChannelCreatorRoleSid: forMembers,
  }
  await service.update(roles)
  expect(await service.fetch()).toMatchObject(roles)
  expect(await service.users.create({ identity: 'alice' })).toMatchObject({ roleSid: forUsers })
})

test('an update with one wrong value changes nothing at all', async () => {
  await using server = await startServer()
  const { path, service } = await givenPath(server)
  const before = await service.fetch()

  await expectAnswers(server, path, [
    [{ FriendlyName: 'renamed', TypingIndicatorTimeout: '9', PostWebhookRetryCount: '4' }, '400/50065'],
    [{ FriendlyName: 'renamed', DefaultServiceRoleSid: UNKNOWN_ROLE }, '400/50102'],
  ])

  expect((await service.fetch()).toJSON()).toEqual(before.toJSON())
})

type Service = Awaited<ReturnType<TestServer['givenService']>>

async function givenPath(server: TestServer): Promise<{ service: Service; path: string }> {
  const service = await server.givenService()
  return { service, path: `/v2/Services/${service.toJSON().sid}` }
}

async function createRole(service: Service, type: 'deployment' | 'channel', permission: string) {
  const { sid } = await service.roles.create({ friendlyName: 'r', type, permission: [permission] })
  return sid
}

/** A row for each value of the field, all with the same answer. */
function refused(field: string, answer: string, values: string[]): [Record<string, string>, string][] {
  return values.map((value) => [{ [field]: value }, answer])
}
