// How many connections each user has, and from that who is online (rest-v2.md §6.4): a user who comes back within
// the grace period has never been away.
import type { UserCaller } from '../chat/caller.ts'

export type ConnectedUsers = {
  count(userSid: string): number
  /** Writes once more that everyone of the service who is connected is online. */
  refresh(serviceSid: string): void
  /** Returns what takes the connection out again. */
  enter(caller: UserCaller): () => void
  /** Resolves once all that is being written is written; nothing is written after. */
  stop(): Promise<void>
}

const GRACE_MS = 5_000

type Entry = { caller: UserCaller; connections: number; leaving: NodeJS.Timeout | undefined }

/** `setOnline` writes the state; it never rejects. */
export function createConnectedUsers(
  setOnline: (caller: UserCaller, online: boolean) => Promise<void>,
): ConnectedUsers {
  const users = new Map<string, Entry>()
  /** One write after the other, so that the last state wins. */
  let writing = Promise.resolve()
  let stopped = false

  function write(caller: UserCaller, online: boolean): void {
    if (!stopped) writing = writing.then(() => setOnline(caller, online))
  }

  function exit(caller: UserCaller, entry: Entry): void {
    if (--entry.connections > 0 || stopped) return
    entry.leaving = setTimeout(() => {
      users.delete(caller.userSid)
      write(caller, false)
    }, GRACE_MS)
  }

  return {
    count: (userSid) => users.get(userSid)?.connections ?? 0,
    refresh(serviceSid) {
      for (const { caller } of users.values()) if (caller.serviceSid === serviceSid) write(caller, true)
    },
    enter(caller) {
      const known = users.get(caller.userSid)
      const entry = known ?? { caller, connections: 0, leaving: undefined }
      users.set(caller.userSid, entry)
      clearTimeout(entry.leaving)
      entry.connections++
      if (!known) write(caller, true)
      return () => exit(caller, entry)
    },
    async stop() {
      stopped = true
      for (const { leaving } of users.values()) clearTimeout(leaving)
      await writing
    },
  }
}
