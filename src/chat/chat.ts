// What every verb needs.
import type { ApiKey } from '../store/accounts.ts'
import type { Database, Tx } from '../store/database.ts'
import type { Caller } from './caller.ts'
import type { ChatEvent } from './events.ts'
import type { Intent } from './intents.ts'
import type { Limits } from './limits.ts'
import type { RateLimiter } from './rates.ts'
import { createTurns, type Turns } from './turns.ts'

export type Chat = {
  db: Database
  limits: Limits
  /** Signs the access tokens that are accepted; null accepts none. */
  apiKey: ApiKey | null
  /** Null when requests are not limited. */
  rates: RateLimiter | null
  listeners: Listener[]
  /** In which order changes are told. */
  turns: Turns
  /** Null when nobody wants to be asked. */
  askBefore: AskBefore | null
  /** Milliseconds since 1970. */
  now(): number
}

/** With no listeners and nobody to ask, unless they are given; both may come later. */
export function createChat(given: Pick<Chat, 'db' | 'limits' | 'apiKey'> & Partial<Chat>): Chat {
  return {
    rates: null,
    listeners: [],
    turns: createTurns(),
    askBefore: null,
    now: () => Date.now(),
    ...given,
  }
}

/** A side effect of what has happened. */
export type Listener = {
  /** In the transaction of the change: durable with it, undone with it. Awaits nothing but `tx`. */
  record?(tx: Tx, events: readonly ChatEvent[]): Promise<void>
  /** After the commit: quick, never throws, and lost when the process dies. */
  publish?(events: readonly ChatEvent[]): void
}

/** Gets an intent and returns it, perhaps changed, or throws to refuse it. No transaction is open meanwhile. */
export type AskBefore = <I extends Intent>(intent: I, caller: Caller) => Promise<I>
