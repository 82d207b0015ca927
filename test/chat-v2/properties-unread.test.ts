// The unread count is what a naive count says, whatever happens in the channel (rest-v2.md §2.9).
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

type Step =
  | { does: 'send'; from: string }
  | { does: 'delete'; share: number }
  | { does: 'read'; share: number | null; through: 'user' | 'member' }

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ does: fc.constant('send'), from: fc.constantFrom('alice', 'bob') }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('delete'), share }) },
    {
      weight: 3,
      arbitrary: fc.record({
        does: fc.constant('read'),
        share: fc.option(share, { freq: 6 }),
        through: fc.constantFrom('user', 'member'),
      }),
    },
  ),
  { size: 'max', minLength: 8, maxLength: 24 },
)

let server: TestServer

beforeAll(async () => {
  server = await startServer()
})

afterAll(() => server[Symbol.asyncDispose]())

/** A channel with alice in it, and next to it what a naive model of the channel would be. */
async function givenAliceInChannel() {
  const service = await server.givenService()
  const { sid, url } = await service.channels.create({})
  const context = service.channels(sid)
  await context.members.create({ identity: 'alice' })
  const user = new URL((await service.users('alice').fetch()).url).pathname
  const paths = { member: `${new URL(url).pathname}/Members/alice`, user: `${user}/Channels/${sid}` }
  const alive: { sid: string; index: number }[] = []
  let sent = 0
  let horizon: number | null = null

  return {
    context,
    alive,
    expected() {
      const read = horizon
      const unread = read === null ? null : alive.filter(({ index }) => index > read).length
      return { last_consumed_message_index: read, unread_messages_count: unread }
    },
    async send(from: string) {
      const message = await context.messages.create({ from })
      expect(message.index).toBe(sent++)
      alive.push(message)
    },
    async remove(part: number) {
      const [message] = alive.splice(Math.floor(part * alive.length), 1)
      if (message) await context.messages(message.sid).remove()
    },
    /** Back and forth, sometimes beyond the last message, sometimes to nothing. */
    async read(part: number | null, through: 'user' | 'member') {
      horizon = part === null ? null : Math.floor(part * (sent + 2))
      const form = { LastConsumedMessageIndex: `${horizon}` }
      return (await server.request('POST', paths[through], { form })).body
    },
    fetch: async () => (await server.request('GET', paths.user)).body,
  }
}

async function takeStep(alice: Awaited<ReturnType<typeof givenAliceInChannel>>, step: Step): Promise<void> {
  if (step.does === 'send') await alice.send(step.from)
  if (step.does === 'delete') await alice.remove(step.share)
  if (step.does === 'read') {
    const answer = await alice.read(step.share, step.through)
    if (step.through === 'user') expect(answer).toMatchObject(alice.expected())
  }
  expect(await alice.fetch()).toMatchObject(alice.expected())
}

test('the unread count is the number of messages after the horizon that still exist', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const alice = await givenAliceInChannel()
      for (const step of script) await takeStep(alice, step)
      const last = alice.alive.at(-1)
      expect(await alice.context.fetch()).toMatchObject({
        messagesCount: alice.alive.length,
        links: { last_message: last ? expect.stringContaining(last.sid) : null },
      })
    }),
    { numRuns: 20 },
  )
})
