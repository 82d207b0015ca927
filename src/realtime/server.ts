// The SDKs' WebSocket: `/v3/wsconnect` (realtime-protocol.md §2.1).
import type { IncomingMessage, Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Registry } from 'prom-client'
import type { Bus } from '../bus/bus.ts'
import type { Chat, Listener } from '../chat/chat.ts'
import { forgetOnlineUsers, setOnline } from '../chat/presence.ts'
import type { Logger } from '../lib/logger.ts'
import type { LogOutage } from '../lib/outage-log.ts'
import { createAckCoalescing } from './ack-coalescing.ts'
import { createConnectedUsers } from './connected-users.ts'
import { Connection } from './connection.ts'
import type { RealtimeContext } from './context.ts'
import { createFanout } from './fanout.ts'
import { createHub } from './hub.ts'
import { createRealtimeMetrics } from './metrics.ts'
import { createOutboxes } from './outbox.ts'
import { Pace } from './pace.ts'
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
  /** Forgets who was online when the last process ended. */
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
  const users = createConnectedUsers((caller, online) =>
    setOnline(chat, caller, online).catch((err) => logger.error({ err }, 'presence not written')),
  )
  const pace = new Pace()
  const context: RealtimeContext = {
    ...{ chat, bus, settings, logger, logOutage, publicUrl, users },
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
          if (event.type === 'service.updated' && event.reachabilityBegan) users.refresh(event.serviceSid)
        }
      },
    },
    start: () => forgetOnlineUsers(chat),
    attach: (server) => void server.on('upgrade', upgrade),
    async stop() {
      stopping = true
      clearInterval(heartbeat)
      const spread = (): number => Math.round(Math.random() * RECONNECT_SPREAD_MS)
      await Promise.all([...connections].map((connection) => connection.drain(spread())))
      await users.stop()
    },
  }
}
