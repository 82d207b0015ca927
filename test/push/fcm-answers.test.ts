// Every error that FCM documents, and what becomes of the push and of the device.
import { expect, test } from 'vitest'
import { fcmError } from '../support/push/fake-fcm.ts'
import { listPushes, registered } from '../support/push/log.ts'
import type { Answer } from '../support/push/pushed.ts'
import { startScene } from '../support/push/scene.ts'

const violation = (field: string): Answer => ({
  status: 400,
  body: JSON.stringify({
    error: {
      ...{ code: 400, status: 'INVALID_ARGUMENT', message: `Invalid value at '${field}'` },
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field, description: 'wrong' }],
        },
      ],
    },
  }),
})

/** The answer, with the reason and the code in the log. */
const GONE: Record<string, [Answer, string, number]> = {
  unregistered: [fcmError(404, 'NOT_FOUND', 'UNREGISTERED'), 'UNREGISTERED', 52103],
  'no token': [
    fcmError(
      400,
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'The registration token is not a valid FCM registration token',
    ),
    'INVALID_ARGUMENT',
    52102,
  ],
  'a wrong token': [violation('message.token'), 'INVALID_ARGUMENT', 52102],
}
const REFUSED: Record<string, [Answer, string, number | null]> = {
  'a wrong message': [violation('message.data[0].value'), 'INVALID_ARGUMENT', 52106],
  'too large': [
    fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'Message too big'),
    'INVALID_ARGUMENT',
    52106,
  ],
  'another project': [fcmError(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'), 'SENDER_ID_MISMATCH', 52104],
  'not allowed': [fcmError(403, 'PERMISSION_DENIED'), 'PERMISSION_DENIED', 52109],
  'third party': [
    fcmError(401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR'),
    'THIRD_PARTY_AUTH_ERROR',
    52109,
  ],
  'no such project': [fcmError(404, 'NOT_FOUND'), 'NOT_FOUND', 52101],
  'something unheard of': [{ status: 418, body: '<html>' }, 'status 418', null],
}
const LATER: Record<string, [Answer, string, number]> = {
  unavailable: [fcmError(503, 'UNAVAILABLE', 'UNAVAILABLE'), 'UNAVAILABLE', 52110],
  internal: [fcmError(500, 'INTERNAL', 'INTERNAL'), 'INTERNAL', 52110],
  quota: [
    { ...fcmError(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'), headers: { 'retry-after': '1' } },
    'QUOTA_EXCEEDED',
    52108,
  ],
  'a broken answer': [{ status: 502, body: '{"error":' }, 'status 502', 52110],
}

test('a device that is gone loses its binding, and others keep theirs', async () => {
  await using scene = await startScene()
  const cases = Object.values(GONE)
  for (const [i] of cases.entries()) await scene.register(`user${i}`)
  await scene.register('alice')
  const channel = await scene.channel(['alice', ...cases.map((_, i) => `user${i}`)])
  scene.fcm.inbox.answer(({ message }) => {
    const i = Number(/^token-of-user(\d)$/.exec(message.token)?.[1] ?? Number.NaN)
    return cases[i]?.[0] ?? { status: 200 }
  })

  await scene.say(channel, 'hi')
  await scene.settled()

  expect(await registered(scene)).toEqual(['alice'])
  const log = await listPushes(scene)
  for (const [i, [{ status }, reason, code]] of cases.entries()) {
    expect(log.find(({ identity }) => identity === `user${i}`)).toMatchObject({
      ...{ state: 'failed', attempts: 1, response_status: status, reason, error_code: code },
    })
  }
  expect(log.find(({ identity }) => identity === 'alice')).toMatchObject({ state: 'delivered' })
  await scene.say(channel, 'again')
  await scene.settled()
  expect(scene.fcm.inbox.received).toHaveLength(cases.length + 2)
})

test('what cannot get better is sent once, and the device stays', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  const cases = Object.values(REFUSED)
  for (const [answer] of cases) {
    scene.fcm.inbox.answer(() => answer)
    await scene.say(channel, 'hi')
    await scene.settled()
  }

  expect(await registered(scene)).toEqual(['bob'])
  expect(
    (await listPushes(scene)).map((push) => [
      push.attempts,
      push.response_status,
      push.reason,
      push.error_code,
    ]),
  ).toEqual(cases.map(([{ status }, reason, code]) => [1, status, reason, code]))
})

test('what may get better is sent again until it goes', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  const channel = await scene.channel(['bob'])
  for (const [answer, reason, code] of Object.values(LATER)) {
    const before = scene.fcm.inbox.received.length
    scene.fcm.inbox.answer((_request, count) => (count === before + 1 ? answer : { status: 200 }))
    await scene.say(channel, reason)
    await scene.fcm.inbox.waitFor(before + 1)
    await expect
      .poll(async () => (await listPushes(scene)).at(-1))
      .toMatchObject({ attempts: 1, reason, error_code: code, state: 'waiting' })
    await scene.settled()
    expect((await listPushes(scene)).at(-1)).toMatchObject({ state: 'delivered', attempts: 2, reason: null })
    const [first, second] = scene.fcm.inbox.received.slice(before)
    expect(second?.message.data).toEqual(first?.message.data)
  }
  expect(await registered(scene)).toEqual(['bob'])
})

test('Retry-After is kept to, for everything that goes through the same credential', async () => {
  await using scene = await startScene()
  await scene.register('bob')
  await scene.register('carol')
  const channel = await scene.channel(['bob', 'carol'])
  const times: number[] = []
  scene.fcm.inbox.answer((_request, count) => {
    times.push(Date.now())
    return count === 1
      ? { ...fcmError(503, 'UNAVAILABLE'), headers: { 'retry-after': '3' } }
      : { status: 200 }
  })

  const other = await scene.channel(['carol'])
  await scene.service.channels(channel).members('carol').remove()
  await scene.settled()
  scene.fcm.inbox.received.length = 0
  times.length = 0
  await scene.say(channel, 'to bob')
  await scene.fcm.inbox.waitFor(1)
  await scene.say(other, 'to carol')
  await scene.settled()

  expect(times).toHaveLength(3)
  for (const time of times.slice(1)) expect(time - (times[0] as number)).toBeGreaterThanOrEqual(2_950)
})
