// The webhooks that belong to one channel: what each type takes (rest-v2.md §2.11, §4.1, §4.8).
import { describe, expect, test } from 'vitest'
import { CHANNEL_WEBHOOK_EVENTS } from '../../src/api/chat-v2/filters.ts'
import { sendMessage } from '../../src/chat/messages.ts'
import { newSid } from '../../src/lib/sid.ts'
import { ENGINES } from '../support/databases.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'
import {
  ANY_DATE,
  common,
  givenActors,
  givenMedia,
  givenWebhooks,
  recordedEvents,
  WANTED,
} from '../support/webhook-scene.ts'

describe.each(ENGINES)('on %s', (engine) => {
  test('its filters select what comes, up to the end of the channel', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await server.givenService()
    const { sid, serviceSid } = await rest.channels.create({ uniqueName: 'lobby' })
    const channel = rest.channels(sid)
    await channel.webhooks.create({
      ...{ type: 'webhook', 'configuration.url': receiver.url('/some') },
      ...{ 'configuration.filters': ['onMessageRemoved', 'onChannelDestroyed'] },
    })
    await channel.webhooks.create({
      ...{ type: 'webhook', 'configuration.url': receiver.url('/all') },
      ...{ 'configuration.filters': [...CHANNEL_WEBHOOK_EVENTS] },
    })
    const media = await givenMedia(server, serviceSid)

    await channel.update({ friendlyName: 'Lobby', ...WANTED })
    const { messages, members } = channel
    const sent = await messages.create({ body: 'hi', ...WANTED })
    await messages(sent.sid).update({ body: 'ho', ...WANTED })
    await messages(sent.sid).remove(WANTED)
    await messages.create({ mediaSid: media.sid, ...WANTED })
    await members.create({ identity: 'alice', ...WANTED })
    await members('alice').update({ attributes: '1', ...WANTED })
    await members('alice').remove(WANTED)
    await channel.remove(WANTED)
    await receiver.waitFor(11)

    expect(at(receiver, '/some')).toEqual(['onMessageRemoved', 'onChannelDestroyed'])
    expect(at(receiver, '/all')).toEqual([
      ...['onChannelUpdated', 'onMessageSent', 'onMessageUpdated', 'onMessageRemoved', 'onMediaMessageSent'],
      ...['onMemberAdded', 'onMemberUpdated', 'onMemberRemoved', 'onChannelDestroyed'],
    ])
    expect(receiver.of('onChannelDestroyed')[0]?.parameters).toEqual({
      ...{ ...common('onChannelDestroyed', serviceSid), ChannelSid: sid, ChannelType: 'public' },
      ...{ UniqueName: 'lobby', FriendlyName: 'Lobby', Attributes: '{}', CreatedBy: 'system' },
      ...{ DateCreated: ANY_DATE, DateUpdated: ANY_DATE, DateRemoved: ANY_DATE },
    })
    expect(receiver.of('onChannelDestroyed')[1]?.parameters).toEqual(
      receiver.of('onChannelDestroyed')[0]?.parameters,
    )
  })

  test('a trigger is a part of the text of a new text message, in any case of letters', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const rest = await server.givenService()
    const { serviceSid } = await rest.channels.create({ uniqueName: 'lobby' })
    const { messages, members, webhooks } = rest.channels('lobby')
    await webhooks.create({
      ...{ type: 'trigger', 'configuration.url': receiver.url() },
      ...{ 'configuration.triggers': ['Help', 'ÄRGER', 'a.c'] },
    })
    const media = await givenMedia(server, serviceSid)

    const said = ['help', 'I need unHELPful help', 'so ein Ärger', 'xa.cx', 'hel p', 'abc', 'arger', '']
    for (const body of said) await messages.create({ body, ...WANTED })
    await messages.create({ from: 'help', attributes: '"help"', ...WANTED })
    await messages.create({ body: 'help', mediaSid: media.sid, ...WANTED })
    const { sid } = await messages.create({ body: 'quiet', ...WANTED })
    await messages(sid).update({ body: 'help me', ...WANTED })
    await messages(sid).remove(WANTED)
    await members.create({ identity: 'help', ...WANTED })
    await messages.create({ body: 'help without the header' })
    await messages.create({ body: 'at last: HELP', ...WANTED })

    const received = await receiver.waitFor(5)
    expect(received.map(({ parameters }) => parameters.Body)).toEqual([...said.slice(0, 4), 'at last: HELP'])
    expect(await recordedEvents(server, serviceSid)).toEqual(Array(5).fill('onMessageSent'))
  })
})

test('a studio flow that has an address is called with new text messages, another is not', async () => {
  await using receiver = await startReceiver()
  const [mapped, other] = [newSid('FW'), newSid('FW')]
  const flows = `${newSid('FW')}=http://127.0.0.1:9/, ${mapped}=${receiver.url('/flow?a=1')}`
  await using server = await startServer({ PARLEY_STUDIO_FLOWS: flows })
  const rest = await server.givenService()
  const { sid, serviceSid } = await rest.channels.create({ uniqueName: 'lobby' })
  const channel = rest.channels(sid)
  await channel.webhooks.create({ type: 'studio', 'configuration.flowSid': mapped })
  await channel.webhooks.create({ type: 'studio', 'configuration.flowSid': other })

  await channel.update({ friendlyName: 'Lobby', ...WANTED })
  await channel.members.create({ identity: 'alice', ...WANTED })
  const message = await channel.messages.create({ body: 'anything', from: 'bob', ...WANTED })
  await channel.messages(message.sid).update({ body: 'else', ...WANTED })

  const [received] = await receiver.waitFor(1)
  expect(received).toMatchObject({ method: 'POST', url: '/flow?a=1' })
  expect(received?.parameters).toEqual({
    ...{ ...common('onMessageSent', serviceSid), ChannelSid: sid, MessageSid: message.sid, Index: '0' },
    ...{ From: 'bob', Body: 'anything', Attributes: '{}', DateCreated: ANY_DATE },
  })
  expect(await recordedEvents(server, serviceSid)).toEqual(['onMessageSent'])
})

test("all webhooks of a channel and the service's own tell the same, each in its method", async () => {
  await using receiver = await startReceiver()
  const flow = newSid('FW')
  await using server = await startServer({ PARLEY_STUDIO_FLOWS: `${flow}=${receiver.url('/flow')}` })
  const rest = await givenWebhooks(server, { postWebhookUrl: receiver.url('/service') })
  await rest.channels.create({ uniqueName: 'lobby' })
  const { messages, webhooks } = rest.channels('lobby')
  const filters = { 'configuration.filters': ['onMessageSent'] }
  await webhooks.create({ type: 'webhook', 'configuration.url': receiver.url('/one'), ...filters })
  await webhooks.create({ type: 'webhook', 'configuration.url': receiver.url('/one'), ...filters })
  await webhooks.create({
    ...{ type: 'webhook', 'configuration.url': receiver.url('/get?x=1'), 'configuration.method': 'GET' },
    ...filters,
  })
  await webhooks.create({
    ...{ type: 'trigger', 'configuration.url': receiver.url('/trigger') },
    'configuration.triggers': ['hello'],
  })
  await webhooks.create({ type: 'studio', 'configuration.flowSid': flow })

  await messages.create({ body: 'hello', ...WANTED })

  const received = await receiver.waitFor(6)
  const called = received.map(({ method, url }) => `${method} ${url.split('?')[0]}`)
  expect(called.sort()).toEqual([
    'GET /get',
    ...['POST /flow', 'POST /one', 'POST /one', 'POST /service', 'POST /trigger'],
  ])
  const [first, ...others] = received.map(({ parameters: { x: _, ...told } }) => told)
  expect(first).toMatchObject({ EventType: 'onMessageSent', Body: 'hello' })
  expect(others).toEqual(Array(5).fill(first))
})

test('what happens in other channels, or without the header, does not come', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await server.givenService()
  const mine = await rest.channels.create({ uniqueName: 'mine' })
  await rest.channels.create({ uniqueName: 'other' })
  const webhook = await rest.channels('mine').webhooks.create({
    ...{ type: 'webhook', 'configuration.url': receiver.url() },
    ...{ 'configuration.filters': [...CHANNEL_WEBHOOK_EVENTS] },
  })

  await rest.channels('other').messages.create({ body: 'there', ...WANTED })
  await rest.channels('other').members.create({ identity: 'alice', ...WANTED })
  await rest.users('alice').update({ friendlyName: 'Alice', ...WANTED })
  await rest.channels('other').remove(WANTED)
  await rest.channels('mine').messages.create({ body: 'silent' })
  await rest.channels('mine').messages.create({ body: 'here', ...WANTED })
  await rest.channels('mine').webhooks(webhook.sid).remove()
  await rest.channels('mine').messages.create({ body: 'nobody listens', ...WANTED })

  const received = await receiver.waitFor(1)
  expect(received[0]?.parameters).toMatchObject({ ChannelSid: mine.sid, Body: 'here' })
  expect(await recordedEvents(server, mine.serviceSid)).toEqual(['onMessageSent'])
})

test("a user's actions reach the channel's webhook as such", async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const rest = await server.givenService()
  const { chat, alice, channel } = await givenActors(server, rest)
  await rest.channels('lobby').webhooks.create({
    ...{ type: 'trigger', 'configuration.url': receiver.url(), 'configuration.triggers': ['hi'] },
  })

  await sendMessage(chat, alice, await channel(), { body: 'Hi!' })

  const [received] = await receiver.waitFor(1)
  expect(received?.parameters).toMatchObject({ Source: 'SDK', ClientIdentity: 'alice', Body: 'Hi!' })
})

/** The events that came to this path, in order. */
function at({ received }: Receiver, path: string): (string | undefined)[] {
  return received.filter(({ url }) => url === path).map(({ parameters }) => parameters.EventType)
}
