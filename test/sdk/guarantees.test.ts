// What every subscriber may rely on, whatever happens to its connection.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ENGINES } from '../support/databases.ts'
import { type Realtime, SIGNER, startRealtime } from '../support/realtime.ts'
import { SyncView } from '../support/sync-view.ts'
import { mintToken } from '../support/tokens.ts'
import { until } from '../support/until.ts'

const RECONNECTS = 50
/** Between two messages: the talk must not take the machine from the clients. */
const BREATH_MS = 10
const WRITERS = 4

function viewOf(
  { url, token }: Pick<Realtime, 'url' | 'token'>,
  identity: string,
  protocol: 3 | 4 = 4,
): SyncView {
  return new SyncView({ url, token: () => token(identity), protocol })
}

/** Several back ends that talk at the same time, until they are stopped; then it tells how many messages there are. */
function startTalk({ say }: Realtime, channelSid: string): { stop(): Promise<number> } {
  let isTalking = true
  const talk = async (): Promise<number> => {
    let last = -1
    for (; isTalking; await pause(BREATH_MS)) last = await say(channelSid, 'and so on')
    return last
  }
  const talks = Array.from({ length: WRITERS }, talk)
  return {
    async stop() {
      isTalking = false
      return Math.max(...(await Promise.all(talks))) + 1
    },
  }
}

/** Every other time it is cut before it is live again. */
async function cutAgainAndAgain(view: SyncView): Promise<void> {
  for (let i = 0; i < RECONNECTS; i++) {
    const before = view.connections
    if (i % 2 === 0) await view.settled()
    view.cut()
    await until('the next connection', () => view.connections > before)
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

describe.each(ENGINES)('on %s', (engine) => {
  test(`each subscriber sees each index once and in order over ${RECONNECTS} reconnects`, {
    timeout: 90_000,
  }, async () => {
    await using realtime = await startRealtime({}, engine)
    const { sid } = await realtime.givenChannel('alice', 'bob', 'carol')
    await using alice = viewOf(realtime, 'alice', 3)
    await using bob = viewOf(realtime, 'bob')
    await using steady = viewOf(realtime, 'carol')
    for (const view of [alice, bob, steady]) await view.settled()
    const talk = startTalk(realtime, sid)
    await Promise.all([alice, bob].map(cutAgainAndAgain))
    const count = await talk.stop()

    for (const view of [alice, bob, steady]) {
      await until('all messages', () => view.added(sid).length === count, {
        seen: () => view.added(sid).slice(-20),
      })
      expect(view.added(sid)).toEqual(range(count))
      expect(view.violations).toEqual([])
    }
    expect(alice.connections).toBeGreaterThan(RECONNECTS)
    expect(steady.connections).toBe(1)
    await using fresh = viewOf(realtime, 'alice')
    await fresh.settled()
    expect(alice.snapshot()).toEqual(fresh.snapshot())
  })
})

test('nothing arrives after the removal from a channel, and all of it after the return', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  const { sid } = await realtime.givenChannel('alice', 'bob')
  const { members } = realtime.service.channels(sid)
  await using bob = viewOf(realtime, 'bob')
  await bob.settled()
  const talk = startTalk(realtime, sid)
  const names = (): string[] => Object.keys(bob.snapshot()).filter((name) => name.startsWith(sid))
  for (let round = 0; round < 8; round++) {
    await members('bob').remove()
    await until('the channel to go', () => names().length === 0, { seen: names })
    await members.create({ identity: 'bob' })
    await until('the channel to come back', () => names().length === 3)
    await bob.settled()
  }
  await talk.stop()
  await using fresh = viewOf(realtime, 'bob')
  await fresh.settled()

  await until('the same view', () => JSON.stringify(bob.snapshot()) === JSON.stringify(fresh.snapshot()))
  expect(bob.violations).toEqual([])
  expect(bob.connections).toBe(1)
})

test('events of one service never reach another, whatever has the same name', {
  timeout: 60_000,
}, async () => {
  await using realtime = await startRealtime()
  const otherService = await realtime.server.givenService()
  const { sid: otherSid } = await otherService.fetch()
  const { sid } = await realtime.service.channels.create({ uniqueName: 'same' })
  await realtime.service.channels(sid).members.create({ identity: 'alice' })
  const twin = await otherService.channels.create({ uniqueName: 'same' })
  await otherService.channels(twin.sid).members.create({ identity: 'alice' })
  await using here = viewOf(realtime, 'alice')
  await using there = viewOf(
    { url: realtime.url, token: (identity) => mintToken(SIGNER, otherSid, identity) },
    'alice',
  )
  await here.settled()
  await there.settled()
  const before = there.snapshot()
  await realtime.say(sid, 'only here')
  await realtime.service.channels(sid).update({ friendlyName: 'only here' })
  await realtime.service.users('alice').update({ friendlyName: 'Alice of here' })
  await realtime.service.channels(sid).members.create({ identity: 'bob' })
  await until('the changes', () => JSON.stringify(here.snapshot()).includes('Alice of here'))
  await until('bob', () => JSON.stringify(here.snapshot()).includes('"identity":"bob"'))

  expect(there.snapshot()).toEqual(before)
  expect([...here.violations, ...there.violations]).toEqual([])
  expect(JSON.stringify(before)).not.toContain(sid)
})
