// How many connections each user has, and from that who is online (rest-v2.md §6.4): a user who comes back within
// the grace period has never been away.
import type { UserCaller } from '../chat/caller.ts'
import type { Sid } from '../lib/sid.ts'
import type { RollCall } from './roll-call.ts'

export type ConnectedUsers = {
  /** Of this process. */
  count(userSid: string): number
  /** True also for a user who has left this process within the grace period. */
  isConnected(userSid: string): boolean
  /** Everyone of whom `isConnected` is true. */
  connected(): Sid<'US'>[]
  /** Writes once more that these are online, as far as they are connected. */
  confirm(userSids: readonly string[]): void
  /** Returns what takes the connection out again. */
  enter(caller: UserCaller): () => void
  /** Resolves once all that is being written is written; nothing is written after. */
  stop(): Promise<void>
}

const GRACE_MS = 5_000

type Entry = { caller: UserCaller; connections: number; leaving: NodeJS.Timeout | undefined }

/** `setOnline` writes the state; it never rejects. Other processes are asked and answered by `rollCall`. */
export function createConnectedUsers(
  setOnline: (caller: UserCaller, online: boolean) => Promise<void>,
  rollCall: RollCall,
): ConnectedUsers {
  const users = new Map<string, Entry>()
  const writer = createWriter(setOnline)
  const { write } = writer

  function exit(caller: UserCaller, entry: Entry): void {
    if (--entry.connections > 0 || writer.isStopped) return
    entry.leaving = setTimeout(() => void leave(caller), GRACE_MS)
  }

  const isConnected = (userSid: string): boolean => users.has(userSid)

  /** Unless there is a connection to another process, or by now to this one. */
  async function leave(caller: UserCaller): Promise<void> {
    const { userSid } = caller
    users.delete(userSid)
    const elsewhere = await rollCall.ask([userSid])
    if (elsewhere.has(userSid) || isConnected(userSid)) return
    await write(caller, false)
    rollCall.tellLeft(userSid)
  }

  function confirm(userSids: readonly string[]): void {
    for (const userSid of userSids) {
      const entry = users.get(userSid)
      if (entry) void write(entry.caller, true)
    }
  }

  rollCall.answer({
    isConnected,
    confirm,
    refresh(serviceSid) {
      for (const { caller } of users.values()) if (caller.serviceSid === serviceSid) void write(caller, true)
    },
  })

  return {
    count: (userSid) => users.get(userSid)?.connections ?? 0,
    isConnected,
    connected: () => [...users.values()].map(({ caller }) => caller.userSid),
    confirm,
    enter(caller) {
      const known = users.get(caller.userSid)
      const entry = known ?? { caller, connections: 0, leaving: undefined }
      users.set(caller.userSid, entry)
      clearTimeout(entry.leaving)
      entry.connections++
      if (!known) void write(caller, true)
      return () => exit(caller, entry)
    },
    async stop() {
      for (const { leaving } of users.values()) clearTimeout(leaving)
      await writer.stop()
    },
  }
}

/** One write after the other, so that the last state wins; `write` resolves when it is done. */
function createWriter(setOnline: (caller: UserCaller, online: boolean) => Promise<void>) {
  let writing = Promise.resolve()
  let isStopped = false
  return {
    get isStopped() {
      return isStopped
    },
    write(caller: UserCaller, online: boolean): Promise<void> {
      if (!isStopped) writing = writing.then(() => setOnline(caller, online))
      return writing
    },
    stop(): Promise<void> {
      isStopped = true
      return writing
    },
  }
}
