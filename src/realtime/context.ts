// What every connection needs, put together once in server.ts.
import type { Bus } from '../bus/bus.ts'
import type { Chat } from '../chat/chat.ts'
import type { Logger } from '../lib/logger.ts'
import type { LogOutage } from '../lib/outage-log.ts'
import type { AckCoalescing } from './ack-coalescing.ts'
import type { ConnectedUsers } from './connected-users.ts'
import type { Hub } from './hub.ts'
import type { RealtimeMetrics } from './metrics.ts'
import type { CreateOutbox } from './outbox.ts'
import type { RealtimeSettings } from './settings.ts'
import type { KeptPages } from './sync/kept-pages.ts'

export type RealtimeContext = {
  chat: Chat
  bus: Bus
  hub: Hub
  createOutbox: CreateOutbox
  settings: RealtimeSettings
  users: ConnectedUsers
  acks: AckCoalescing
  pages: KeptPages
  metrics: RealtimeMetrics
  logger: Logger
  logOutage: LogOutage
  /** Base of all URLs; known once the port is. */
  publicUrl(): string
}
