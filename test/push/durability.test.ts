// Nothing is lost, nothing is sent twice to a device, and each device gets things in order.
import { describe, expect, test } from 'vitest'
import { times } from '../support/at-once.ts'
import { ENGINES } from '../support/databases.ts'
import { fcmError } from '../support/push/fake-fcm.ts'
import { listPushes, outcomes } from '../support/push/log.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

const PATIENCE = { timeout: 60_000 }

/** Texts in the order in which they came, by device. */
function arrivals({ fcm }: Scene): Record<string, string[]> {
  const texts: Record<string, string[]> = {}
  for (const { message } of fcm.inbox.received) {
    texts[message.token] = [
      ...(texts[message.token] ?? []),
      (message.data.twi_body ?? '').replace(/^.*: /, ''),
    ]
  }
  return texts
}

describe.each(ENGINES)('on %s', (engine) => {
  // Members are looked at in steps of 200.
  test('every device of a large channel gets each message once, in order', PATIENCE, async () => {
    await using scene = await startScene({}, engine)
    const { sid: channel } = await scene.service.channels.create({})
    await scene.service.update({
      'limits.channelMembers': 1_000,
      'notifications.addedToChannel.enabled': false,
    })
    const identities = times(405, (i) => `user${i}`)
    // All of them change the same channel: more at once would only wait for each other.
    for (let i = 0; i < identities.length; i += 45) {
      const some = identities.slice(i, i + 45)
      await Promise.all(some.map((identity) => scene.service.channels(channel).members.create({ identity })))
    }
    const devices = identities.filter((_, i) => i % 20 === 4)
    await registerAll(scene, devices)

    const texts = times(5, (i) => `message ${i}`)
    for (const text of texts) await scene.say(channel, text)
    await scene.fcm.inbox.waitFor(devices.length * texts.length)
    await scene.settled()

    expect(arrivals(scene)).toEqual(
      Object.fromEntries(devices.map((identity) => [`token-of-${identity}`, texts])),
    )
  })

  test('a device keeps its order while its pushes fail now and then', async () => {
    await using scene = await startScene({}, engine)
    for (const identity of ['alice', 'bob', 'carol']) await scene.register(identity)
    const channels = [await scene.channel(['alice', 'bob']), await scene.channel(['alice', 'carol'])]
    scene.fcm.inbox.answer((_request, count) =>
      count % 3 === 0 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 200 },
    )

    const texts = times(8, (i) => `message ${i}`)
    for (const text of texts) for (const channel of channels) await scene.say(channel, text)
    await scene.settled()

    // Whatever was sent again was refused before: the same text may stand twice, but never behind a later one.
    const seen = arrivals(scene)
    for (const token of ['token-of-bob', 'token-of-carol']) expect([...new Set(seen[token])]).toEqual(texts)
    const ofAlice = [...new Set(seen['token-of-alice'])]
    expect(ofAlice).toEqual(texts)
    expect((await outcomes(scene)).every(({ state }) => state === 'delivered')).toBe(true)
  })
})

test('a provider that is down is not hammered, and gets everything once it is back', async () => {
  await using scene = await startScene()
  const identities = times(30, (i) => `user${i}`)
  await registerAll(scene, identities)
  const channel = await scene.channel(identities)
  let isDown = true
  scene.fcm.inbox.answer(() => (isDown ? fcmError(503, 'UNAVAILABLE') : { status: 200 }))

  for (const text of ['one', 'two']) await scene.say(channel, text)
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  const triedWhileDown = scene.fcm.inbox.received.length
  isDown = false
  await scene.settled()

  expect(triedWhileDown).toBeLessThanOrEqual(30 + 5)
  expect((await listPushes(scene)).map(({ state }) => state)).toEqual(Array(60).fill('delivered'))
})

test('a provider that is down delays no other', async () => {
  await using scene = await startScene()
  const { credentials } = scene.server.client.chat.v2
  const other = { ...JSON.parse(scene.fcm.account.json), project_id: 'other' }
  const { sid } = await credentials.create({ type: 'fcm', secret: JSON.stringify(other) })
  await scene.register('bob')
  await scene.register('carol', { credentialSid: sid })
  const channel = await scene.channel(['bob', 'carol'])
  scene.fcm.inbox.answer(({ path }) =>
    path.includes('other') ? { status: 200 } : { status: 503, headers: { 'retry-after': '600' } },
  )

  for (const text of ['one', 'two', 'three']) await scene.say(channel, text)
  await expect
    .poll(async () => (await listPushes(scene, { Identity: 'carol' })).map(({ state }) => state))
    .toEqual(['delivered', 'delivered', 'delivered'])

  expect(arrivals(scene)).toEqual({
    'token-of-bob': ['one'],
    'token-of-carol': ['one', 'two', 'three'],
  })
})

test('a push that is too old to be of use is given up, with what was last in the way', async () => {
  await using scene = await startScene({ PARLEY_PUSH_TTL: '2s' })
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  scene.fcm.inbox.answer(() => fcmError(500, 'INTERNAL'))

  await scene.say(channel, 'hi')
  await scene.settled()

  const [push] = await outcomes(scene)
  expect(push).toMatchObject({ state: 'failed', reason: 'INTERNAL', response_status: 500, error_code: 52110 })
  expect(push?.attempts).toBeLessThanOrEqual(3)
})

/** As `register`, for users that exist. */
async function registerAll(scene: Scene, identities: readonly string[]): Promise<void> {
  for (const identity of identities) await scene.register(identity)
}
