// One object watched by one connection. No event is skipped or told twice: `position` is the last one the client has.
import type { Hub, Watcher } from '../hub.ts'
import type { EventBatch } from './event-batch.ts'
import { type SyncObject, syncSidOf } from './objects.ts'

/** What a subscription needs of its connection. */
export type Client = {
  readonly userSid: string
  /** Queues a whole WebSocket frame. */
  send(frame: Buffer): void
  /** Ends the connection so that the client comes back and asks for what it has missed. */
  resync(reason: string): void
  wantsTyping(): boolean
}

export type Subscription = {
  readonly object: SyncObject
  /** Tells what has come in since the start, beginning after `position`, and from then on everything as it comes. */
  goLive(position: number): void
  end(): void
}

/** More than this while the past is read: reading again from the start is cheaper. */
const MAX_WAITING = 5_000

/**
 * Events are kept from now on, and told once `goLive` is called. `takesMany` is for clients that understand several
 * events in one message. `onEnd` is called when the object goes or access ends.
 */
export function watchObject(
  hub: Hub,
  client: Client,
  object: SyncObject,
  takesMany: boolean,
  onEnd: () => void,
): Subscription {
  let waiting: EventBatch[] | null = []
  let position = 0
  let gone: Buffer | null = null

  function deliver(batch: EventBatch): void {
    if (batch.last <= position) return
    if (batch.first > position + 1) {
      client.resync('an event is missing')
      return
    }
    const frames = batch.framesAfter(position)
    position = batch.last
    for (const frame of frames) client.send(frame)
  }

  const watcher: Watcher = {
    takesMany,
    onEvents(batch) {
      if (waiting === null) deliver(batch)
      else if (waiting.push(batch) > MAX_WAITING) client.resync('too many events at once')
    },
    onGone(frame) {
      if (waiting !== null) gone = frame
      else {
        client.send(frame)
        onEnd()
      }
    },
    onRevoke(userSid) {
      if (userSid === client.userSid) onEnd()
    },
    onTyping(userSid, frame) {
      if (waiting === null && userSid !== client.userSid && client.wantsTyping()) client.send(frame)
    },
  }
  const leave = hub.watch(syncSidOf(object), watcher)

  return {
    object,
    goLive(start) {
      position = start
      const missed = waiting ?? []
      waiting = null
      for (const batch of missed) deliver(batch)
      if (gone === null) return
      client.send(gone)
      onEnd()
    },
    end: leave,
  }
}
