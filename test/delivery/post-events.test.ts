import { describe, expect, test } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { startReceiver } from '../support/receiver.ts'
import { ACCOUNT_SID, startServer } from '../support/server.ts'

const WANTED = { xTwilioWebhookEnabled: 'true' } as const

describe.each(ENGINES)('on %s', (engine) => {
  test('a sent message reaches the receiver with every parameter', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const service = await server.givenService()
    const { sid: serviceSid } = await service.update({
      postWebhookUrl: receiver.url('/post?src=svc'),
      webhookFilters: ['onMessageSent'],
    })
    const channel = await service.channels.create({ uniqueName: 'lobby' })

    const message = await service
      .channels('lobby')
      .messages.create({ body: 'Hi & welcome', from: 'alice', attributes: '{"a": 1}', ...WANTED })
    const [received] = await receiver.waitFor(1)

    expect(received).toMatchObject({ method: 'POST', url: '/post?src=svc' })
    expect(received?.headers['content-type']).toBe('application/x-www-form-urlencoded; charset=UTF-8')
    expect(received?.parameters).toEqual({
      EventType: 'onMessageSent',
      AccountSid: ACCOUNT_SID,
      InstanceSid: serviceSid,
      Source: 'API',
      RetryCount: '0',
      ChannelSid: channel.sid,
      MessageSid: message.sid,
      Index: '0',
      From: 'alice',
      Body: 'Hi & welcome',
      Attributes: '{"a": 1}',
      DateCreated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
  })

  test('without the header nothing is sent', async () => {
    await using receiver = await startReceiver()
    await using server = await startServer({}, engine)
    const service = await server.givenService()
    await service.update({
      postWebhookUrl: receiver.url(),
      webhookFilters: ['onChannelAdded', 'onChannelDestroyed'],
    })

    const silent = await service.channels.create({})
    await service.channels.create({ friendlyName: 'loud', ...WANTED })
    await service.channels(silent.sid).remove(WANTED)

    const received = await receiver.waitFor(2)
    expect(received.map(({ parameters }) => parameters.EventType).sort()).toEqual([
      'onChannelAdded',
      'onChannelDestroyed',
    ])
  })
})
