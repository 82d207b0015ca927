// What goes to APNs, byte for byte, and the connections that it goes through (rest-v2.md §5.4).
import { expect, test } from 'vitest'
import { BUNDLE_ID, givenCertificate, givenTokenKey, iphone } from '../support/push/apple.ts'
import { makeCertificate, USER_ID } from '../support/push/certificates.ts'
import { listPushes, outcomes } from '../support/push/log.ts'
import { startScene } from '../support/push/scene.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

test('a message goes out with the certificate of the app', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'], { friendlyName: 'General' })

  const message = await scene.say(channel, 'hello “ü” 🙂', 'alice')
  const [sent] = await scene.apns.inbox.waitFor(1)
  await scene.settled()

  const [push] = await listPushes(scene)
  expect(sent).toMatchObject({
    ...{ method: 'POST', path: '/3/device/a1b2c3d4', clientName: `Apple Push Services: ${BUNDLE_ID}` },
    headers: {
      'apns-topic': BUNDLE_ID,
      'apns-push-type': 'alert',
      'apns-priority': '10',
      'apns-id': expect.stringMatching(UUID),
      'apns-collapse-id': push?.sid,
      'content-type': 'application/json',
    },
  })
  expect(sent?.headers['apns-id']?.replaceAll('-', '')).toBe(push?.sid.slice(2))
  expect(sent?.headers.authorization).toBeUndefined()
  const lifetime = Number(sent?.headers['apns-expiration']) - Date.now() / 1_000
  expect(lifetime).toBeGreaterThan(86_390)
  expect(lifetime).toBeLessThan(86_401)
  expect(JSON.parse(sent?.body ?? '')).toEqual({
    aps: { alert: 'General;alice: hello “ü” 🙂' },
    twi_message_type: 'twilio.channel.new_message',
    twi_message_id: push?.sid,
    channel_sid: channel,
    channel_title: 'General',
    message_sid: message,
    message_index: 0,
    author: 'alice',
  })
})

test('with a token key every push has a token that the key signed, the same for all', async () => {
  await using scene = await startScene()
  const key = await givenTokenKey(scene)
  await scene.register('bob', iphone(key.sid))
  await scene.register('carol', iphone(key.sid, 'ffff'))
  const channel = await scene.channel(['bob', 'carol'])

  await scene.say(channel, 'hi')
  const [first, second] = await scene.apns.inbox.waitFor(2)

  expect(await key.verify(first?.headers.authorization)).toEqual({
    claims: { iss: 'TEAM123456', iat: expect.any(Number) },
    keyId: 'KEY1234567',
  })
  expect(first?.headers['apns-topic']).toBe(BUNDLE_ID)
  expect(first?.clientName).toBeNull()
  expect(second?.headers.authorization).toBe(first?.headers.authorization)
})

test('a token that has grown old, or that APNs calls expired, is replaced', async () => {
  await using scene = await startScene()
  const key = await givenTokenKey(scene)
  await scene.register('bob', iphone(key.sid))
  const channel = await scene.channel(['bob'])
  const { chat } = scene.server.app
  const realNow = chat.now

  await scene.say(channel, 'one')
  await scene.settled()
  chat.now = () => realNow() + 51 * 60_000
  scene.apns.inbox.answer((_request, count) =>
    count === 2 ? { status: 403, body: '{"reason":"ExpiredProviderToken"}' } : { status: 200 },
  )
  await scene.say(channel, 'two')
  await scene.settled()

  const [first, second, third] = scene.apns.inbox.received.map(({ headers }) => headers.authorization)
  expect(second).not.toBe(first)
  expect(third).not.toBe(second)
  await key.verify(third)
  expect(await outcomes(scene)).toMatchObject([{ attempts: 1 }, { state: 'delivered', attempts: 2 }])
})

test('sandbox credentials go to the sandbox', async () => {
  await using scene = await startScene({ PARLEY_APNS_URL: 'https://127.0.0.1:1' })
  await using other = await startScene({ PARLEY_APNS_SANDBOX_URL: 'https://127.0.0.1:1' })
  await scene.register('bob', iphone(await givenCertificate(scene, { sandbox: true })))
  await other.register('bob', iphone(await givenCertificate(other, { sandbox: false })))

  await scene.say(await scene.channel(['bob']), 'sandbox')
  await other.say(await other.channel(['bob']), 'production')

  expect((await scene.apns.inbox.waitFor(1))[0]?.body).toContain('sandbox')
  expect((await other.apns.inbox.waitFor(1))[0]?.body).toContain('production')
})

test('pushes share a connection, and a new one is made when it has ended', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])

  for (const how of ['goaway', 'reset'] as const) {
    for (const body of ['one', 'two']) {
      await scene.say(channel, body)
      await scene.settled()
    }
    scene.apns.hangUp(how)
  }
  await scene.say(channel, 'last')
  await scene.settled()

  const { received } = scene.apns.inbox
  expect(received.map(({ connection }) => connection)).toEqual([1, 1, 2, 2, 3])
  expect((await outcomes(scene)).every(({ state }) => state === 'delivered')).toBe(true)
})

test('a push that is under way when the connection breaks is sent again', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  scene.apns.inbox.answer((_request, count) => (count === 1 ? null : { status: 200 }))

  await scene.say(channel, 'hi')
  await scene.apns.inbox.waitFor(1)
  scene.apns.hangUp('reset')
  await scene.settled()

  const [first, second] = scene.apns.inbox.received
  expect(second).toEqual({ ...first, connection: 2 })
  expect(await outcomes(scene)).toMatchObject([{ state: 'delivered', attempts: 2, reason: null }])
})

test('what stays without an answer is given up after some seconds and sent again', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  scene.apns.inbox.answer((_request, count) => (count === 1 ? null : { status: 200 }))

  await scene.say(channel, 'hi')
  await scene.apns.inbox.waitFor(2)
  await scene.settled()

  expect(await outcomes(scene)).toMatchObject([{ state: 'delivered', attempts: 2 }])
})

test('a server whose certificate nobody vouches for gets no push', async () => {
  await using scene = await startScene({ PARLEY_PUSH_CA_FILE: '' })
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'hi')
  await expect
    .poll(() => outcomes(scene))
    .toMatchObject([{ state: 'waiting', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT', error_code: 52149 }])

  expect(scene.apns.inbox.received).toHaveLength(0)
})

test('a credential that was replaced is used from the next push on', async () => {
  await using scene = await startScene()
  const sid = await givenCertificate(scene)
  await scene.register('bob', iphone(sid))
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'one')
  await scene.settled()
  await scene.server.client.chat.v2
    .credentials(sid)
    .update(await makeCertificate(`${USER_ID}=org.example.other, CN=the other app`))
  await scene.say(channel, 'two')
  const [, second] = await scene.apns.inbox.waitFor(2)

  expect(second).toMatchObject({
    ...{ clientName: 'the other app', connection: 2 },
    headers: { 'apns-topic': 'org.example.other' },
  })
})
