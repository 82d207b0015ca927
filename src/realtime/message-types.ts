// Which notifications a client registered for (realtime-protocol.md §2.5, §2.10).
import { asObject } from './values.ts'

export const TYPING = 'twilio.ipmsg.typing_indicator'
const MAX_TYPES = 100
const MAX_CONTEXTS = 20

/** Keeps what a client registers under this id; of clients that register very often, only the last. */
export function setMessageTypes(
  { messageTypes }: { messageTypes: Map<string, readonly string[]> },
  contextId: string,
  registrations: unknown,
): void {
  if (messageTypes.size >= MAX_CONTEXTS) messageTypes.clear()
  messageTypes.set(contextId, readMessageTypes(registrations))
}

/** The types in a list of registrations, or in a notification context; whatever is no type is left out. */
function readMessageTypes(registrations: unknown): string[] {
  if (!Array.isArray(registrations)) return []
  return registrations
    .flatMap((registration) => asObject(registration)?.message_types ?? [])
    .filter((type) => typeof type === 'string')
    .slice(0, MAX_TYPES)
}
