// The one way to change anything that anybody is told of.
import type { Sid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import type { ChatEvent, Emit } from './events.ts'
import type { Turn } from './turns.ts'

type Scope = {
  by: Caller
  /** Null for what belongs to the account. */
  serviceSid: Sid<'IS'> | null
  /** Whose share of actions per second it uses, if anyone's: the channel's or the service's (rest-v2.md §6.3). */
  budget: Sid<'CH'> | Sid<'IS'> | null
  /** Called once the change has its place among all changes, before it is on disk: for whoever has to come after it. */
  onPlaced?: (() => void) | undefined
}

/**
 * Runs `work` in a transaction together with what the listeners record, and tells the listeners once it is
 * on disk. Everything it throws undoes all of it. Throws tooManyRequests when the budget is used up.
 */
export async function commit<T>(
  chat: Chat,
  scope: Scope,
  work: (tx: Tx, emit: Emit, now: number) => Promise<T>,
): Promise<T> {
  if (scope.budget !== null) chat.rates?.spend(scope.budget)
  let events: ChatEvent[] = []
  let turn: Turn | undefined
  try {
    const committed = chat.db.transaction(async (tx) => {
      // A transaction that is tried again starts over.
      events = []
      turn?.drop()
      const at = chat.now()
      const emit: Emit = (fact) => {
        if (scope.serviceSid === null) throw new Error('Only a change within a service can emit events')
        events.push({ ...fact, by: scope.by, serviceSid: scope.serviceSid, at })
      }
      const outcome = await work(tx, emit, at)
      if (events.length > 0) for (const listener of chat.listeners) await listener.record?.(tx, events)
      // The rows are still locked: whoever changes them next gets a later turn.
      turn = chat.turns.take()
      return outcome
    })
    if (chat.db.keepsOrder) scope.onPlaced?.()
    const result = await committed
    turn?.use(() => publish(chat, events))
    return result
  } finally {
    turn?.drop()
  }
}

function publish({ listeners }: Chat, events: readonly ChatEvent[]): void {
  if (events.length > 0) for (const listener of listeners) listener.publish?.(events)
}
