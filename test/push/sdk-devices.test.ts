// The whole way with the vendor's SDKs: a client registers its device, a push comes to it, and it signs off (§5.5).
import { expect, test } from 'vitest'
import { startAgent } from '../sdk/start-agent.ts'
import { startScene } from '../support/push/scene.ts'
import { readPush, type SdkName } from '../support/push/sdks.ts'
import { SIGNER } from '../support/realtime.ts'
import { mintToken } from '../support/tokens.ts'

const SDKS: Record<string, SdkName> = {
  '3': 'twilio-chat-3',
  '4': 'twilio-chat-4',
  '5': 'twilio-chat-5',
  '6': 'twilio-chat-6',
  'c2.1': 'twilio-conversations-2.1',
  'c2.7': 'twilio-conversations-2.7',
  c3: 'twilio-conversations-3',
}

test.each(Object.keys(SDKS))('version %s registers a device, gets a push and signs off', async (version) => {
  await using scene = await startScene()
  const { service, serviceSid, fcmCredential: pushCredentialSid } = scene
  await service.update({ reachabilityEnabled: true })
  const token = mintToken(SIGNER, serviceSid, 'bob', { pushCredentialSid })
  await using sdk = startAgent(version)
  await sdk.ask('connect', 'bob', token, `${scene.server.url.replace('http', 'ws')}/v3/wsconnect`)
  const channel = await scene.channel(['bob'], { uniqueName: 'general' })

  await sdk.ask('registerDevice', 'bob', 'fcm', 'device-of-bob')
  await expect
    .poll(() => service.bindings.list())
    .toMatchObject([{ identity: 'bob', bindingType: 'fcm', credentialSid: pushCredentialSid }])
  expect(await service.users('bob').fetch()).toMatchObject({ isNotifiable: true })
  await expect
    .poll(async () => (await service.bindings.list())[0]?.messageTypes)
    .toContain('added_to_channel')
  await scene.say(channel, 'hello', 'alice')
  const [sent] = await scene.fcm.inbox.waitFor(1)
  const [told] = await readPush(SDKS[version] as SdkName, { data: sent?.message.data })
  await sdk.ask('signOffDevice', 'bob', 'fcm')
  await expect.poll(() => service.bindings.list()).toEqual([])
  // Not asked after its end: requests that a client makes while it signs off fail where nobody catches.
  const problems = await sdk.ask('problems')
  await sdk.ask('disconnect', 'bob')

  expect(problems).toEqual([])
  expect(sent?.message.token).toBe('device-of-bob')
  expect(told).toMatchObject({
    type: version.startsWith('c') ? 'twilio.conversations.new_message' : 'twilio.channel.new_message',
    body: 'general;alice: hello',
  })
  expect(await service.users('bob').fetch()).toMatchObject({ isNotifiable: false })
})
