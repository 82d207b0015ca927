// What goes to FCM, byte for byte.
import { expect, test } from 'vitest'
import { startScene } from '../support/push/scene.ts'

test('a message goes to the other members through a service account', async () => {
  await using scene = await startScene()
  await scene.register('alice')
  const { sid: bindingSid } = await scene.register('bob')
  const channel = await scene.channel(['alice', 'bob'], { friendlyName: 'General', uniqueName: 'general' })

  const message = await scene.say(channel, 'hello “ü” 🙂', 'alice')
  const [sent] = await scene.fcm.inbox.waitFor(1)
  await scene.settled()

  expect(bindingSid).toMatch(/^BS/)
  expect(sent?.path).toBe('/v1/projects/parley-test/messages:send')
  expect(sent?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    'content-type': 'application/json; charset=utf-8',
  })
  expect(sent?.message).toEqual({
    token: 'token-of-bob',
    data: {
      twi_message_type: 'twilio.channel.new_message',
      twi_message_id: expect.stringMatching(/^RU[0-9a-f]{32}$/),
      twi_body: 'general;alice: hello “ü” 🙂',
      channel_sid: channel,
      channel_id: channel,
      channel_title: 'General',
      message_sid: message,
      message_id: message,
      message_index: '0',
      author: 'alice',
    },
    android: { priority: 'high', ttl: '86400s' },
  })
  await scene.fcm.inbox.expectNoMore(1)
})
