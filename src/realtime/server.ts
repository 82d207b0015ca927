// The SDKs' WebSocket: `/v3/wsconnect` (realtime-protocol.md §2.1).
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Registry } from 'prom-client'
import { WebSocketServer } from 'ws'
import type { Bus } from '../bus/bus.ts'
import type { Chat, Listener } from '../chat/chat.ts'
import { forgetOnlineUsers, setOnline } from '../chat/presence.ts'
import type { Logger } from '../lib/logger.ts'
import { createConnectedUsers } from './connected-users.ts'
import { Connection } from './connection.ts'
import type { RealtimeContext } from './context.ts'
import { createFanout } from './fanout.ts'
import { createHub } from './hub.ts'
import { createRealtimeMetrics } from './metrics.ts'
import type { RealtimeSettings } from './settings.ts'

export type RealtimeOptions = {
  chat: Chat
  bus: Bus
  settings: RealtimeSettings
  registry: Registry
  logger: Logger
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
  const { chat, bus, settings, registry, logger, publicUrl } = options
  const connections = new Set<Connection>()
  const users = createConnectedUsers((caller, online) =>
    setOnline(chat, caller, online).catch((err) => logger.error({ err }, 'presence not written')),
  )
  const context: RealtimeContext = {
    ...{ chat, bus, settings, logger, publicUrl, users },
    hub: createHub(bus),
    metrics: createRealtimeMetrics(registry, () => connections.size),
  }
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: settings.frameBytes,
    perMessageDeflate: false,
  })
  const heartbeat = setInterval(() => {
    for (const connection of connections) connection.checkAlive()
  }, HEARTBEAT_MS).unref()
  let stopping = false

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Whatever goes wrong with the socket ends it; there is nobody to tell.
    socket.on('error', () => {})
    const path = request.url?.split('?', 1)[0]?.replace(/^https?:\/\/[^/]*/i, '')
    if (path !== PATH) {
      refuse(socket, 404, 'Not Found')
      return
    }
    if (stopping) {
      refuse(socket, 503, 'Service Unavailable')
      return
    }
    acceptor.handleUpgrade(request, socket, head, (ws) => {
      const connection = new Connection(context, ws, socket, () => connections.delete(connection))
      connections.add(connection)
    })
  }

  return {
    listener: createFanout(bus, publicUrl),
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

function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
