// Events of one object in the order of their numbers, as frames for clients: one for each event, or several in one
// message for clients that take that (realtime-protocol.md §5.6).
import { notification } from '../twilsock/messages.ts'

export type SyncJson = { id: number; type: string; json: string }

export type EventBatch = {
  /** Numbers of the first and the last event; all between them are in it. */
  readonly first: number
  readonly last: number
  /** The frames that tell what comes after the event `known`; `together` is for clients that take several events in one. */
  framesAfter(known: number, together: boolean): readonly Buffer[]
}

/** The frames are made once for everyone who knows nothing of it yet. Of a document only the last state is told. */
export function eventBatch(all: readonly SyncJson[]): EventBatch {
  const first = all[0]?.id ?? 0
  const last = all.at(-1)?.id ?? 0
  const events = latestOfDocuments(all)
  let runs: Buffer[] | undefined
  let singles: Buffer[] | undefined
  return {
    first,
    last,
    framesAfter(known, together) {
      if (known >= first)
        return encode(
          events.filter(({ id }) => id > known),
          together,
        )
      if (together || events.length === 1) {
        runs ??= encode(events, true)
        return runs
      }
      singles ??= encode(events, false)
      return singles
    },
  }
}

function latestOfDocuments(events: readonly SyncJson[]): readonly SyncJson[] {
  const last = events.at(-1)
  return last?.type === 'document_updated' ? [last] : events
}

function encode(events: readonly SyncJson[], together: boolean): Buffer[] {
  const frames: Buffer[] = []
  let type = ''
  let jsons: string[] = []
  const close = (): void => {
    if (jsons.length > 0) frames.push(toFrame(type, jsons))
    jsons = []
  }
  for (const event of events) {
    if (event.type !== type || !together) close()
    type = event.type
    jsons.push(event.json)
  }
  close()
  return frames
}

/** One notification with all of the events, which are of one type. */
export function toFrame(type: string, jsons: readonly string[]): Buffer {
  const content = jsons.length === 1 ? `"event":${jsons[0]}` : `"events":[${jsons.join(',')}]`
  return notification('twilio.sync.event', `{"event_type":"${type}","event_protocol_version":3,${content}}`)
}
