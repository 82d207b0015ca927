// What clients do asks the same webhooks as what back ends do, and says who did it.
import { expect, test } from 'vitest'
import { configurationOf, type Realtime, startRealtime } from '../support/realtime.ts'
import { startReceiver } from '../support/receiver.ts'
import { pathOf } from '../support/sync-events.ts'
import type { Twilsock } from '../support/twilsock.ts'

async function send(client: Twilsock, channelSid: string, body: string) {
  const { links } = await configurationOf(client)
  const messages = `${pathOf(links.conversations ?? '')}/${channelSid}/Messages`
  return client.request('POST', messages, { body: { body, attributes: '{}' } })
}

async function bodiesIn({ service }: Realtime, sid: string): Promise<string[]> {
  return (await service.channels(sid).messages.list()).map(({ body }) => body)
}

test('a message of a client is asked about before, may be changed or refused, and told of after', {
  timeout: 60_000,
}, async () => {
  await using receiver = await startReceiver(({ parameters }) => {
    if (parameters.EventType !== 'onMessageSend') return {}
    if (parameters.Body === 'bad') return { status: 403 }
    return {
      body: JSON.stringify({ body: `${parameters.Body}!` }),
      headers: { 'content-type': 'application/json' },
    }
  })
  await using realtime = await startRealtime()
  const { sid } = await realtime.givenChannel('alice')
  await realtime.service.update({
    preWebhookUrl: receiver.url('/pre'),
    postWebhookUrl: receiver.url('/post'),
    webhookFilters: ['onMessageSend', 'onMessageSent'],
  })
  const alice = await realtime.client('alice')
  const sent = await send(alice, sid, 'good')
  const refused = await send(alice, sid, 'bad')
  const [after] = await receiver.waitFor(1, 'onMessageSent')

  expect(sent.status).toBe(201)
  expect(refused.status).toBe(403)
  expect(refused.body).toMatchObject({ status: 403, code: expect.any(Number) })
  expect(await bodiesIn(realtime, sid)).toEqual(['good!'])
  const by = { ChannelSid: sid, ClientIdentity: 'alice', From: 'alice', Source: 'SDK' }
  const [before] = receiver.of('onMessageSend')
  expect(before?.parameters).toMatchObject({ ...by, Body: 'good' })
  expect(after?.parameters).toMatchObject({ ...by, Body: 'good!' })
})
