// Every error that APNs documents, and what becomes of the push and of the device.
import { expect, test } from 'vitest'
import { givenCertificate, iphone } from '../support/push/apple.ts'
import { listPushes, outcomes, registered } from '../support/push/log.ts'
import { startScene } from '../support/push/scene.ts'

const GONE = [
  [400, 'BadDeviceToken', 52142],
  [410, 'Unregistered', 52141],
  [410, 'ExpiredToken', 52141],
] as const
const REFUSED = [
  ...[
    [400, 'BadCollapseId', 52143],
    [400, 'BadExpirationDate', 52143],
    [400, 'BadMessageId', 52143],
  ],
  ...[
    [400, 'BadPriority', 52143],
    [400, 'BadTopic', 52131],
    [400, 'DeviceTokenNotForTopic', 52134],
  ],
  ...[
    [400, 'DuplicateHeaders', 52143],
    [400, 'InvalidPushType', 52143],
    [400, 'MissingDeviceToken', 52133],
  ],
  ...[
    [400, 'MissingTopic', 52131],
    [400, 'PayloadEmpty', 52143],
    [400, 'TopicDisallowed', 52131],
  ],
  ...[
    [403, 'BadCertificate', 52131],
    [403, 'BadCertificateEnvironment', 52131],
    [403, 'Forbidden', 52145],
  ],
  ...[
    [403, 'InvalidProviderToken', 52145],
    [403, 'MissingProviderToken', 52145],
    [404, 'BadPath', 52143],
  ],
  ...[
    [405, 'MethodNotAllowed', 52143],
    [413, 'PayloadTooLarge', 52138],
  ],
] as [number, string, number][]
const LATER = [
  [400, 'IdleTimeout'],
  [403, 'ExpiredProviderToken'],
  [429, 'TooManyProviderTokenUpdates'],
  [429, 'TooManyRequests'],
  [500, 'InternalServerError'],
  [503, 'ServiceUnavailable'],
  [503, 'Shutdown'],
] as const

const answer = (status: number, reason: string) => ({ status, body: JSON.stringify({ reason }) })

test.each(GONE)('%i %s removes the binding', async (status, reason, code) => {
  await using scene = await startScene()
  const credential = await givenCertificate(scene)
  await scene.register('bob', iphone(credential))
  await scene.register('carol', iphone(credential, 'ffff'))
  const channel = await scene.channel(['bob', 'carol'])
  scene.apns.inbox.answer(({ path }) => (path.endsWith('/ffff') ? { status: 200 } : answer(status, reason)))

  await scene.say(channel, 'hi')
  await scene.settled()

  expect(await registered(scene)).toEqual(['carol'])
  expect(await listPushes(scene, { Identity: 'bob' })).toMatchObject([
    { state: 'failed', attempts: 1, response_status: status, reason, error_code: code },
  ])
})

test('a device that registered after APNs saw it go keeps its binding', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  const goneAt = (timestamp: number) => () => ({
    status: 410,
    body: JSON.stringify({ reason: 'Unregistered', timestamp }),
  })

  scene.apns.inbox.answer(goneAt(Date.now() - 60_000))
  await scene.say(channel, 'hi')
  await scene.settled()
  expect(await registered(scene)).toEqual(['bob'])
  scene.apns.inbox.answer(goneAt(Date.now()))
  await scene.say(channel, 'hi')
  await scene.settled()

  expect(await registered(scene)).toEqual([])
})

test('what cannot get better is sent once, and the device stays', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  for (const [status, reason] of REFUSED) {
    scene.apns.inbox.answer(() => answer(status, reason))
    await scene.say(channel, 'hi')
    await scene.settled()
  }

  expect(await registered(scene)).toEqual(['bob'])
  const log = await listPushes(scene)
  expect(log.map((push) => [push.response_status, push.reason, push.error_code])).toEqual(REFUSED)
  expect(log.every(({ state, attempts }) => state === 'failed' && attempts === 1)).toBe(true)
})

test('what may get better is sent again until it goes', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  for (const [status, reason] of LATER) {
    const before = scene.apns.inbox.received.length
    scene.apns.inbox.answer((_request, count) =>
      count === before + 1 ? answer(status, reason) : { status: 200 },
    )
    await scene.say(channel, 'hi')
    await expect
      .poll(async () => (await outcomes(scene)).at(-1))
      .toEqual({ state: 'waiting', attempts: 1, response_status: status, reason, error_code: 52149 })
    await scene.settled()
    const [first, second] = scene.apns.inbox.received.slice(before)
    expect(second).toEqual({ ...first, connection: second?.connection })
  }
  expect(await registered(scene)).toEqual(['bob'])
  expect(new Set((await outcomes(scene)).map(({ state, attempts }) => `${state} ${attempts}`))).toEqual(
    new Set(['delivered 2']),
  )
})

test('Retry-After is kept to, and trouble with one device is none of the others', async () => {
  await using scene = await startScene()
  const credential = await givenCertificate(scene)
  await scene.register('bob', iphone(credential))
  await scene.register('carol', iphone(credential, 'ffff'))
  const channel = await scene.channel(['bob', 'carol'])
  const times: number[] = []
  scene.apns.inbox.answer(({ path }) => {
    if (path.endsWith('/ffff')) return { status: 200 }
    times.push(Date.now())
    if (times.length > 1) return { status: 200 }
    return { ...answer(429, 'TooManyRequests'), headers: { 'retry-after': '3' } }
  })

  await scene.say(channel, 'one')
  await scene.say(channel, 'two')
  await expect
    .poll(async () => (await listPushes(scene, { Identity: 'carol' })).map(({ state }) => state))
    .toEqual(['delivered', 'delivered'])
  expect(times).toHaveLength(1)
  await scene.settled()

  expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(2_950)
  const texts = scene.apns.inbox.received
    .filter(({ path }) => !path.endsWith('/ffff'))
    .map(({ body }) => body)
  expect(texts.map((body) => JSON.parse(body).aps.alert.slice(-3))).toEqual(['one', 'one', 'two'])
})

test('an answer that is no JSON is judged by its status', async () => {
  await using scene = await startScene()
  await scene.register('bob', iphone(await givenCertificate(scene)))
  const channel = await scene.channel(['bob'])
  for (const body of ['', '[]', 'null', '{"reason":7}', '<html>']) {
    scene.apns.inbox.answer(() => ({ status: 400, body }))
    await scene.say(channel, 'hi')
    await scene.settled()
  }

  expect(new Set((await outcomes(scene)).map(({ reason }) => reason))).toEqual(new Set(['status 400']))
  expect(await registered(scene)).toEqual(['bob'])
})
