// A service with a log in which every state occurs, made at known times.
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { givenWatchedService, settled, WANTED } from './deliveries.ts'
import { setClock } from './frozen-clock.ts'
import type { Received, Receiver, Reply } from './receiver.ts'
import type { TestServer } from './server.ts'

export type GivenLog = {
  service: ServiceContext
  serviceSid: string
  /** Of the service's deliveries. */
  path: string
  lobby: string
  hall: string
}

/** Refuses what says so, never answers on /silent, takes the rest. */
export function answerByBody({ url, parameters }: Received): Reply | null {
  if (url === '/silent') return null
  return parameters.Body === 'refuse' ? { status: 500, body: 'broken' } : { status: 200, body: 'ok' }
}

/**
 * 2021 onChannelAdded in the lobby: delivered; 2022 onMessageSent there: failed; 2023 another: delivered;
 * 2024 one in the hall: failed at the service's target and waiting at the channel's.
 */
export async function givenLog(server: TestServer, receiver: Receiver): Promise<GivenLog> {
  const filters = { webhookFilters: ['onMessageSent', 'onChannelAdded'] }
  const { service, serviceSid } = await givenWatchedService(server, receiver.url('/hook'), filters)
  const { now } = server.app.chat
  setClock(server, '2021-01-01T00:00:00Z')
  const { sid: lobby } = await service.channels.create({ friendlyName: 'lobby', ...WANTED })
  const { sid: hall } = await service.channels.create({ friendlyName: 'hall' })
  await service.channels(hall).webhooks.create({
    type: 'webhook',
    'configuration.url': receiver.url('/silent'),
    'configuration.filters': ['onMessageSent'],
    'configuration.retryCount': 3,
  })
  setClock(server, '2022-01-01T00:00:00Z')
  await service.channels(lobby).messages.create({ body: 'refuse', ...WANTED })
  setClock(server, '2023-01-01T00:00:00Z')
  await service.channels(lobby).messages.create({ body: 'take', ...WANTED })
  setClock(server, '2024-01-01T00:00:00.500Z')
  await service.channels(hall).messages.create({ body: 'refuse', ...WANTED })
  server.app.chat.now = now
  await settled(server, serviceSid, 1)
  return { service, serviceSid, path: `/parley/v1/Services/${serviceSid}/Deliveries`, lobby, hall }
}
