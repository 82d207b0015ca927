// Of each channel everything arrives once and in order, however it was sent and however the receiver behaves.
import { setTimeout as takeTime } from 'node:timers/promises'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { describe, expect, test } from 'vitest'
import { times } from '../support/at-once.ts'
import { ENGINES } from '../support/databases.ts'
import {
  givenWatchedChannel,
  givenWatchedService,
  indexesByChannel,
  settled,
  WANTED,
} from '../support/deliveries.ts'
import { type Received, type Responder, startReceiver } from '../support/receiver.ts'
import { startServer } from '../support/server.ts'

const PATIENCE = { timeout: 60_000 }
const MOST_REFUSALS = 2

describe.each(ENGINES)('on %s', (engine) => {
  test('messages sent in parallel arrive exactly once at each target, in order', PATIENCE, async () => {
    await using receiver = await startReceiver()
    await using second = await startReceiver()
    await using server = await startServer({}, engine)
    const { service, serviceSid } = await givenWatchedService(server, receiver.url())
    const channels = await Promise.all(times(6, () => givenWatchedChannel(service, second.url())))

    await sendInParallel(service, channels, 50)
    const log = await settled(server, serviceSid)

    const inOrder = Object.fromEntries(channels.map((sid) => [sid, times(50, (i) => i)]))
    for (const { received } of [receiver, second]) {
      expect(indexesByChannel(received.map(({ parameters }) => parameters))).toEqual(inOrder)
    }
    const tokens = [...receiver.received, ...second.received].map(tokenOf)
    expect(new Set(tokens).size).toBe(600)
    expect(log.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(times(600, () => 'delivered 1'))
  })

  test('they do so at a receiver that is slow and refuses at random', PATIENCE, async () => {
    const { responder, accepted } = moody()
    await using receiver = await startReceiver(responder)
    await using server = await startServer({}, engine)
    const { service, serviceSid } = await givenWatchedService(server, receiver.url(), {
      postWebhookRetryCount: 3,
    })
    const channels = await Promise.all(times(8, async () => (await service.channels.create({})).sid))

    await sendInParallel(service, channels, 25)
    const log = await settled(server, serviceSid)

    expect(indexesByChannel(accepted.map(({ parameters }) => parameters))).toEqual(
      Object.fromEntries(channels.map((sid) => [sid, times(25, (i) => i)])),
    )
    expect(firstArrivals(receiver.received)).toEqual(firstArrivals(accepted))
    expect(receiver.received.length).toBeGreaterThan(accepted.length)
    expect(new Set(log.map(({ state }) => state))).toEqual(new Set(['delivered']))
  })
})

async function sendInParallel(service: ServiceContext, channels: string[], each: number): Promise<void> {
  const bodies = times(each, (i) => `message ${i}`)
  await Promise.all(
    bodies.flatMap((body) =>
      channels.map((sid) => service.channels(sid).messages.create({ body, ...WANTED })),
    ),
  )
}

function tokenOf({ headers }: Received): string {
  return headers['i-twilio-idempotency-token'] ?? ''
}

/** By channel, without what came again. */
function firstArrivals(received: readonly Received[]): Record<string, number[]> {
  const first = new Map(received.toReversed().map((one) => [tokenOf(one), one]))
  return indexesByChannel(
    received.filter((one) => first.get(tokenOf(one)) === one).map((one) => one.parameters),
  )
}

/** Takes a while for each answer; refuses one in six, but none more often than it will be sent again. */
function moody(): { responder: Responder; accepted: Received[] } {
  const accepted: Received[] = []
  const refusals = new Map<string, number>()
  const responder: Responder = async (received) => {
    await takeTime(Math.random() * 20)
    const token = tokenOf(received)
    const before = refusals.get(token) ?? 0
    if (before < MOST_REFUSALS && Math.random() < 1 / 6) {
      refusals.set(token, before + 1)
      return { status: 503 }
    }
    accepted.push(received)
    return { status: 200 }
  }
  return { responder, accepted }
}
