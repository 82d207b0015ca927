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
import { Connection } from './connection.ts'
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
const HEARTBEAT_MS = 25_000
/** Clients come back within this, each at a moment of its own. */
const RECONNECT_SPREAD_MS = 5_000

export function createRealtime(options: RealtimeOptions): Realtime {
  const { chat, bus, settings, registry, logger, logOutage, publicUrl } = options
  const connections = new Set<Connection>()
  const presence = createPresence({
    ...{ chat, bus },
    recallAll(reason) {
      logger.warn(
        { clients: connections.size },
        'news of other processes are missing: clients come back for them',
      )
      void recall(connections, reason, connections.size)
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
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.checkAlive()
  }, HEARTBEAT_MS).unref()
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
      const connection = new Connection(context, socket, () => connections.delete(connection))
      connections.add(connection)
      connection.receive(head)
    }
  }

  return {
    listener: {
      publish(events) {
        fanout.publish?.(events)
        for (const event of events) {
          if (event.type === 'service.updated' && event.reachabilityBegan) presence.refresh(event.serviceSid)
        }
      },
    },
    start: presence.start,
    attach: (server) => void server.on('upgrade', upgrade),
    async stop() {
      stopping = true
      clearInterval(heartbeat)
      await recall(connections, 'The server restarts', RECONNECT_SPREAD_MS)
      await presence.stop()
    },
  }
}

/** Clients come back within `spreadMs`, which is at most RECONNECT_SPREAD_MS. */
async function recall(connections: Iterable<Connection>, reason: string, spreadMs: number): Promise<void> {
  const spread = Math.min(spreadMs, RECONNECT_SPREAD_MS)
  const after = (): number => Math.round(Math.random() * spread)
  await Promise.all([...connections].map((connection) => connection.drain(reason, after())))
}
