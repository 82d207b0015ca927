// The SDKs' WebSocket: `/v3/wsconnect` (realtime-protocol.md §2.1).
import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Registry } from 'prom-client'
import type { Bus } from '../bus/bus.ts'
import type { Chat, Listener } from '../chat/chat.ts'
import type { Logger } from '../lib/logger.ts'
import type { LogOutage } from '../lib/outage-log.ts'
import { createAckCoalescing } from './ack-coalescing.ts'
import { Connections } from './connections.ts'
import type { RealtimeContext } from './context.ts'
import { createFanout } from './fanout.ts'
import { createHub } from './hub.ts'
import { createRealtimeMetrics } from './metrics.ts'
import { createOutboxes } from './outbox.ts'
import { Pace } from './pace.ts'
import { createPresence } from './presence.ts'
import type { RealtimeSettings } from './settings.ts'
import { createKeptPages } from './sync/kept-pages.ts'
import { acceptHandshake, refuseHandshake } from './websocket/handshake.ts'

export type RealtimeOptions = {
  chat: Chat
  bus: Bus
  settings: RealtimeSettings
  registry: Registry
  logger: Logger
  logOutage: LogOutage
  /** Base of all URLs; known once the port is. */
  publicUrl(): string
}

export type Realtime = {
  /** Tells clients what has happened. */
  listener: Listener
  /** Forgets who was online when the last process ended; the bus must have started. */
  start(): Promise<void>
  /** Takes the sockets that clients open at this server. */
  attach(server: Server): void
  /** Refuses new sockets and asks every client to come back a little later. */
  stop(): Promise<void>
}

const PATH = '/v3/wsconnect'

export function createRealtime(options: RealtimeOptions): Realtime {
  const { chat, bus, settings, registry, logger, logOutage, publicUrl } = options
  const connections = new Connections(settings.silentConnections)
  const presence = createPresence({
    ...{ chat, bus },
    recallAll(reason) {
      logger.warn({ clients: connections.size }, 'missed news of another process: clients come back for it')
      // A few at once, many one after the other: each costs about a millisecond.
      void connections.recall(reason, connections.size)
    },
    onError: (err) => logger.error({ err }, 'presence not written'),
  })
  const pace = new Pace()
  const context: RealtimeContext = {
    ...{ chat, bus, settings, logger, logOutage, publicUrl, users: presence.users },
    hub: createHub(bus, pace),
    createOutbox: createOutboxes(pace),
    acks: createAckCoalescing(),
    pages: createKeptPages(),
    metrics: createRealtimeMetrics(registry, () => connections.size),
  }
  const fanout = createFanout(bus, publicUrl)
  let stopping = false

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whatever goes wrong with the socket ends it; there is nobody to tell.
    socket.on('error', () => {})
    if (socket instanceof Socket) socket.setNoDelay().setTimeout(0)
    const path = request.url?.split('?', 1)[0]?.replace(/^https?:\/\/[^/]*/i, '')
    if (path !== PATH) {
      refuseHandshake(socket, 404, 'Not Found')
    } else if (stopping) {
      refuseHandshake(socket, 503, 'Service Unavailable')
    } else if (acceptHandshake(request, socket)) {
      connections.open(context, socket).receive(head)
    }
  }

  return {
    listener: {
      publish(events) {
        fanout.publish?.(events)
        presence.listener.publish?.(events)
      },
    },
    start: presence.start,
    attach: (server) => void server.on('upgrade', upgrade),
    async stop() {
      stopping = true
      connections.stop()
      await connections.recall('The server restarts')
      await presence.stop()
    },
  }
}
