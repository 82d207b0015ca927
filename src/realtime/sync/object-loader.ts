// A client that starts opens thousands of objects at once: those that it asks for together are read together.
import type { UserCaller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { afterMicrotasks } from '../../lib/event-loop.ts'
import type { SyncObject } from './objects.ts'
import { loadObjects, type OpenedObject } from './open.ts'

export type ObjectLoader = {
  /** The object as it is now. Throws objectNotFound, accessForbidden. */
  open(object: SyncObject): Promise<OpenedObject>
}

type Wanted = { object: SyncObject; resolve(opened: OpenedObject): void; reject(error: unknown): void }

export function createObjectLoader(chat: Chat, caller: UserCaller): ObjectLoader {
  let waiting: Wanted[] = []

  async function loadWaiting(): Promise<void> {
    const wanted = waiting
    waiting = []
    try {
      const open = await loadObjects(
        chat,
        caller,
        wanted.map(({ object }) => object),
      )
      for (const [i, one] of wanted.entries()) {
        // What can be answered at once is, before the next one begins: so that it can see whether there is room.
        if (i > 0) await afterMicrotasks()
        settle(one, open)
      }
    } catch (error) {
      for (const { reject } of wanted) reject(error)
    }
  }

  return {
    open: (object) =>
      new Promise((resolve, reject) => {
        // Whatever else comes in this turn of the event loop comes along.
        if (waiting.length === 0) setImmediate(() => void loadWaiting())
        waiting.push({ object, resolve, reject })
      }),
  }
}

function settle({ object, resolve, reject }: Wanted, open: (object: SyncObject) => OpenedObject): void {
  try {
    resolve(open(object))
  } catch (error) {
    reject(error)
  }
}
