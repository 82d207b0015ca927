// The number on the app's icon (rest-v2.md §5.3).
import { expect, test } from 'vitest'
import { givenCertificate, iphone } from '../support/push/apple.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

type Sent = { device: string; alert: string; badge: number | undefined; sound: string | undefined }

/** What has come since the last look, by device. */
async function sent(scene: Scene): Promise<Sent[]> {
  await scene.settled()
  const { received } = scene.apns.inbox
  return received.splice(0).map(({ path, body }) => {
    const { alert, badge, sound } = JSON.parse(body).aps
    return { device: path.replace('/3/device/', ''), alert: alert.replace(/^.*: /, ''), badge, sound }
  })
}

const alertOnly = (alert: string, badge: number | undefined, device = 'a1b2c3d4'): Sent => ({
  ...{ device, alert, badge, sound: undefined },
})

const read = (scene: Scene, channel: string, index: number | null) =>
  scene.service
    .channels(channel)
    .members('bob')
    .update({ lastConsumedMessageIndex: index as number })

/** bob with an iPhone and a phone for FCM, in channels of which he has read the first message. */
async function givenBadges(names: string[]): Promise<Scene & { channels: string[]; credential: string }> {
  const scene = await startScene()
  const credential = await givenCertificate(scene)
  await scene.register('bob', iphone(credential))
  await scene.register('bob')
  await scene.service.update({ 'notifications.newMessage.badgeCountEnabled': true })
  const channels: string[] = []
  for (const uniqueName of names) {
    const sid = await scene.channel(['bob'], { uniqueName })
    await scene.say(sid, 'read')
    await read(scene, sid, 0)
    channels.push(sid)
  }
  await sent(scene)
  return Object.assign(scene, { channels, credential })
}

test('the number counts channels with something unread, not messages; FCM gets none', async () => {
  await using scene = await givenBadges(['one', 'two', 'three'])
  const [one = '', two = ''] = scene.channels
  scene.fcm.inbox.received.length = 0

  await scene.say(one, 'a')
  await scene.say(one, 'b')
  await scene.say(two, 'c')

  expect(await sent(scene)).toEqual([alertOnly('a', 1), alertOnly('b', 1), alertOnly('c', 2)])
  for (const { body } of scene.fcm.inbox.received) expect(body).not.toContain('badge')
  expect(scene.fcm.inbox.received).toHaveLength(3)
})

test('a channel without a read horizon does not count, nor one whose unread messages are gone', async () => {
  await using scene = await givenBadges(['one', 'two'])
  const [one = '', two = ''] = scene.channels
  const fresh = await scene.channel(['bob'])

  await scene.say(fresh, 'a')
  expect(await sent(scene)).toEqual([alertOnly('a', 0)])
  const message = await scene.say(one, 'b')
  expect(await sent(scene)).toEqual([alertOnly('b', 1)])
  await scene.service.channels(one).messages(message).remove()
  await scene.say(two, 'c')

  expect(await sent(scene)).toEqual([alertOnly('c', 1)])
})

test('reading lowers the number on every iPhone, without text or sound; reading more does nothing more', async () => {
  await using scene = await givenBadges(['one', 'two'])
  const [one = '', two = ''] = scene.channels
  await scene.register('bob', iphone(scene.credential, 'ffff'))
  await scene.service.update({ 'notifications.newMessage.sound': 'ding' })
  for (const channel of [one, two]) for (const body of ['a', 'b']) await scene.say(channel, body)
  expect((await sent(scene)).filter(({ device }) => device === 'ffff').map(({ badge }) => badge)).toEqual([
    1, 1, 2, 2,
  ])
  scene.fcm.inbox.received.length = 0

  await read(scene, one, 1)
  expect(await sent(scene)).toEqual([])
  await read(scene, one, 2)
  expect((await sent(scene)).toSorted((a, b) => a.device.localeCompare(b.device))).toEqual([
    alertOnly('', 1, 'a1b2c3d4'),
    alertOnly('', 1, 'ffff'),
  ])
  await read(scene, one, 1)
  await read(scene, one, 2)
  await read(scene, one, 20)
  expect(await sent(scene)).toEqual([])
  await read(scene, two, 2)
  expect((await sent(scene)).map(({ badge }) => badge)).toEqual([0, 0])
  expect(scene.fcm.inbox.received).toHaveLength(0)
})

test('an iPhone that registers late, or anew with another token, learns of the lower number as well', async () => {
  await using scene = await givenBadges(['one'])
  const [one = ''] = scene.channels
  await scene.say(one, 'a')
  await sent(scene)

  await scene.register('bob', iphone(scene.credential, 'ffff'))
  for (const { sid, endpoint } of await scene.service.bindings.list()) {
    if (endpoint !== 'iphone-ffff') await scene.service.bindings(sid).remove()
  }
  await scene.register('bob', iphone(scene.credential, '0c0c'))
  await read(scene, one, 1)

  expect((await sent(scene)).map(({ device, badge }) => [device, badge]).sort()).toEqual([
    ['0c0c', 0],
    ['ffff', 0],
  ])
})

test('a badge alone goes out quietly, with a payload that says nothing else', async () => {
  await using scene = await givenBadges(['one'])
  const [one = ''] = scene.channels
  await scene.say(one, 'a')
  await sent(scene)

  await read(scene, one, 1)
  const [badge] = await scene.apns.inbox.waitFor(1)

  expect(badge?.headers).toMatchObject({ 'apns-priority': '5', 'apns-push-type': 'alert' })
  expect(JSON.parse(badge?.body ?? '')).toEqual({
    aps: { alert: '', badge: 0 },
    twi_message_type: 'twilio.channel.consumption_update',
    twi_message_id: expect.stringMatching(/^RU/),
  })
})

test('without the setting there is no number anywhere', async () => {
  await using scene = await givenBadges(['one'])
  const [one = ''] = scene.channels
  await scene.say(one, 'a')
  await sent(scene)
  await scene.service.update({ 'notifications.newMessage.badgeCountEnabled': false })

  await scene.say(one, 'b')
  await read(scene, one, 2)

  expect(await sent(scene)).toEqual([alertOnly('b', undefined)])
})

test('only messages bring a number', async () => {
  await using scene = await givenBadges([])
  const { sid } = await scene.service.channels.create({})

  await scene.service.channels(sid).members.create({ identity: 'bob' })

  expect((await sent(scene)).map(({ badge }) => badge)).toEqual([undefined])
})
