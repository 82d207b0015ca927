// The log of pushes, as `/parley/v1/` shows it.
import { expect, test } from 'vitest'
import { setClock } from '../support/frozen-clock.ts'
import { listPushes } from '../support/push/log.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

const path = ({ serviceSid }: Scene, rest = '') => `/parley/v1/Services/${serviceSid}/Pushes${rest}`

test('each push is logged with its payload and what the provider said', async () => {
  await using scene = await startScene()
  const binding = await scene.register('bob')
  const channel = await scene.channel(['bob'])

  await scene.say(channel, 'hi')
  await scene.settled()

  const [{ sid = '' } = {}] = await listPushes(scene)
  const { body } = await scene.server.request('GET', path(scene, `/${sid}`))
  expect(body).toEqual({
    ...{ sid, account_sid: binding.sid && body.account_sid, service_sid: scene.serviceSid },
    ...{ channel_sid: channel, type: 'new_message', identity: 'bob', binding_sid: binding.sid },
    ...{ binding_type: 'fcm', credential_sid: scene.fcmCredential, state: 'delivered', attempts: 1 },
    payload: { data: scene.fcm.inbox.received[0]?.message.data },
    ...{ response_status: 200, reason: null, error_code: null },
    last_attempt: expect.stringMatching(/^\d{4}-.*Z$/),
    duration_ms: expect.any(Number),
    date_created: expect.stringMatching(/^\d{4}-.*Z$/),
    date_updated: expect.stringMatching(/^\d{4}-.*Z$/),
    url: `${scene.server.app.publicUrl}${path(scene, `/${sid}`)}`,
  })
  expect(body.payload.data.twi_message_id).toBe(sid)
})

test('without the log nothing stays of what went out, and of what failed only why', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  await scene.service.update({ 'notifications.logEnabled': false })

  await scene.say(channel, 'went out')
  await scene.settled()
  scene.fcm.inbox.answer(() => ({ status: 403, body: '{"error":{"status":"PERMISSION_DENIED"}}' }))
  await scene.say(channel, 'failed')
  await scene.settled()

  expect(scene.fcm.inbox.received).toHaveLength(2)
  expect(await listPushes(scene)).toMatchObject([
    { state: 'failed', reason: 'PERMISSION_DENIED', payload: {}, response_status: 403 },
  ])
})

test('the list can be narrowed down, and pages', async () => {
  await using scene = await startScene()
  for (const identity of ['alice', 'bob']) await scene.register(identity)
  const { now } = scene.server.app.chat
  const [one, two] = [await scene.channel(['alice', 'bob']), await scene.channel(['bob'])]
  setClock(scene.server, '2022-01-01T00:00:00Z')
  await scene.say(one, 'x')
  await scene.settled()
  setClock(scene.server, '2023-01-01T00:00:00Z')
  scene.fcm.inbox.answer(() => ({ status: 400, body: '' }))
  await scene.say(two, 'y')
  await scene.settled()
  await scene.service.channels(two).members('bob').remove()
  await scene.settled()
  scene.server.app.chat.now = now

  const found = async (query: Record<string, string>) =>
    (await listPushes(scene, query)).map(({ identity, type }) => `${identity} ${type}`)
  const all = ['alice new_message', 'bob new_message', 'bob new_message', 'bob removed_from_channel']
  expect(await found({})).toEqual(all)
  expect(await found({ State: 'failed' })).toEqual(all.slice(2))
  expect(await found({ State: 'waiting' })).toEqual([])
  expect(await found({ Type: 'removed_from_channel' })).toEqual(all.slice(3))
  expect(await found({ Identity: 'alice' })).toEqual(all.slice(0, 1))
  expect(await found({ ChannelSid: one })).toEqual(all.slice(0, 2))
  expect(await found({ CreatedFrom: '2023-01-01T00:00:00Z' })).toEqual(all.slice(2))
  expect(await found({ CreatedBefore: '2023-01-01T00:00:00Z' })).toEqual(all.slice(0, 2))
  expect(await found({ CreatedFrom: '2022-06-01T00:00:00Z', Type: 'new_message' })).toEqual(all.slice(2, 3))
  const { body } = await scene.server.request('GET', path(scene, '?PageSize=3'))
  const next = await scene.server.request(
    'GET',
    body.meta.next_page_url.slice(new URL(body.meta.next_page_url).origin.length),
  )
  expect([body.pushes.length, next.body.pushes.length, next.body.meta.next_page_url]).toEqual([3, 1, null])
})

test('what is wrong in a question is named', async () => {
  await using scene = await startScene()
  const questions = {
    '?State=sent': 400,
    '?Type=message': 400,
    '?ChannelSid=CH1': 400,
    '?CreatedFrom=yesterday': 400,
    '/RU1': 404,
    [`/RU${'0'.repeat(32)}`]: 404,
  }
  for (const [rest, status] of Object.entries(questions)) {
    const answer = await scene.server.request('GET', path(scene, rest))
    expect(answer, rest).toMatchObject({
      status,
      body: { status, code: status === 400 ? 20001 : 20404, message: expect.any(String) },
    })
  }
  expect(await scene.server.request('GET', path(scene), { auth: null })).toMatchObject({ status: 401 })
})

test('ended pushes are deleted after the retention; those that wait stay', async () => {
  await using scene = await startScene({ PARLEY_DELIVERY_RETENTION: '2s' })
  await scene.register('alice')
  await scene.register('bob')
  const channel = await scene.channel(['alice', 'bob'])
  scene.fcm.inbox.answer(({ message }) =>
    message.token === 'token-of-bob' ? { status: 503, headers: { 'retry-after': '60' } } : { status: 200 },
  )

  await scene.say(channel, 'hi')
  await expect.poll(async () => (await listPushes(scene)).length).toBe(2)
  await expect.poll(async () => (await listPushes(scene)).length, { timeout: 10_000 }).toBe(1)

  expect(await listPushes(scene)).toMatchObject([{ identity: 'bob', state: 'waiting' }])
})

test('figures of the queue and of attempts are among the metrics', async () => {
  await using scene = await startScene()
  await scene.register('alice')
  await scene.register('bob', { channelType: 'gcm' })
  const channel = await scene.channel(['alice', 'bob'])
  scene.fcm.inbox.answer(({ message }) =>
    message.token === 'token-of-bob' ? { status: 503, headers: { 'retry-after': '60' } } : { status: 200 },
  )

  await scene.say(channel, 'hi')
  await scene.fcm.inbox.waitFor(2)
  await expect
    .poll(async () => (await listPushes(scene)).filter(({ attempts }) => attempts > 0).length)
    .toBe(2)
  const { text } = await scene.server.request('GET', '/metrics')

  expect(text).toContain('parley_push_attempts_total{target="fcm",result="delivered"} 1')
  expect(text).toContain('parley_push_attempts_total{target="gcm",result="retry"} 1')
  expect(text).toContain('parley_push_queue_depth 1')
  expect(text).toMatch(/parley_push_queue_oldest_seconds [\d.]+/)
})
