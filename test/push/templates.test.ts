// Templates, their variables and defaults, and the cut (rest-v2.md §5.1).
import { expect, test } from 'vitest'
import { listPushes } from '../support/push/log.ts'
import { givenPicture } from '../support/push/picture.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

/** The text of a message from alice under this template. */
async function textOf(
  scene: Scene,
  template: string,
  channel: string,
  body = 'hello',
  from = 'alice',
): Promise<string> {
  await scene.service.update({ 'notifications.newMessage.template': template })
  await scene.say(channel, body, from)
  await scene.settled()
  return (await listPushes(scene)).at(-1)?.payload.data.twi_body
}

test('each variable stands for the next value that is set', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const alice = await scene.service.users.create({ identity: 'alice' })
  const [bare, named, both] = [
    await scene.channel(['bob']),
    await scene.channel(['bob'], { friendlyName: 'Friendly' }),
    await scene.channel(['bob'], { friendlyName: 'Friendly', uniqueName: 'unique' }),
  ]
  const channels = '${CHANNEL}|${CHANNEL_UNIQUE_NAME}|${CHANNEL_FRIENDLY_NAME}|${CHANNEL_SID}'
  const users = '${USER}|${USER_FRIENDLY_NAME}|${USER_IDENTITY}|${USER_SID}'

  expect(await textOf(scene, channels, bare)).toBe([bare, bare, bare, bare].join('|'))
  expect(await textOf(scene, channels, named)).toBe(['Friendly', 'Friendly', 'Friendly', named].join('|'))
  expect(await textOf(scene, channels, both)).toBe(['unique', 'unique', 'Friendly', both].join('|'))
  expect(await textOf(scene, users, bare)).toBe(['alice', 'alice', 'alice', alice.sid].join('|'))
  await scene.service.users('alice').update({ friendlyName: 'Alice A.' })
  expect(await textOf(scene, users, bare)).toBe(['Alice A.', 'Alice A.', 'Alice A.', alice.sid].join('|'))
  expect(await textOf(scene, users, bare, 'hello', 'no user')).toBe(Array(4).fill('no user').join('|'))
  expect(await textOf(scene, '${MESSAGE}!', bare)).toBe('hello!')
})

test('what is no variable stays as it is, and values are not looked into', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  const template = '${user} ${NOPE} ${constructor} ${} $USER {USER} ${USER ${MESSAGE} $& $1'

  expect(await textOf(scene, template, channel, '${USER} $& $1')).toBe(
    '${user} ${NOPE} ${constructor} ${} $USER {USER} ${USER ${USER} $& $1 $& $1',
  )
  await scene.service.update({ 'notifications.addedToChannel.template': '${USER} ${MESSAGE} ${CHANNEL_SID}' })
  const { sid } = await scene.service.channels.create({})
  await scene.service.channels(sid).members.create({ identity: 'bob' })
  await scene.settled()

  expect((await listPushes(scene)).at(-1)?.payload.data.twi_body).toBe(`system \${MESSAGE} ${sid}`)
})

test('the text is cut to 178 characters after its variables are in, and no character is cut in two', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])

  expect(await textOf(scene, '${MESSAGE}', channel, 'x'.repeat(178))).toBe('x'.repeat(178))
  expect(await textOf(scene, '${MESSAGE}', channel, 'x'.repeat(179))).toBe('x'.repeat(178))
  expect(await textOf(scene, '${MESSAGE}', channel, '🙂'.repeat(8_000))).toBe('🙂'.repeat(178))
  expect(await textOf(scene, '>${MESSAGE}<', channel, '🙂'.repeat(176))).toBe(`>${'🙂'.repeat(176)}<`)
  expect(await textOf(scene, '${MESSAGE}${MESSAGE}', channel, 'ab'.repeat(60))).toBe('ab'.repeat(89))
})

test('a template that is taken away gives way to the default', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'], { uniqueName: 'general' })

  expect(await textOf(scene, 'mine', channel)).toBe('mine')
  expect(await textOf(scene, '', channel)).toBe('general;alice: hello')
})

test('a message that is nothing but media shows the text for clients without media', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'], { uniqueName: 'general' })
  await scene.service.update({ 'media.compatibilityMessage': 'a picture' })
  const { sid: mediaSid } = await givenPicture(scene)

  await scene.service.channels(channel).messages.create({ mediaSid, from: 'alice' })
  await scene.settled()

  expect((await listPushes(scene)).at(-1)?.payload.data.twi_body).toBe('general;alice: a picture')
})

test('names that are too long for a push are cut in it, and it still goes out', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const long = '🙂'.repeat(256)
  const channel = await scene.channel(['bob'], { friendlyName: long, uniqueName: '"'.repeat(256) })

  await textOf(scene, '', channel, 'hello', '\u0001'.repeat(256))

  const [sent] = scene.fcm.inbox.received
  expect(Buffer.byteLength(JSON.stringify({ data: sent?.message.data }))).toBeLessThan(4_000)
  expect(sent?.message.data).toMatchObject({ channel_sid: channel, message_index: '0' })
  expect(long.startsWith(sent?.message.data.channel_title ?? '?')).toBe(true)
})
