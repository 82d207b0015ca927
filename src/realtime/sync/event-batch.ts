// Events of one object in the order of their numbers, as frames for clients: one for each event, or several in one
// message for clients that take that (realtime-protocol.md §5.6).
import { notification } from '../twilsock/messages.ts'

export type SyncJson = { id: number; type: string; json: string }

export type EventBatch = {
  /** Numbers of the first and the last event; all between them are in it. */
  readonly first: number
  readonly last: number
  /** The frames that tell what comes after the event `known`. */
  framesAfter(known: number): readonly Buffer[]
}

/** One event as every client understands it. */
export function singleEvent({ id, type, json }: SyncJson): EventBatch {
  let frames: Buffer[] | undefined
  return {
    first: id,
    last: id,
    framesAfter() {
      frames ??= [frameOf(type, [json])]
      return frames
    },
  }
}

/** Neighbours of one type share a message. The frames are made once for everyone who knows nothing of it yet. */
export function manyEvents(events: readonly SyncJson[]): EventBatch {
  const first = events[0]?.id ?? 0
  const last = events.at(-1)?.id ?? 0
  const all = encodeAll(events)
  return {
    first,
    last,
    framesAfter: (known) => (known < first ? all : encodeAll(events.filter(({ id }) => id > known))),
  }
}

function encodeAll(events: readonly SyncJson[]): Buffer[] {
  const frames: Buffer[] = []
  let run: SyncJson[] = []
  for (const event of latestOfDocuments(events)) {
    if (run[0] && run[0].type !== event.type) {
      frames.push(frameOfRun(run))
      run = []
    }
    run.push(event)
  }
  if (run.length > 0) frames.push(frameOfRun(run))
  return frames
}

/** Only the last state of a document counts. */
function latestOfDocuments(events: readonly SyncJson[]): readonly SyncJson[] {
  const last = events.at(-1)
  return last?.type === 'document_updated' ? [last] : events
}

function frameOfRun(run: readonly SyncJson[]): Buffer {
  return frameOf(
    run[0]?.type ?? '',
    run.map(({ json }) => json),
  )
}

function frameOf(type: string, jsons: readonly string[]): Buffer {
  const content = jsons.length === 1 ? `"event":${jsons[0]}` : `"events":[${jsons.join(',')}]`
  return notification('twilio.sync.event', `{"event_type":"${type}","event_protocol_version":3,${content}}`)
}
