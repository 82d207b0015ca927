// What the answer to a pre-event webhook does: the table of rest-v2.md §4.4 as a model.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deleteChannel } from '../../src/chat/channels.ts'
import { removeMember } from '../../src/chat/members.ts'
import { removeMessage } from '../../src/chat/messages.ts'
import { readEverything } from '../support/chat.ts'
import {
  ACTION_NAMES,
  ACTIONS,
  type ActionName,
  type Answer,
  changes,
  type Effect,
  IDLE,
  type Scene,
  UNCHANGED,
  WRONG,
} from '../support/pre-answers.ts'
import { type Receiver, type Reply, startReceiver } from '../support/receiver.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { givenActors, givenWebhooks } from '../support/webhook-scene.ts'

type Policy = 'reject' | 'proceed'
type Policies = { on5xx: Policy; onTimeout: Policy }

const REFUSED: Effect = { refusal: { code: 50056, status: 403 } }
/** The connection ends in the middle of the answer. */
const BROKEN: Reply = { headers: { connection: 'close', 'content-length': '100' }, body: '{"body":' }
const POLICIES = (['reject', 'proceed'] as const).flatMap((on5xx) =>
  (['reject', 'proceed'] as const).map((onTimeout): Policies => ({ on5xx, onTimeout })),
)

test.each(ACTION_NAMES)('%s: each answer with 200 has its effect', async (name) => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const scene = await givenScene(server, receiver)
  const { kind } = ACTIONS[name]
  const answers = { ...IDLE, ...WRONG }
  const count = Object.keys(answers).length + Object.keys(changes(0, scene.roles)).length

  for (let n = 0; n < count; n++) {
    const [what, answer] = Object.entries({ ...answers, ...changes(n, scene.roles) })[n] as [string, Answer]
    receiver.answer(() => ({ body: answer.body }))
    await expectEffect(scene, name, n, answer.effects[kind] ?? UNCHANGED, what)
  }

  expect(receiver.received).toHaveLength(count)
})

test.each(ACTION_NAMES)('%s: any other status refuses and what it says is not heard', async (name) => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const scene = await givenScene(server, receiver)
  const statuses = [201, 202, 204, 206, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 410, 418]

  for (const [n, status] of [...statuses, 429, 500, 501, 502, 503, 504, 599].entries()) {
    const headers = { location: receiver.url('/elsewhere') }
    receiver.answer(() => ({ status, headers, body: '{"friendly_name":"f","body":"b"}' }))
    await expectEffect(scene, name, n, REFUSED, `${status}`)
  }

  expect(receiver.received).toHaveLength(25)
  expect(receiver.received.filter(({ url }) => url !== '/hook')).toEqual([])
})

test('an answer that enlarges the body beyond every limit is refused for that', async () => {
  await using receiver = await startReceiver(() => ({ body: JSON.stringify({ body: 'b'.repeat(400_000) }) }))
  await using server = await startServer()
  const scene = await givenScene(server, receiver)

  await expectEffect(scene, 'sendMessage', 1, { refusal: { code: 50504 } }, 'a huge body')
})

test('an answer that is too long to be read refuses what it could have changed, and no removal', async () => {
  await using receiver = await startReceiver(() => ({ body: JSON.stringify({ debug: 'd'.repeat(400_000) }) }))
  await using server = await startServer()
  const scene = await givenScene(server, receiver)
  for (const [n, name] of ACTION_NAMES.entries()) {
    const code = ACTIONS[name].kind === 'message' ? 50504 : 20001
    await expectEffect(scene, name, n, { refusal: { code, status: 400 } }, 'a long answer')
  }

  const { chat, alice, rest, channel, message, messageSid, member } = scene
  await removeMessage(chat, alice, await channel(), await message(messageSid))
  await removeMember(chat, alice, await channel(), await member())
  await deleteChannel(chat, alice, await channel())
  expect((await rest.channels.list()).map(({ uniqueName }) => uniqueName)).toEqual(['hall'])
})

test.each(POLICIES)(
  '5xx: $on5xx, silence: $onTimeout: every course of retries ends as the table says',
  async (policies) => {
    await using receiver = await startReceiver()
    await using server = await startServer(settingsOf(policies))
    const scene = await givenScene(server, receiver)
    await scene.rest.update({ 'limits.channelMembers': 1000 })
    const tokens = new Set<string>()
    let n = 0

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ACTION_NAMES),
        fc.integer({ min: 0, max: 3 }),
        fc.array(someReply, { minLength: 4, maxLength: 4 }),
        async (name, retries, replies) => {
          n++
          const course = predict(policies, retries, replies)
          receiver.received.length = 0
          receiver.answer((_, count) => replies[count - 1] ?? { status: 418 })
          await scene.rest.update({ preWebhookRetryCount: retries })

          await expectEffect(scene, name, n, course.effect, `after ${retries} retries at most`)

          expectSameAgain(receiver, course.requests, tokens)
          expect(tokens.size).toBe(n)
        },
      ),
      { numRuns: 60, endOnFailure: true },
    )
  },
)

test.each(POLICIES)('5xx: $on5xx, silence: $onTimeout: nobody is there', async (policies) => {
  const receiver = await startReceiver()
  await using server = await startServer(settingsOf(policies))
  const scene = await givenScene(server, receiver)
  await receiver[Symbol.asyncDispose]()
  await scene.rest.update({ preWebhookRetryCount: 3 })

  for (const [n, name] of ACTION_NAMES.entries()) {
    await expectEffect(scene, name, n, policies.onTimeout === 'reject' ? REFUSED : UNCHANGED, name)
  }
})

test('no answer in five seconds counts as silence', async () => {
  const silence = () => null
  await using receiver = await startReceiver(silence)
  await using strictReceiver = await startReceiver(silence)
  await using server = await startServer()
  await using strict = await startServer({ PARLEY_PRE_WEBHOOK_ON_TIMEOUT: 'reject' })
  const scene = await givenScene(server, receiver)
  const strictScene = await givenScene(strict, strictReceiver)

  await Promise.all([
    expectEffect(scene, 'sendMessage', 1, UNCHANGED, 'by default it proceeds'),
    expectEffect(strictScene, 'sendMessage', 1, REFUSED, 'with reject it is refused'),
  ])

  expect(receiver.received).toHaveLength(1)
  expect(strictReceiver.received).toHaveLength(1)
})

test('while one answer is awaited, others go on', async () => {
  await using receiver = await startReceiver()
  await using server = await startServer()
  const scene = await givenScene(server, receiver)
  const { promise, resolve } = Promise.withResolvers<Reply>()
  receiver.answer(() => promise)

  const sending = ACTIONS.sendMessage.act(scene, 1)
  await receiver.waitFor(1)
  const meanwhile = await scene.rest.channels('lobby').messages.create({ body: 'meanwhile' })
  resolve({ body: '{"body":"theirs"}' })

  expect(meanwhile.index).toBe(1)
  expect(await sending).toMatchObject({ messageIndex: 2, body: 'theirs' })
})

test('removals can be accepted or refused, nothing else', async () => {
  await using receiver = await startReceiver(() => ({ body: '{"body":"x","attributes":"{","role_sid":"x"}' }))
  await using server = await startServer()
  const scene = await givenScene(server, receiver)
  const { chat, alice, rest, channel, message, messageSid, member } = scene

  await removeMessage(chat, alice, await channel(), await message(messageSid))
  await removeMember(chat, alice, await channel(), await member())
  await deleteChannel(chat, alice, await channel())

  expect((await rest.channels.list()).map(({ uniqueName }) => uniqueName)).toEqual(['hall'])
  expect(receiver.received.map(({ parameters }) => parameters.EventType)).toEqual([
    ...['onMessageRemove', 'onMemberRemove', 'onChannelDestroy'],
  ])
})

/** Those that are tried again come more often than chance would have it. */
const someReply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(429, 503, 504).map((status) => ({ status })) },
  { weight: 3, arbitrary: fc.constant(BROKEN) },
  { weight: 2, arbitrary: fc.constantFrom(201, 204, 302, 400, 403, 500, 502).map((status) => ({ status })) },
  { weight: 2, arbitrary: fc.constantFrom('', '{}', '[]', 'oops').map((body) => ({ body })) },
)

/** How often is asked, and what comes of it. */
function predict(
  policies: Policies,
  retries: number,
  replies: Reply[],
): { requests: number; effect: Effect } {
  const tries = replies.slice(0, retries + 1)
  const settled = tries.findIndex(
    (reply) => reply !== BROKEN && ![429, 503, 504].includes(reply.status ?? 200),
  )
  const requests = settled === -1 ? tries.length : settled + 1
  const last = tries[requests - 1]
  const status = last?.status ?? 200
  if (last === BROKEN) return { requests, effect: policies.onTimeout === 'reject' ? REFUSED : UNCHANGED }
  if (status === 200) return { requests, effect: UNCHANGED }
  return { requests, effect: status >= 500 && policies.on5xx === 'proceed' ? UNCHANGED : REFUSED }
}

/** The requests of one action are the same but for the number of the retry. */
function expectSameAgain({ received }: Receiver, requests: number, tokens: Set<string>): void {
  const [first] = received
  expect(received.map(({ parameters }) => parameters)).toEqual(
    Array.from({ length: requests }, (_, retry) => ({ ...first?.parameters, RetryCount: String(retry) })),
  )
  const own = received.map(({ headers }) => headers['i-twilio-idempotency-token'] ?? '')
  expect(own[0]).not.toBe('')
  expect(new Set(own).size).toBe(1)
  tokens.add(own[0] ?? '')
}

/** The action comes out as wanted with these values, or is refused and leaves everything as it was. */
async function expectEffect(
  scene: Scene,
  name: ActionName,
  n: number,
  effect: Effect,
  what: string,
): Promise<void> {
  const { act, wanted } = ACTIONS[name]
  const expected = await wanted(scene, n)
  const before = await readEverything(scene.chat.db)
  const result = act(scene, n)
  if ('values' in effect) {
    const row = await result.catch((error: unknown) => ({ what, error }))
    expect(row, what).toMatchObject({ ...expected, ...effect.values })
  } else {
    await expect(result, what).rejects.toMatchObject(effect.refusal)
    expect(await readEverything(scene.chat.db), what).toEqual(before)
  }
}

function settingsOf({ on5xx, onTimeout }: Policies): Record<string, string> {
  return { PARLEY_PRE_WEBHOOK_ON_5XX: on5xx, PARLEY_PRE_WEBHOOK_ON_TIMEOUT: onTimeout }
}

async function givenScene(server: TestServer, receiver: Receiver): Promise<Scene> {
  const rest = await givenWebhooks(server, { preWebhookUrl: receiver.url() })
  const actors = await givenActors(server, rest)
  const message = await rest.channels('lobby').messages.create({ from: 'alice', body: 'old' })
  const hall = await rest.channels.create({ uniqueName: 'hall', friendlyName: 'old' })
  return { ...actors, messageSid: message.sid, hallSid: hall.sid }
}
