// What goes to FCM, byte for byte, and the access tokens that it takes (rest-v2.md §5.4).
import { expect, test } from 'vitest'
import { fcmError, granted } from '../support/push/fake-fcm.ts'
import { listPushes, outcomes } from '../support/push/log.ts'
import { startScene } from '../support/push/scene.ts'

const ANY_RU = expect.stringMatching(/^RU[0-9a-f]{32}$/)
const HOUR_MS = 3_600_000

test('a message goes to the other members through a service account', async () => {
  await using scene = await startScene()
  await scene.register('alice')
  await scene.register('bob')
  const channel = await scene.channel(['alice', 'bob'], { friendlyName: 'General', uniqueName: 'general' })

  const message = await scene.say(channel, 'hello “ü” 🙂', 'alice')
  const [sent] = await scene.fcm.inbox.waitFor(1)

  expect(sent?.path).toBe('/v1/projects/parley-test/messages:send')
  expect(sent?.headers).toMatchObject({
    authorization: 'Bearer token-1',
    'content-type': 'application/json; charset=utf-8',
  })
  expect(JSON.parse(sent?.body ?? '')).toEqual({
    message: {
      token: 'token-of-bob',
      data: {
        twi_message_type: 'twilio.channel.new_message',
        twi_message_id: ANY_RU,
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
    },
  })
  await scene.fcm.inbox.expectNoMore(1)
})

test('a sound is sent where one is set, and the priority and the time to live are settings', async () => {
  await using scene = await startScene({ PARLEY_FCM_PRIORITY: 'normal', PARLEY_PUSH_TTL: '30m' })
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  await scene.service.update({ 'notifications.newMessage.sound': 'bell' })

  await scene.say(channel, 'hi')
  const [sent] = await scene.fcm.inbox.waitFor(1)

  expect(sent?.message.data.twi_sound).toBe('bell')
  expect(sent?.message.android).toEqual({ priority: 'normal', ttl: '1800s' })
})

test('a gcm credential and a gcm device are served in the same way', async () => {
  await using scene = await startScene()
  const { credentials } = scene.server.client.chat.v2
  const { sid: credentialSid } = await credentials.create({ type: 'gcm', apiKey: scene.fcm.account.json })
  await scene.register('bob', { channelType: 'gcm', address: 'old-token', credentialSid })
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'hi')
  const [sent] = await scene.fcm.inbox.waitFor(1)
  await scene.settled()

  expect(sent?.message).toMatchObject({ token: 'old-token', data: { twi_body: `${channel};system: hi` } })
  expect(await listPushes(scene)).toMatchObject([{ binding_type: 'gcm', state: 'delivered' }])
})

test('the key signs one request for an access token, which serves all pushes until shortly before its end', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  await scene.register('carol')
  const channel = await scene.channel(['bob', 'carol'])
  const { chat } = scene.server.app
  const realNow = chat.now

  await scene.say(channel, 'one')
  await scene.fcm.inbox.waitFor(2)
  await scene.say(channel, 'two')
  await scene.fcm.inbox.waitFor(4)
  expect(scene.fcm.tokens.received).toEqual([
    {
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: expect.any(String),
      },
      claims: {
        iss: 'push@parley-test.iam.gserviceaccount.com',
        aud: scene.fcm.tokenUrl,
        scope: 'https://www.googleapis.com/auth/firebase.messaging',
        iat: expect.any(Number),
        exp: expect.any(Number),
      },
      keyId: 'key-1',
    },
  ])
  await scene.settled()
  chat.now = () => realNow() + HOUR_MS - 30_000
  await scene.say(channel, 'three')
  const sent = await scene.fcm.inbox.waitFor(6)

  expect(sent.map(({ headers }) => headers.authorization)).toEqual([
    ...Array(4).fill('Bearer token-1'),
    ...Array(2).fill('Bearer token-2'),
  ])
})

test('a token that was withdrawn is replaced at once, and only once', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])

  scene.fcm.inbox.answer(({ headers }) =>
    headers.authorization === 'Bearer token-2' ? { status: 200 } : fcmError(401, 'UNAUTHENTICATED'),
  )
  await scene.say(channel, 'one')
  await scene.settled()
  scene.fcm.inbox.answer(() => fcmError(401, 'UNAUTHENTICATED'))
  await scene.say(channel, 'two')
  await scene.settled()

  expect(await outcomes(scene)).toEqual([
    { state: 'delivered', attempts: 1, response_status: 200, reason: null, error_code: null },
    { state: 'failed', attempts: 1, response_status: 401, reason: 'UNAUTHENTICATED', error_code: 52109 },
  ])
  expect(scene.fcm.inbox.received).toHaveLength(4)
  expect(scene.fcm.tokens.received).toHaveLength(3)
})

test('a key that Google refuses ends the push, and trouble at Google is waited for', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])

  scene.fcm.tokens.answer(() => ({
    status: 400,
    body: JSON.stringify({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }),
  }))
  await scene.say(channel, 'one')
  await scene.settled()
  scene.fcm.tokens.answer((request, count) =>
    count < 4 ? { status: 503, headers: { 'retry-after': '0' }, body: 'busy' } : granted(request, count),
  )
  await scene.say(channel, 'two')
  await scene.settled()

  expect(await outcomes(scene)).toEqual([
    {
      ...{ state: 'failed', attempts: 1, response_status: 400, error_code: 52109 },
      reason: 'no access token: invalid_grant (Invalid JWT Signature.)',
    },
    { state: 'delivered', attempts: 3, response_status: 200, reason: null, error_code: null },
  ])
})

test('a credential that is no service account says so, and one that is corrected serves', async () => {
  await using scene = await startScene()
  const { credentials } = scene.server.client.chat.v2
  const { sid } = await credentials.create({ type: 'fcm', secret: 'AAAAold-server-key' })
  await scene.register('bob', { credentialSid: sid })
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'one')
  await scene.settled()
  await credentials(sid).update({ secret: scene.fcm.account.json })
  await scene.say(channel, 'two')
  await scene.settled()

  expect(await outcomes(scene)).toMatchObject([
    {
      ...{ state: 'failed', attempts: 1, response_status: null, error_code: 52101 },
      reason:
        'Secret must be the JSON of a service account of the Firebase project: FCM no longer takes server keys',
    },
    { state: 'delivered', attempts: 1 },
  ])
})
