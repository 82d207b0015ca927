// The log of webhook deliveries, as the server shows it.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { vi } from 'vitest'
import type { TestServer } from './server.ts'

export type ShownDelivery = {
  sid: string
  channel_sid: string | null
  webhook_sid: string | null
  event: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  request: { url: string; method: string; parameters: Record<string, string>; idempotency_token: string }
  response: { status: number; body: string } | null
  error: string | null
}

type Asked = Pick<TestServer, 'request'>
type Settings = Parameters<ServiceContext['update']>[0]

/** On which a message asks for webhooks. */
export const WANTED = { xTwilioWebhookEnabled: 'true' } as const
const PATIENCE = { timeout: 25_000, interval: 25 }

/** A service that tells this URL of its messages. */
export async function givenWatchedService(
  server: Pick<TestServer, 'givenService'>,
  postWebhookUrl: string,
  settings: Settings = {},
): Promise<{ service: ServiceContext; serviceSid: string }> {
  const service = await server.givenService()
  const { sid } = await service.update({ postWebhookUrl, webhookFilters: ['onMessageSent'], ...settings })
  return { service, serviceSid: sid }
}

/** A channel that tells this URL of its messages. */
export async function givenWatchedChannel(
  service: ServiceContext,
  url: string,
  options: { retryCount?: number; method?: 'GET' | 'POST' } = {},
): Promise<string> {
  const { sid } = await service.channels.create({})
  await service.channels(sid).webhooks.create({
    type: 'webhook',
    'configuration.url': url,
    'configuration.filters': ['onMessageSent'],
    'configuration.retryCount': options.retryCount,
    'configuration.method': options.method,
  })
  return sid
}

/** All that fit the query, oldest first, from all pages. */
export async function listDeliveries(
  server: Asked,
  serviceSid: string,
  query: Record<string, string> = {},
): Promise<ShownDelivery[]> {
  const found: ShownDelivery[] = []
  let path: string | null =
    `/parley/v1/Services/${serviceSid}/Deliveries?${new URLSearchParams({ ...query, PageSize: '100' })}`
  while (path !== null) {
    const { status, body, text } = await server.request('GET', path)
    if (status !== 200) throw new Error(`${status} ${text}`)
    found.push(...body.deliveries)
    const next: string | null = body.meta.next_page_url
    path = next === null ? null : next.slice(new URL(next).origin.length)
  }
  return found
}

/** Everything in the log, once no more than `waiting` of it wait. */
export async function settled(server: Asked, serviceSid: string, waiting = 0): Promise<ShownDelivery[]> {
  await vi.waitUntil(
    async () => (await listDeliveries(server, serviceSid, { State: 'waiting' })).length <= waiting,
    PATIENCE,
  )
  return listDeliveries(server, serviceSid)
}

/** Indexes of the messages in the order in which they came, by channel. */
export function indexesByChannel(arrived: readonly Record<string, string>[]): Record<string, number[]> {
  const indexes: Record<string, number[]> = {}
  for (const { ChannelSid = '', Index } of arrived) {
    indexes[ChannelSid] = [...(indexes[ChannelSid] ?? []), Number(Index)]
  }
  return indexes
}
