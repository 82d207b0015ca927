// Who is connected, here and to other processes on the same database, and what their coming and going means.
import type { Bus } from '../bus/bus.ts'
import type { Chat, Listener } from '../chat/chat.ts'
import { forgetOnlineUsers, setOnline } from '../chat/presence.ts'
import { type ConnectedUsers, createConnectedUsers } from './connected-users.ts'
import { createRollCall } from './roll-call.ts'

/** After this the clients of a process that has ended are at another one, or gone. */
const PEER_GONE_MS = 15_000

export type Presence = {
  users: ConnectedUsers
  /** Hears which services want to know from now on who is online. */
  listener: Listener
  /** Forgets who was online in processes that have ended; the bus must have started. */
  start(): Promise<void>
  /** Resolves once all that is being written is written; nothing is written after. */
  stop(): Promise<void>
}

export type PresenceOptions = {
  chat: Chat
  bus: Bus
  /** Asks every client to come back for what it has missed. */
  recallAll(reason: string): void
  onError(error: unknown): void
}

export function createPresence({ chat, bus, recallAll, onError }: PresenceOptions): Presence {
  const rollCall = createRollCall(bus)
  const users = createConnectedUsers(
    (caller, online) => setOnline(chat, caller, online).catch(onError),
    rollCall,
  )
  let timer: NodeJS.Timeout | undefined

  async function findConnected(userSids: readonly string[]): Promise<ReadonlySet<string>> {
    const elsewhere = await rollCall.ask(userSids)
    return new Set([...userSids.filter(users.isConnected), ...elsewhere])
  }

  return {
    users,
    listener: {
      publish(events) {
        for (const event of events) {
          const begins = event.type === 'service.updated' && event.reachabilityBegan
          if (begins) rollCall.tellRefresh(event.serviceSid)
        }
      },
    },
    async start() {
      await forgetOnlineUsers(chat, findConnected)
      bus.attend({
        onMissed: () => recallAll('News of another process is missing'),
        onPeerGone() {
          clearTimeout(timer)
          timer = setTimeout(() => forgetOnlineUsers(chat, findConnected).catch(onError), PEER_GONE_MS)
        },
      })
    },
    async stop() {
      clearTimeout(timer)
      await users.stop()
    },
  }
}
