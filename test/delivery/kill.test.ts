// The process dies while webhooks wait and while some are on their way: none of an answered request is lost.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { expect, test, vi } from 'vitest'
import { times } from '../support/at-once.ts'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import { indexesByChannel, WANTED } from '../support/deliveries.ts'
import { sessionsGone } from '../support/postgres-admin.ts'
import { serve } from '../support/process.ts'
import { type Received, startReceiver } from '../support/receiver.ts'
import { officialClient } from '../support/server.ts'

const PATIENCE = { timeout: 120_000 }
const CHANNELS = 8
const ALL = 1_000
const ANSWERS_BEFORE_KILL = 500
/** Then the receiver falls silent, so that calls are under way and many jobs wait when the process dies. */
const RECEIVED_BEFORE_SILENCE = 100

test.each(ENGINES)(
  'on %s everything that was answered before or after kill -9 arrives, and first arrivals are in order',
  PATIENCE,
  async (engine) => {
    let silent = true
    await using receiver = await startReceiver((_received, count) =>
      silent && count > RECEIVED_BEFORE_SILENCE ? null : {},
    )
    await using database = await givenDatabase(engine)
    const sent: string[] = []
    let serviceSid = ''
    let channels: string[] = []
    {
      await using parley = serve(database, { LOG_LEVEL: 'silent' })
      const { services } = officialClient((await parley.listening()).url).chat.v2
      serviceSid = (await services.create({ friendlyName: 'kill' })).sid
      const service = services(serviceSid)
      await service.update({ postWebhookUrl: receiver.url(), webhookFilters: ['onMessageSent'] })
      channels = await Promise.all(times(CHANNELS, async () => (await service.channels.create({})).sid))
      await send(service, channels, sent, () => {
        if (sent.length === ANSWERS_BEFORE_KILL) parley.kill('SIGKILL')
      })
      expect(await parley.exit).toEqual({ code: null, signal: 'SIGKILL' })
    }
    expect(sent.length).toBeLessThan(ALL)
    expect(receiver.received.length).toBeLessThan(ANSWERS_BEFORE_KILL)
    if (engine === 'postgres') await sessionsGone(database)
    silent = false

    await using parley = serve(database, { LOG_LEVEL: 'silent' })
    const service = officialClient((await parley.listening()).url).chat.v2.services(serviceSid)
    await send(service, channels, sent)
    await vi.waitUntil(() => missing(sent, receiver.received) === 0, { timeout: 60_000, interval: 100 })

    const first = firstArrivals(receiver.received)
    expect(sent.length).toBeGreaterThanOrEqual(ALL)
    for (const indexes of Object.values(indexesByChannel(first.map(({ parameters }) => parameters)))) {
      expect(indexes).toEqual(indexes.map((_, i) => i))
    }
    expect(new Set(first.map(tokenOf)).size).toBe(first.length)
    expect(new Set(receiver.received.map(tokenOf)).size).toBe(first.length)
  },
)

/** Several writers, until enough is sent or the connection breaks; `sent` grows by what was answered. */
async function send(
  service: ServiceContext,
  channels: string[],
  sent: string[],
  onAnswer: () => void = () => {},
): Promise<void> {
  const write = async (channel: string): Promise<void> => {
    while (sent.length < ALL) {
      const { sid } = await service.channels(channel).messages.create({ body: 'hi', ...WANTED })
      sent.push(sid)
      onAnswer()
    }
  }
  const unlessRefused = (error: { status?: number }): void => {
    if (error.status !== undefined) throw error
  }
  await Promise.all(channels.map((channel) => write(channel).catch(unlessRefused)))
}

function missing(sent: readonly string[], received: readonly Received[]): number {
  const arrived = new Set(received.map(({ parameters }) => parameters.MessageSid))
  return sent.filter((sid) => !arrived.has(sid)).length
}

/** Without what came again. */
function firstArrivals(received: readonly Received[]): Received[] {
  const seen = new Set<string | undefined>()
  return received.filter(({ parameters: { MessageSid } }) => {
    const isFirst = !seen.has(MessageSid)
    seen.add(MessageSid)
    return isFirst
  })
}

function tokenOf({ headers }: Received): string {
  return headers['i-twilio-idempotency-token'] ?? ''
}
