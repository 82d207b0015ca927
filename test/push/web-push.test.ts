// Browsers' own push: encrypted, signed with VAPID keys, and never to where clients should not lead us.
import { expect, test } from 'vitest'
import webPush from 'web-push'
import { type FakeBrowser, readVapid, startBrowser } from '../support/push/fake-browser.ts'
import { listPushes, outcomes, registered } from '../support/push/log.ts'
import { type Scene, startScene } from '../support/push/scene.ts'
import { readPush } from '../support/push/sdks.ts'

const ANY_RU = expect.stringMatching(/^RU[0-9a-f]{32}$/)

/** A credential with VAPID keys, and bob in a channel with this browser. */
async function givenBrowser(scene: Scene, { subscription }: Pick<FakeBrowser, 'subscription'>) {
  const keys = webPush.generateVAPIDKeys()
  const secret = JSON.stringify({ subject: 'mailto:ops@example.org', ...keys })
  const { sid } = await scene.server.client.chat.v2.credentials.create({ type: 'fcm', secret })
  await scene.register('bob', { channelType: 'web', address: subscription, credentialSid: sid })
  return { ...keys, channel: await scene.channel(['bob'], { uniqueName: 'general' }) }
}

test('a message comes to the browser, encrypted for it and signed with our keys', async () => {
  await using browser = await startBrowser()
  await using scene = await startScene({ PARLEY_WEB_PUSH_ORIGINS: browser.origin })
  const { channel, publicKey } = await givenBrowser(scene, browser)

  const message = await scene.say(channel, 'hello “ü” 🙂', 'alice')
  const [sent] = await browser.inbox.waitFor(1)
  await scene.settled()

  const [push] = await listPushes(scene)
  expect(sent?.payload).toEqual({
    data: {
      ...{ twi_message_type: 'twilio.channel.new_message', twi_message_id: ANY_RU },
      ...{ twi_body: 'general;alice: hello “ü” 🙂', channel_sid: channel, channel_id: channel },
      ...{ channel_title: 'general', message_sid: message, message_id: message },
      ...{ message_index: '0', author: 'alice' },
    },
  })
  expect(sent?.path).toBe('/send/1')
  expect(sent?.headers).toMatchObject({
    ...{ 'content-encoding': 'aes128gcm', ttl: '86400', urgency: 'high', topic: push?.sid.slice(2) },
  })
  expect(await readVapid(sent?.headers.authorization, publicKey)).toEqual({
    claims: { aud: browser.origin, sub: 'mailto:ops@example.org', exp: expect.any(Number) },
    key: publicKey,
  })
  const [read] = await readPush('twilio-chat-6', sent?.payload as object)
  expect(read).toMatchObject({ body: 'general;alice: hello “ü” 🙂', data: { messageSid: message } })
  expect(push).toMatchObject({ state: 'delivered', binding_type: 'fcm', response_status: 201 })
})

test('a push service says what is wrong: gone, refused, later', async () => {
  await using browser = await startBrowser()
  await using scene = await startScene({ PARLEY_WEB_PUSH_ORIGINS: browser.origin })
  const { channel } = await givenBrowser(scene, browser)
  for (const status of [400, 401, 403, 413]) {
    browser.inbox.answer(() => ({ status, body: `no: ${status}` }))
    await scene.say(channel, 'hi')
    await scene.settled()
  }
  for (const status of [429, 500, 503]) {
    const before = browser.inbox.received.length
    browser.inbox.answer((_push, count) => ({
      status: count === before + 1 ? status : 201,
      headers: { 'retry-after': '0' },
    }))
    await scene.say(channel, 'hi')
    await scene.settled()
  }
  expect(await outcomes(scene)).toEqual([
    ...[400, 401, 403, 413].map((status) => ({
      ...{ state: 'failed', attempts: 1, response_status: status, reason: `no: ${status}`, error_code: null },
    })),
    ...Array(3).fill({
      ...{ state: 'delivered', attempts: 2, response_status: 201, reason: null, error_code: null },
    }),
  ])
  expect(await registered(scene)).toEqual(['bob'])

  browser.inbox.answer(() => ({ status: 410, body: 'push subscription has unsubscribed or expired.' }))
  await scene.say(channel, 'hi')
  await scene.settled()

  expect((await outcomes(scene)).at(-1)).toEqual({
    ...{ state: 'failed', attempts: 1, response_status: 410, error_code: 52103 },
    reason: 'push subscription has unsubscribed or expired.',
  })
  expect(await registered(scene)).toEqual([])
})

test('a subscription that leads into our own network, or past TLS, is not followed', async () => {
  await using browser = await startBrowser()
  await using scene = await startScene()
  const { channel } = await givenBrowser(scene, browser)
  const { port } = new URL(browser.origin)
  const refusals = {
    [`http://127.0.0.1:${port}/`]: '127.0.0.1 is not a public address',
    [`https://[::1]:${port}/`]: '::1 is not a public address',
    [`https://localhost:${port}/`]: expect.stringMatching(/^localhost \(.+\) is not a public address$/),
    'http://192.0.2.1/': 'the push service must use https',
  }
  const { keys } = JSON.parse(browser.subscription)
  const [{ credentialSid = '' } = {}] = await scene.service.bindings.list()
  for (const endpoint of Object.keys(refusals)) {
    const address = JSON.stringify({ endpoint, keys })
    await scene.register('bob', { channelType: 'web', address, credentialSid })
    await scene.say(channel, 'hi')
    await scene.settled()
  }

  expect(await outcomes(scene)).toEqual(
    Object.values(refusals).map((reason) => ({
      ...{ state: 'failed', attempts: 1, response_status: null, reason, error_code: null },
    })),
  )
  expect(browser.inbox.received).toHaveLength(0)
})

test('keys and device must go together', async () => {
  await using browser = await startBrowser()
  await using scene = await startScene({ PARLEY_WEB_PUSH_ORIGINS: browser.origin })
  const { channel } = await givenBrowser(scene, browser)
  const [{ credentialSid = '' } = {}] = await scene.service.bindings.list()
  await scene.register('bob', { address: browser.subscription, endpointId: 'phone-of-bob' })
  await scene.register('bob', { address: 'a phone', endpointId: 'phone', credentialSid })

  await scene.say(channel, 'hi')
  await scene.settled()

  expect((await outcomes(scene)).map(({ reason, error_code }) => ({ reason, error_code }))).toEqual([
    {
      reason: 'the address is a subscription for Web Push, and the credential has no VAPID keys',
      error_code: 52102,
    },
    {
      reason: 'the credential has VAPID keys, and the address is no subscription for Web Push',
      error_code: 52102,
    },
  ])
  expect([browser.inbox.received.length, scene.fcm.inbox.received.length]).toEqual([0, 0])
})
