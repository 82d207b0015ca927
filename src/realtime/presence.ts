// Who is connected, here and to other processes on the same database, and what their coming and going means.
import type { Bus } from '../bus/bus.ts'
import type { Chat, Listener } from '../chat/chat.ts'
import { findUsersTakenForOffline, forgetOnlineUsers, setOnline } from '../chat/presence.ts'
import { type ConnectedUsers, createConnectedUsers } from './connected-users.ts'
import { createRollCall } from './roll-call.ts'

/** After this the clients of a process that has ended are at another one, or gone. */
const SETTLED_MS = 15_000

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
  const settling = createSettling(async (isWanted) => {
    await forgetOnlineUsers(chat, {
      isWanted,
      isHere: users.isConnected,
      findElsewhere: rollCall.ask,
      onForgotten: rollCall.tellLeft,
    })
    users.confirm(await findUsersTakenForOffline(chat, users.connected()))
  }, onError)

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
      bus.attend({
        onMissed() {
          recallAll('News of another process is missing')
          settling.later()
        },
        onPeerGone: () => settling.later(),
      })
      const first = settling.now()
      // Others may be asked long about many users; alone it is done at once.
      if (!bus.isShared) await first
    },
    async stop() {
      await settling.stop()
      await users.stop()
    },
  }
}

/** `settle` runs now, and again a while after the last disturbance; `isWanted` tells it when to end early. */
function createSettling(
  settle: (isWanted: () => boolean) => Promise<void>,
  onError: (error: unknown) => void,
) {
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  let running = Promise.resolve()
  const now = (): Promise<void> => {
    running = running.then(() => settle(() => !isStopped)).catch(onError)
    return running
  }
  return {
    now,
    later(): void {
      if (isStopped) return
      clearTimeout(timer)
      timer = setTimeout(now, SETTLED_MS).unref()
    },
    stop(): Promise<void> {
      isStopped = true
      clearTimeout(timer)
      return running
    },
  }
}
