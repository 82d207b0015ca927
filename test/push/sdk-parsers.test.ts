// The SDKs are the judge: whatever goes to a provider is read by the parser of every version (rest-v2.md §5.4).
import { expect, test } from 'vitest'
import { givenCertificate, iphone } from '../support/push/apple.ts'
import { givenPicture } from '../support/push/picture.ts'
import { type Scene, startScene } from '../support/push/scene.ts'
import { CHAT_SDKS, CONVERSATIONS_SDKS, readPush, type SdkName } from '../support/push/sdks.ts'

type Dialect = 'chat' | 'conversations'
const SOUNDS = {
  'notifications.newMessage.sound': 'ding',
  'notifications.newMessage.badgeCountEnabled': true,
}

/** bob with a phone for each provider; of everything that goes out, what each provider's app gets. */
async function givenPhones(scene: Scene, dialect: Dialect): Promise<void> {
  await scene.register('bob', { dialect })
  await scene.register('bob', { ...iphone(await givenCertificate(scene)), dialect })
}

/** The bodies that the two phones were sent, as their apps hand them to the SDK. */
async function sentToPhones({ apns, fcm }: Scene, count: number): Promise<{ ios: object; android: object }> {
  const [onApns, onFcm] = [await apns.inbox.waitFor(count), await fcm.inbox.waitFor(count)]
  return {
    ios: JSON.parse(onApns[count - 1]?.body ?? ''),
    android: { data: onFcm[count - 1]?.message.data },
  }
}

type Expected = { data: Record<string, unknown>; [member: string]: unknown }

async function expectRead(sdks: readonly SdkName[], payload: object, expected: Expected): Promise<void> {
  for (const sdk of sdks) {
    const [told, parsed] = await readPush(sdk, payload)
    const data = sdk === 'twilio-conversations-2.1' ? knownEarly(expected.data) : expected.data
    expect({ sdk, ...told }).toEqual({ sdk, title: null, action: null, ...expected, data })
    expect(parsed).toEqual(told)
  }
}

test('every version of the chat SDK reads all four types', async () => {
  await using scene = await startScene()
  const { service } = scene
  await givenPhones(scene, 'chat')
  await service.update(SOUNDS)
  const { sid: channel } = await service.channels.create({ uniqueName: 'general' })

  await service.channels(channel).invites.create({ identity: 'bob' })
  const invited = await sentToPhones(scene, 1)
  await service.channels(channel).members.create({ identity: 'bob', lastConsumedMessageIndex: 0 })
  const added = await sentToPhones(scene, 2)
  await scene.say(channel, 'first')
  await sentToPhones(scene, 3)
  const message = await scene.say(channel, 'second', 'alice')
  const sent = await sentToPhones(scene, 4)
  await service.channels(channel).members('bob').remove()
  const removed = await sentToPhones(scene, 5)

  const quiet = { sound: null, badge: null, data: { channelSid: channel } }
  for (const [{ ios, android }, type, body] of [
    [invited, 'invited_to_channel', 'system has invited you to join the channel general'],
    [added, 'added_to_channel', 'You have been added to channel general by system'],
    [removed, 'removed_from_channel', 'system has removed you from the channel general'],
  ] as const) {
    for (const payload of [ios, android]) {
      await expectRead(CHAT_SDKS, payload, { ...quiet, type: `twilio.channel.${type}`, body })
    }
  }
  const expected = {
    ...{ type: 'twilio.channel.new_message', body: 'general;alice: second', sound: 'ding' },
    data: { channelSid: channel, messageSid: message, messageIndex: 1 },
  }
  await expectRead(CHAT_SDKS, sent.ios, { ...expected, badge: 1 })
  await expectRead(CHAT_SDKS, sent.android, { ...expected, badge: null })
})

test('every version of the conversations SDK reads its three types, and media', async () => {
  await using scene = await startScene()
  const { service } = scene
  await givenPhones(scene, 'conversations')
  const { sid: channel } = await service.channels.create({ friendlyName: 'General' })
  const { sid: media } = await givenPicture(scene)

  await service.channels(channel).members.create({ identity: 'bob' })
  const added = await sentToPhones(scene, 1)
  const message = await scene.say(channel, 'hello', 'alice')
  const sent = await sentToPhones(scene, 2)
  const { sid: picture } = await service.channels(channel).messages.create({ mediaSid: media })
  const withMedia = await sentToPhones(scene, 3)
  await service.channels(channel).members('bob').remove()
  const removed = await sentToPhones(scene, 4)

  const quiet = { sound: null, badge: null }
  for (const [{ ios, android }, type, body, data] of [
    [added, 'added_to_conversation', 'You have been added to the conversation General by system', {}],
    [removed, 'removed_from_conversation', 'system has removed you from the conversation General', {}],
    [sent, 'new_message', 'General;alice: hello', { messageSid: message, messageIndex: 0 }],
  ] as const) {
    for (const payload of [ios, android]) {
      await expectRead(CONVERSATIONS_SDKS, payload, {
        ...{ ...quiet, type: `twilio.conversations.${type}`, body },
        data: { conversationSid: channel, conversationTitle: 'General', ...data },
      })
    }
  }
  for (const payload of [withMedia.ios, withMedia.android]) {
    await expectRead(CONVERSATIONS_SDKS, payload, {
      ...{ ...quiet, type: 'twilio.conversations.new_message' },
      body: 'You have a new message in General with 1 media files: cat.png',
      data: {
        ...{ conversationSid: channel, conversationTitle: 'General', messageSid: picture, messageIndex: 1 },
        mediaCount: 1,
        media: { sid: media, filename: 'cat.png', content_type: 'image/png', size: 20_480 },
      },
    })
  }
})

test('a push that is nothing but a badge is read as well', async () => {
  await using scene = await startScene()
  const { service } = scene
  await service.update(SOUNDS)
  await scene.register('bob', iphone(await givenCertificate(scene)))
  await scene.register('bob', { ...iphone(await givenCertificate(scene), 'ffff'), dialect: 'conversations' })
  for (const name of ['one', 'two']) {
    const channel = await scene.channel(['bob'], { uniqueName: name })
    await service.channels(channel).members('bob').update({ lastConsumedMessageIndex: 0 })
    await scene.say(channel, 'read')
    await scene.say(channel, 'unread')
  }
  await scene.settled()
  scene.apns.inbox.received.length = 0

  await service.channels('one').members('bob').update({ lastConsumedMessageIndex: 1 })
  const badges = await scene.apns.inbox.waitFor(2)

  for (const { path, body } of badges) {
    const sdks = path.endsWith('ffff') ? CONVERSATIONS_SDKS : CHAT_SDKS
    await expectRead(sdks, JSON.parse(body), {
      ...{ type: 'twilio.channel.consumption_update', body: null, sound: null, badge: 1, data: {} },
    })
  }
})

/** Version 2.1 gives an app less than the later ones. */
function knownEarly(data: Record<string, unknown>): Record<string, unknown> {
  const known = ['conversationSid', 'messageSid', 'messageIndex']
  return Object.fromEntries(Object.entries(data).filter(([name]) => known.includes(name)))
}
