import { expect, test } from 'vitest'
import { ALL_MISSING, answersTo, describeAnswer, expectAnswers } from '../support/answers.ts'
import { letTimePass } from '../support/clock.ts'
import { ACCOUNT_SID, startServer, type TestServer } from '../support/server.ts'

const UNKNOWN = `IS${'0'.repeat(32)}`
const CHANGE = { FriendlyName: 'x' }
const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

test('a new service has exactly the documented values', async () => {
  await using server = await startServer()

  const { status, body } = await server.request('POST', '/v2/Services', {
    form: { FriendlyName: 'Support desk' },
  })

  expect(status).toBe(201)
  const url = `${server.app.publicUrl}/v2/Services/${body.sid}`
  const roles = await sidsOfRoles(server, body.sid)
  expect(body).toEqual({
    sid: expect.stringMatching(/^IS[0-9a-f]{32}$/),
    account_sid: ACCOUNT_SID,
    friendly_name: 'Support desk',
    date_created: DATE,
    date_updated: body.date_created,
    default_service_role_sid: roles['service user'],
    default_channel_role_sid: roles['channel user'],
    default_channel_creator_role_sid: roles['channel admin'],
    read_status_enabled: true,
    reachability_enabled: false,
    typing_indicator_timeout: 5,
    consumption_report_interval: 10,
    limits: { channel_members: 100, user_channels: 250 },
    pre_webhook_url: null,
    post_webhook_url: null,
    webhook_method: null,
    webhook_filters: null,
    pre_webhook_retry_count: 0,
    post_webhook_retry_count: 0,
    notifications: {
      log_enabled: false,
      new_message: { enabled: false },
      added_to_channel: { enabled: false },
      removed_from_channel: { enabled: false },
      invited_to_channel: { enabled: false },
    },
    media: { size_limit_mb: 150, compatibility_message: 'Media messages are not supported by your client' },
    url,
    links: {
      channels: `${url}/Channels`,
      users: `${url}/Users`,
      roles: `${url}/Roles`,
      bindings: `${url}/Bindings`,
    },
  })
})

test('creating takes only a friendly name, of 1 to 256 characters', async () => {
  await using server = await startServer()

  await expectAnswers(server, '/v2/Services', [
    [{ FriendlyName: 'x' }, '201'],
    [{ FriendlyName: 'x'.repeat(256) }, '201'],
    [{ FriendlyName: '😀'.repeat(256) }, '201'],
    [{ FriendlyName: 'x'.repeat(257) }, '400/50003'],
    [{ FriendlyName: '😀'.repeat(257) }, '400/50003'],
    [{}, '400/20001'],
    [{ friendlyname: 'names of parameters are case-sensitive' }, '400/20001'],
  ])
  const json = { body: '{"FriendlyName":"desk"}', headers: { 'content-type': 'application/json' } }
  const asJson = await server.request('POST', '/v2/Services', json)
  expect(asJson.body.message).toBe('Missing required parameter FriendlyName in the post body')

  const service = await server.request('POST', '/v2/Services', {
    form: { FriendlyName: 'desk', 'Limits.ChannelMembers': '7', ReachabilityEnabled: 'true' },
  })
  expect(service.body).toMatchObject({ limits: { channel_members: 100 }, reachability_enabled: false })
})

test('a service is fetched and listed with the values it was created with', async () => {
  await using server = await startServer()
  const { services } = server.client.chat.v2
  const first = await services.create({ friendlyName: 'same name' })
  const second = await services.create({ friendlyName: 'same name' })

  const fetched = await services(first.sid).fetch()
  const inCapitals = await services(`IS${first.sid.slice(2).toUpperCase()}`).fetch()
  const listed = await services.list()

  expect(fetched.toJSON()).toEqual(first.toJSON())
  expect(inCapitals.sid).toBe(first.sid)
  expect(listed.map((service) => service.toJSON())).toEqual([first.toJSON(), second.toJSON()])
})

test('the friendly name can be changed, to at most 256 characters', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const path = `/v2/Services/${service.toJSON().sid}`

  expect(await service.update({ friendlyName: 'renamed' })).toMatchObject({ friendlyName: 'renamed' })
  await expectAnswers(server, path, [[{ FriendlyName: 'x'.repeat(257) }, '400/50003']])
  expect(await service.fetch()).toMatchObject({ friendlyName: 'renamed' })
})

test('the friendly name cannot be changed to an empty one', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const path = `/v2/Services/${service.toJSON().sid}`

  await expectAnswers(server, path, [[{ FriendlyName: '' }, '400/50003']])
  expect(await service.fetch()).toMatchObject({ friendlyName: 'test' })
})

test('the date of update moves with a change and only with a change', async () => {
  await using server = await startServer()
  const service = await server.givenService()
  const created = await service.fetch()

  letTimePass(server)
  const afterNothing = await service.update()
  const afterTheSame = await service.update({ friendlyName: 'test', readStatusEnabled: true })
  await service.channels.create({ friendlyName: 'a channel is no change of the service' })
  const unchanged = await service.fetch()
  const changed = await service.update({ friendlyName: 'renamed' })

  expect(afterNothing.toJSON()).toEqual(created.toJSON())
  expect(afterTheSame.toJSON()).toEqual(created.toJSON())
  expect(unchanged.toJSON()).toEqual(created.toJSON())
  expect(changed.dateCreated).toEqual(created.dateCreated)
  expect(changed.dateUpdated.getTime()).toBeGreaterThan(created.dateUpdated.getTime())
})

test('an unknown service is not found', async () => {
  await using server = await startServer()
  const unknown = await server.request('GET', `/v2/Services/${UNKNOWN}`)

  expect(unknown).toMatchObject({ status: 404 })
  expect(unknown.body).toEqual({
    code: 20404,
    message: `The requested resource /Services/${UNKNOWN} was not found`,
    more_info: 'https://www.twilio.com/docs/errors/20404',
    status: 404,
  })
  for (const sid of [UNKNOWN, 'ISmalformed', `CH${'0'.repeat(32)}`]) {
    expect(await answersTo(server, `/v2/Services/${sid}`, CHANGE)).toEqual(ALL_MISSING)
  }
})

test('a deleted service is gone at once, with everything in it', async () => {
  await using server = await startServer()
  const kept = await server.givenService()
  const deleted = await server.givenService()
  const { sid } = deleted.toJSON()
  await deleted.channels.create({ uniqueName: 'lobby' })
  await deleted.channels('lobby').members.create({ identity: 'alice' })

  const { status, text, headers } = await server.request('DELETE', `/v2/Services/${sid}`)

  expect({ status, text, type: headers['content-type'] }).toEqual({ status: 204, text: '', type: undefined })
  expect(await answersTo(server, `/v2/Services/${sid}`, CHANGE)).toEqual(ALL_MISSING)
  const services = await server.client.chat.v2.services.list()
  expect(services.map((service) => service.sid)).toEqual([kept.toJSON().sid])
  const inside = await nestedAnswers(server, sid)
  expect(inside).toEqual(inside.map(([request]) => [request, '403/50050']))
})

test('an unknown service on a nested path is forbidden, whatever is asked of it', async () => {
  await using server = await startServer()

  const channels = await server.request('GET', `/v2/Services/${UNKNOWN}/Channels`)
  const nested = await nestedAnswers(server, UNKNOWN)
  const malformed = await nestedAnswers(server, 'ISmalformed')

  expect(channels.body).toEqual({
    code: 50050,
    message: 'Service instance not found',
    more_info: 'https://www.twilio.com/docs/errors/50050',
    status: 403,
  })
  expect(nested).toEqual(nested.map(([request]) => [request, '403/50050']))
  expect(malformed).toEqual(malformed.map(([request]) => [request, '403/50050']))
})

async function sidsOfRoles(server: TestServer, serviceSid: string): Promise<Record<string, string>> {
  const roles = await server.client.chat.v2.services(serviceSid).roles.list()
  return Object.fromEntries(roles.map((role) => [role.friendlyName, role.sid]))
}

/** Every operation below a service, each with what it requires. */
async function nestedAnswers(server: TestServer, serviceSid: string): Promise<[string, string][]> {
  const answers: [string, string][] = []
  for (const [path, methods, form] of NESTED) {
    for (const method of methods.split(' ')) {
      const options = method === 'POST' ? { form } : {}
      const answer = await server.request(method, `/v2/Services/${serviceSid}/${path}`, options)
      answers.push([`${method} ${path}`, describeAnswer(answer)])
    }
  }
  return answers
}

const sid = (prefix: string): string => `${prefix}${'0'.repeat(32)}`
const NESTED: [path: string, methods: string, form?: Record<string, string>][] = [
  ['Roles', 'GET POST', { FriendlyName: 'x', Type: 'channel', Permission: 'sendMessage' }],
  [`Roles/${sid('RL')}`, 'GET POST DELETE', { Permission: 'sendMessage' }],
  ['Users', 'GET POST', { Identity: 'bob' }],
  ['Users/alice', 'GET POST DELETE'],
  ['Users/alice/Channels', 'GET'],
  ['Users/alice/Channels/lobby', 'GET POST DELETE', { NotificationLevel: 'muted' }],
  ['Users/alice/Bindings', 'GET'],
  [`Users/alice/Bindings/${sid('BS')}`, 'GET DELETE'],
  ['Bindings', 'GET'],
  [`Bindings/${sid('BS')}`, 'GET DELETE'],
  ['Channels', 'GET POST', { FriendlyName: 'x' }],
  ['Channels/lobby', 'GET POST DELETE', { FriendlyName: 'x' }],
  ['Channels/lobby/Members', 'GET POST', { Identity: 'bob' }],
  ['Channels/lobby/Members/alice', 'GET POST DELETE'],
  ['Channels/lobby/Messages', 'GET POST', { Body: 'x' }],
  [`Channels/lobby/Messages/${sid('IM')}`, 'GET POST DELETE', { Body: 'x' }],
  ['Channels/lobby/Invites', 'GET POST', { Identity: 'bob' }],
  [`Channels/lobby/Invites/${sid('IN')}`, 'GET DELETE'],
  ['Channels/lobby/Webhooks', 'GET POST', { Type: 'studio', 'Configuration.FlowSid': sid('FW') }],
  [`Channels/lobby/Webhooks/${sid('WH')}`, 'GET POST DELETE', { 'Configuration.RetryCount': '1' }],
]
