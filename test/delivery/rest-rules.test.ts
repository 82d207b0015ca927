// Which REST requests cause webhooks, and how those are sent (rest-v2.md §1.11, §4.1, §4.7).
import { describe, expect, test } from 'vitest'
import { WEBHOOK_EVENTS } from '../../src/api/chat-v2/filters.ts'
import { ENGINES } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { givenActors, givenMedia, givenWebhooks, recordedEvents, WANTED } from '../support/webhook-scene.ts'

const WALK = [
  'onChannelAdded',
  'onChannelDestroyed',
  'onChannelUpdated',
  'onChannelUpdated',
  'onMediaMessageSent',
  'onMemberAdded',
  'onMemberAdded',
  'onMemberRemoved',
  'onMemberRemoved',
  'onMemberUpdated',
  'onMessageRemoved',
  'onMessageSent',
  'onMessageUpdated',
  'onUserAdded',
  'onUserAdded',
  'onUserUpdated',
]

describe.each(ENGINES)('on %s', (engine) => {
  test('every operation with the header set sends its post-event, and no pre-event', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, {
      preWebhookUrl: receiver.url('/pre'),
      postWebhookUrl: receiver.url('/post'),
    })

    await walk(server, rest.sid, { 'X-Twilio-Webhook-Enabled': 'true' })

    await receiver.waitFor(WALK.length)
    expect((await recordedEvents(server, rest.sid)).sort()).toEqual(WALK)
    expect(receiver.received.map(({ parameters }) => parameters.EventType).sort()).toEqual(WALK)
    expect([...new Set(receiver.received.map(({ url }) => url))]).toEqual(['/post'])
  })

  test('no operation sends anything without the header', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await givenWebhooks(server, {
      preWebhookUrl: receiver.url('/pre'),
      postWebhookUrl: receiver.url('/post'),
    })
    await rest.channels.create({ uniqueName: 'hall' })
    await rest.channels('hall').webhooks.create({
      ...{ type: 'webhook', 'configuration.url': receiver.url('/channel') },
      ...{ 'configuration.filters': ['onMessageSent', 'onChannelDestroyed'] },
    })

    await walk(server, rest.sid, {})
    await rest.channels('hall').messages.create({ body: 'hello' })
    await rest.channels('hall').remove()

    expect(await recordedEvents(server, rest.sid)).toEqual([])
    expect(receiver.received).toEqual([])
  })
})

test('filters that are not set or empty select nothing, others just what they name', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await server.givenService()
  const { sid } = await rest.update({ postWebhookUrl: receiver.url() })
  const select = (names: string[]) =>
    server.request('POST', `/v2/Services/${sid}`, { form: { WebhookFilters: names } })

  await rest.channels.create(WANTED)
  expect(await recordedEvents(server, sid)).toEqual([])

  await select([...WEBHOOK_EVENTS])
  await select([''])
  await rest.channels.create(WANTED)
  expect(await recordedEvents(server, sid)).toEqual([])

  await select(['onChannelAdd', 'onChannelUpdated', 'onMemberAdded'])
  await rest.channels.create({ uniqueName: 'lobby', ...WANTED })
  await rest.channels('lobby').members.create({ identity: 'alice', ...WANTED })
  await rest.channels('lobby').messages.create({ body: 'hi', ...WANTED })
  await receiver.waitFor(1)
  expect(await recordedEvents(server, sid)).toEqual(['onMemberAdded'])

  await rest.update({ postWebhookUrl: '' })
  await rest.channels('lobby').update({ friendlyName: 'Lobby', ...WANTED })
  expect(await recordedEvents(server, sid)).toEqual(['onMemberAdded'])
})

test('new dates and authors are no update of which anybody is told', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
  const channel = rest.channels((await rest.channels.create({ uniqueName: 'hall' })).sid)
  const message = channel.messages((await channel.messages.create({ body: 'hi' })).sid)
  const member = channel.members((await channel.members.create({ identity: 'alice' })).sid)
  const dateUpdated = new Date('2015-01-01T00:00:00Z')

  await channel.update({ createdBy: 'zed', dateUpdated, ...WANTED })
  await message.update({ from: 'zed', dateUpdated, ...WANTED })
  await member.update({ dateUpdated, ...WANTED })
  expect(await recordedEvents(server, rest.sid)).toEqual([])

  await channel.update({ attributes: '[1]', ...WANTED })
  await message.update({ attributes: '[1]', ...WANTED })
  await member.update({ lastConsumptionTimestamp: dateUpdated, ...WANTED })
  expect((await recordedEvents(server, rest.sid)).sort()).toEqual([
    ...['onChannelUpdated', 'onMemberUpdated', 'onMessageUpdated'],
  ])
})

test('the header says true in any case of letters; everything else says no', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const { sid } = await givenWebhooks(server, { postWebhookUrl: receiver.url() })

  for (const value of ['false', 'FALSE', '', '0', '1', 'yes', 'true true', 'true', 'TRUE', 'True']) {
    const headers = { 'X-Twilio-Webhook-Enabled': value }
    await server.request('POST', `/v2/Services/${sid}/Channels`, { form: { FriendlyName: value }, headers })
  }

  const received = await receiver.waitFor(3)
  expect(received.map(({ parameters }) => parameters.FriendlyName).sort()).toEqual(['TRUE', 'True', 'true'])
  expect(await recordedEvents(server, sid)).toHaveLength(3)
})

test('GET carries the parameters behind the own query of the URL, and is signed with them', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await givenWebhooks(server, {
    postWebhookUrl: receiver.url('/hook?src=a%20b&list=1&list=2'),
    webhookMethod: 'GET',
  })
  await rest.channels.create({ uniqueName: 'lobby' })

  await rest.channels('lobby').messages.create({ body: 'Hi & ☃ = +', attributes: '{"a":"?#"}', ...WANTED })

  const [received] = await receiver.waitFor(1)
  expect(received?.method).toBe('GET')
  expect(received?.headers['content-type']).toBeUndefined()
  expect(received?.url).toMatch(/^\/hook\?src=a%20b&list=1&list=2&\w+=/)
  expect(received?.parameters).toMatchObject({
    ...{ EventType: 'onMessageSent', Body: 'Hi & ☃ = +', Attributes: '{"a":"?#"}', RetryCount: '0' },
  })
})

test('operations that have no such header send nothing, whatever the request says', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url() })
  await givenActors(server, rest)
  await rest.users.create({ identity: 'bob' })
  const send = loudly(server, rest.sid, { 'X-Twilio-Webhook-Enabled': 'true' })

  await send('POST', '', { FriendlyName: 'renamed' })
  await send('POST', '/Roles', { FriendlyName: 'guest', Type: 'channel', Permission: 'leaveChannel' })
  const invite = await send('POST', '/Channels/lobby/Invites', { Identity: 'bob' })
  await send('DELETE', `/Channels/lobby/Invites/${invite.sid}`)
  await send('POST', '/Users/alice/Channels/lobby', { LastConsumedMessageIndex: '0' })
  await send('POST', '/Users/alice/Channels/lobby', { NotificationLevel: 'muted' })
  await send('DELETE', '/Users/alice')

  expect(await recordedEvents(server, rest.sid)).toEqual([])
  expect(receiver.received).toEqual([])
})

type Send = (method: string, path: string, form?: Record<string, string>) => Promise<{ sid: string }>

/** Sends requests below the service; each of them has to succeed. */
function loudly(server: TestServer, serviceSid: string, headers: Record<string, string>): Send {
  return async (method, path, form) => {
    const url = `/v2/Services/${serviceSid}${path}`
    const answer = await server.request(method, url, { headers, ...(form && { form }) })
    expect(answer.status).toBeLessThan(300)
    return answer.body
  }
}

/** Every operation that knows the header, once or twice. */
async function walk(server: TestServer, serviceSid: string, headers: Record<string, string>): Promise<void> {
  const send = loudly(server, serviceSid, headers)
  const media = await givenMedia(server, serviceSid)
  await send('POST', '/Users', { Identity: 'alice' })
  await send('POST', '/Users/alice', { FriendlyName: 'Alice' })
  const { sid } = await send('POST', '/Channels', { UniqueName: 'lobby' })
  await send('POST', '/Channels/lobby', { FriendlyName: 'Lobby' })
  const type = { headers, form: { Type: 'private' } }
  expect((await server.request('POST', `/v3/Services/${serviceSid}/Channels/${sid}`, type)).status).toBe(200)
  await send('POST', '/Channels/lobby/Members', { Identity: 'alice' })
  await send('POST', '/Channels/lobby/Members', { Identity: 'bob' })
  await send('POST', '/Channels/lobby/Members/bob', { LastConsumedMessageIndex: '3' })
  const message = await send('POST', '/Channels/lobby/Messages', { Body: 'hello' })
  await send('POST', '/Channels/lobby/Messages', { MediaSid: media.sid })
  await send('POST', `/Channels/lobby/Messages/${message.sid}`, { Body: 'bye' })
  await send('DELETE', `/Channels/lobby/Messages/${message.sid}`)
  await send('DELETE', '/Channels/lobby/Members/bob')
  await send('DELETE', '/Users/alice/Channels/lobby')
  await send('DELETE', '/Channels/lobby')
}
