// What one subscription request causes to be told to the client, each message with the request's correlation id.
import type { ChatError } from '../../chat/errors.ts'
import { notification } from '../twilsock/messages.ts'
import type { SyncEvent } from './items.ts'
import type { SyncType } from './objects.ts'
import type { SubscriptionRequest } from './subscription-request.ts'

export type Teller = {
  tell(events: readonly SyncEvent[]): void
  established(type: SyncType, sid: string, past: { position: number; complete: boolean }): void
  failed(type: SyncType, sid: string, error: ChatError): void
  canceled(type: SyncType, sid: string): void
  /** Must be called at the end. */
  flush(): void
}

/** Events of one message, at most. */
const MAX_TOGETHER = 200

/** In the order of the calls; clients that take several events in one message get neighbours of one type together. */
export function createTeller(
  { correlationId, takesMany }: Pick<SubscriptionRequest, 'correlationId' | 'takesMany'>,
  send: (frame: Buffer) => void,
): Teller {
  let type = ''
  let events: object[] = []

  function flush(): void {
    if (events.length === 0) return
    const [first] = events
    const content = events.length === 1 ? { event: first } : { events }
    const message = {
      event_type: type,
      ...(correlationId !== null && { correlation_id: correlationId }),
      event_protocol_version: 3,
      ...content,
    }
    events = []
    send(notification('twilio.sync.event', JSON.stringify(message)))
  }

  function add({ event_type, event }: SyncEvent): void {
    if (event_type !== type || events.length >= MAX_TOGETHER) flush()
    type = event_type
    events.push(event)
    if (!takesMany) flush()
  }

  return {
    tell: (list) => list.forEach(add),
    established: (objectType, sid, { position, complete }) =>
      add({
        event_type: 'subscription_established',
        event: {
          object_sid: sid,
          object_type: objectType,
          replay_status: complete ? 'completed' : 'interrupted',
          last_event_id: position,
        },
      }),
    failed: (objectType, sid, { status, code, message }) =>
      add({
        event_type: 'subscription_failed',
        event: { object_sid: sid, object_type: objectType, error: { status, code, message } },
      }),
    canceled: (objectType, sid) =>
      add({ event_type: 'subscription_canceled', event: { object_sid: sid, object_type: objectType } }),
    flush,
  }
}
