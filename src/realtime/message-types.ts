// Which notifications a client registered for (realtime-protocol.md §2.5, §2.10).
import { asObject } from './values.ts'

export const TYPING = 'twilio.ipmsg.typing_indicator'
const MAX_CONTEXTS = 20
/** Clients make them of a UUID. */
const MAX_CONTEXT_ID_LENGTH = 100

/**
 * Keeps what a client registers under this id; of clients that register very often, only the last. No other type is
 * ever asked for than TYPING, so no other is kept.
 */
export function setMessageTypes(
  { messageTypes }: { messageTypes: Map<string, readonly string[]> },
  contextId: string,
  registrations: unknown,
): void {
  if (contextId.length > MAX_CONTEXT_ID_LENGTH) return
  if (messageTypes.size >= MAX_CONTEXTS) messageTypes.clear()
  messageTypes.set(contextId, readMessageTypes(registrations).includes(TYPING) ? [TYPING] : [])
}

/** The types in a list of registrations, or in a notification context. */
function readMessageTypes(registrations: unknown): unknown[] {
  if (!Array.isArray(registrations)) return []
  return registrations.flatMap((registration) => asObject(registration)?.message_types ?? [])
}
