// "Why did this user get no push?"
import { expect, test } from 'vitest'
import { givenCertificate, iphone } from '../support/push/apple.ts'
import { type Scene, startScene } from '../support/push/scene.ts'

type Step = { step: string; passed: boolean; explanation: string; binding_sid: string | null }
type Diagnosis = { would_be_sent: boolean; summary: string; steps: Step[] }

const path = ({ serviceSid }: Scene, user: string, query: Record<string, string> = {}) =>
  `/parley/v1/Services/${serviceSid}/Users/${user}/PushDiagnosis?${new URLSearchParams(query)}`

async function diagnose(scene: Scene, query: Record<string, string> = {}, user = 'bob'): Promise<Diagnosis> {
  const { status, body } = await scene.server.request('GET', path(scene, user, query))
  expect(status).toBe(200)
  return body
}

/** The steps that are not met, or all. */
const failing = ({ steps }: Diagnosis) => steps.filter(({ passed }) => !passed).map(({ step }) => step)

test('when nothing is in the way, every step says so', async () => {
  await using scene = await startScene()
  const { sid } = await scene.register('bob')
  const channel = await scene.channel(['bob'])

  const { body } = await scene.server.request('GET', path(scene, 'bob', { ChannelSid: channel }))

  const about = { passed: true, binding_sid: sid }
  const general = { passed: true, binding_sid: null }
  expect(body).toEqual({
    service_sid: scene.serviceSid,
    user_sid: expect.stringMatching(/^US/),
    identity: 'bob',
    channel_sid: channel,
    type: 'new_message',
    would_be_sent: true,
    summary: 'A push would be sent now, to 1 device',
    steps: [
      { ...general, step: 'setting', explanation: 'The service has Notifications.NewMessage.Enabled on' },
      { ...general, step: 'membership', explanation: 'bob is a member of the channel' },
      { ...general, step: 'notification_level', explanation: 'bob has not muted the channel' },
      { ...general, step: 'device', explanation: `bob has 1 registered: ${sid}` },
      { ...about, step: 'message_types', explanation: 'The device wants new_message' },
      { ...about, step: 'credential', explanation: `Credential ${scene.fcmCredential} can be used` },
    ],
    url: `${scene.server.app.publicUrl}/parley/v1/Services/${scene.serviceSid}/Users/${body.user_sid}/PushDiagnosis`,
  })
})

test('each thing that is in the way is named, and is in the way', async () => {
  await using scene = await startScene()
  const { service } = scene
  await service.users.create({ identity: 'bob' })
  const { sid: channel } = await service.channels.create({})
  const about = { ChannelSid: channel }
  const summaries: string[] = []
  const look = async (query: Record<string, string> = about): Promise<string[]> => {
    await scene.settled()
    const diagnosis = await diagnose(scene, query)
    expect(diagnosis.would_be_sent).toBe(false)
    summaries.push(diagnosis.summary)
    await scene.say(channel, 'nobody hears')
    await scene.settled()
    return failing(diagnosis)
  }

  expect(await look({})).toEqual(['device'])
  const binding = await scene.register('bob', {
    messageTypes: ['added_to_channel'],
    credentialSid: `CR${'0'.repeat(32)}`,
  })
  expect(await look()).toEqual(['membership', 'message_types', 'credential'])
  await service.channels(channel).invites.create({ identity: 'bob' })
  expect(await look()).toEqual(['membership', 'message_types', 'credential'])
  await service.channels(channel).members.create({ identity: 'bob' })
  expect(await look()).toEqual(['message_types', 'credential', 'last_push'])
  await scene.register('bob')
  await service.users('bob').userChannels(channel).update({ notificationLevel: 'muted' })
  expect(await look()).toEqual(['notification_level', 'last_push'])
  await service.update({ 'notifications.newMessage.enabled': false })
  expect(await look()).toEqual(['setting', 'notification_level', 'last_push'])
  await service.bindings(binding.sid).remove()
  expect(await look()).toEqual(['setting', 'notification_level', 'device'])

  expect(scene.fcm.inbox.received).toHaveLength(0)
  expect(summaries).toEqual([
    'bob has no device registered: the app has never called setPushRegistrationId, or its access token has no push_credential_sid',
    'bob is not in the channel: members are told of messages',
    'bob is only invited to the channel: members are told of messages',
    'The device has not asked for new_message',
    'bob has muted the channel',
    'The service has Notifications.NewMessage.Enabled off: nobody gets this push',
    'The service has Notifications.NewMessage.Enabled off: nobody gets this push',
  ])
})

test('a credential is looked into', async () => {
  await using scene = await startScene()
  const { credentials } = scene.server.client.chat.v2
  const ended = await givenCertificate(scene, { days: -3 })
  const { sid: old } = await credentials.create({ type: 'fcm', secret: 'AAAA:old-server-key' })
  const problems: string[] = []
  for (const device of [
    { credentialSid: old },
    { credentialSid: `CR${'0'.repeat(32)}` },
    { credentialSid: ended },
    iphone(ended, 'ffff'),
  ]) {
    await scene.register('bob', { endpointId: 'the only one', ...device })
    const { steps } = await diagnose(scene)
    problems.push(steps.findLast(({ step }) => step === 'credential')?.explanation ?? '')
  }

  const date = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10)
  expect(problems).toEqual([
    `Credential ${old} cannot be used: Secret must be the JSON of a service account of the Firebase project: FCM no longer takes server keys`,
    `Credential CR${'0'.repeat(32)} cannot be used: there is no credential CR${'0'.repeat(32)}`,
    `Credential ${ended} cannot be used: Certificate ended on ${date}`,
    `Credential ${ended} cannot be used: Certificate ended on ${date}`,
  ])
})

test('how the last push went is told, without being in the way of the next', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])

  scene.fcm.inbox.answer(() => ({ status: 403, body: '{"error":{"status":"PERMISSION_DENIED"}}' }))
  await scene.say(channel, 'hi')
  await scene.settled()
  const refused = await diagnose(scene)
  scene.fcm.inbox.answer(() => ({ status: 503, headers: { 'retry-after': '60' } }))
  await scene.say(channel, 'hi')
  await scene.fcm.inbox.waitFor(2)
  await expect.poll(async () => (await diagnose(scene)).summary).toMatch(/is waiting: status 503$/)

  expect(refused).toMatchObject({
    would_be_sent: true,
    summary: expect.stringMatching(/^The last push known, RU[0-9a-f]{32}, is failed: PERMISSION_DENIED$/),
  })
  expect(failing(refused)).toEqual(['last_push'])
})

test('a device that the provider called gone is told apart from one that never was', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  scene.fcm.inbox.answer(() => ({
    status: 404,
    body: '{"error":{"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}]}}',
  }))

  await scene.say(channel, 'hi')
  await scene.settled()

  expect((await diagnose(scene)).summary).toBe(
    'bob has no device registered: it has signed off, or the push provider said that it is gone',
  )
})

test('other types are asked for by name, and what is unknown is named', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  await scene.service.update({ 'notifications.invitedToChannel.enabled': false })

  expect(await diagnose(scene, { Type: 'added_to_channel' })).toMatchObject({ would_be_sent: true })
  expect((await diagnose(scene, { Type: 'invited_to_channel' })).summary).toBe(
    'The service has Notifications.InvitedToChannel.Enabled off: nobody gets this push',
  )
  for (const [user, query, status] of [
    ['bob', { Type: 'badge' }, 400],
    ['bob', { ChannelSid: 'nowhere' }, 404],
    ['nobody', {}, 404],
  ] as const) {
    expect(await scene.server.request('GET', path(scene, user, query))).toMatchObject({ status })
  }
})
