// Events of several processes, which may come in another order and more than once.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryBus } from '../bus/memory.ts'
import { encodeAnnouncement } from './announcements.ts'
import { createHub, type Hub } from './hub.ts'
import { Pace } from './pace.ts'
import { Subscription } from './sync/subscription.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const OBJECT = { kind: 'messages', sid: `CH${'0'.repeat(32)}` } as const
const TOPIC = 'topic'

function given() {
  const bus = createMemoryBus()
  const hub = createHub(bus, new Pace())
  const say = (...ids: number[]): void => {
    for (const id of ids) {
      bus.publish(TOPIC, () =>
        encodeAnnouncement({ kind: 'event', id, type: 'list_item_added', json: `"event ${id}"` }),
      )
    }
  }
  const revoke = (userSid: string): void =>
    bus.publish(TOPIC, () => encodeAnnouncement({ kind: 'revoke', userSid }))
  return { bus, hub, say, revoke }
}

/** A client that watches; `told` are the events in its frames, or why it was sent away. */
function watch(hub: Hub, userSid: string) {
  const told: string[] = []
  const frames: Buffer[] = []
  const client = {
    userSid,
    send(frame: Buffer): void {
      frames.push(frame)
      told.push(...(frame.toString('latin1').match(/event \d+/g) ?? []))
    },
    resync: (reason: string) => void told.push(reason),
    wantsTyping: () => false,
  }
  const subscription = new Subscription(client, OBJECT, true, (ended) => {
    told.push('ended')
    hub.leave(TOPIC, ended)
  })
  hub.watch(TOPIC, subscription)
  const goLive = (position: number): void => {
    hub.know(TOPIC, position)
    subscription.goLive(position)
  }
  return { told, frames, goLive }
}

const longEvent = (id: number) => ({
  kind: 'event' as const,
  id,
  type: 'list_item_added',
  json: `"event ${id} ${'x'.repeat(30_000)}"`,
})

const settle = () => vi.advanceTimersByTimeAsync(10_000)

test.each([
  [
    [2, 1, 3],
    ['event 1', 'event 2', 'event 3'],
  ],
  [
    [1, 2, 1, 2, 3, 3, 2],
    ['event 1', 'event 2', 'event 3'],
  ],
  [
    [3, 2, 1, 6, 5, 4],
    ['event 1', 'event 2', 'event 3', 'event 4', 'event 5', 'event 6'],
  ],
])('%j is told in order, once, and without a cut', async (ids, expected) => {
  const { hub, say } = given()
  const { told, goLive } = watch(hub, 'US1')
  goLive(0)
  say(...ids)
  await settle()

  expect(told).toEqual(expected)
})

test('what has come in any order before the client was live is told in order', async () => {
  const { hub, say } = given()
  const { told, goLive } = watch(hub, 'US1')
  say(9, 8, 10)
  await settle()
  goLive(7)
  say(11)
  await settle()

  expect(told).toEqual(['event 8', 'event 9', 'event 10', 'event 11'])
})

test('what does not come is waited for, and then the client comes back for it', async () => {
  const { hub, say } = given()
  const { told, goLive } = watch(hub, 'US1')
  goLive(0)
  say(1, 3)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(told).toEqual(['event 1'])
  await settle()

  expect(told).toEqual(['event 1', 'an event is missing'])
})

test('when one is cut off while an event waits for its turn, the others are not', async () => {
  const { hub, say, revoke } = given()
  const [one, other] = [watch(hub, 'US1'), watch(hub, 'US2')]
  one.goLive(0)
  other.goLive(0)
  say(2)
  revoke('US1')
  say(1)
  await settle()

  expect(one.told).toEqual(['ended'])
  expect(other.told).toEqual(['event 1', 'event 2'])
})

test('what is long does not wait for its tick, and comes in parts', async () => {
  const { hub, bus } = given()
  const { told, frames, goLive } = watch(hub, 'US1')
  goLive(0)
  const ids = Array.from({ length: 20 }, (_, i) => i + 1)
  for (const id of ids) bus.publish(TOPIC, () => encodeAnnouncement(longEvent(id)))
  expect(told.length).toBeGreaterThan(10)
  await settle()

  expect(told).toEqual(ids.map((id) => `event ${id}`))
  expect(Math.max(...frames.map(({ length }) => length))).toBeLessThan(200_000)
})
