// One object watched by one connection. No event is skipped or told twice: `position` is the last one the client has.
import type { Watcher } from '../hub.ts'
import type { EventBatch } from './event-batch.ts'
import type { SyncObject } from './objects.ts'

/** What a subscription needs of its connection. */
export type Client = {
  readonly userSid: string
  /** Queues a whole WebSocket frame. */
  send(frame: Buffer): void
  /** Ends the connection so that the client comes back and asks for what it has missed. */
  resync(reason: string): void
  wantsTyping(): boolean
}

/** More than this while the past is read: reading again from the start is cheaper. */
const MAX_WAITING = 5_000

/** A class, as there are a dozen for each of many thousand sockets: nothing of one is made twice. */
export class Subscription implements Watcher {
  readonly object: SyncObject
  readonly #client: Client
  readonly #takesMany: boolean
  readonly #onEnd: (subscription: Subscription) => void
  /** Null once it is live. */
  #waiting: EventBatch[] | null = []
  #position = 0
  #gone: Buffer | null = null

  /**
   * Events are kept from the start of the watch, and told once `goLive` is called. `takesMany` is for clients that
   * understand several events in one message. `onEnd` is called when the object goes or access ends.
   */
  constructor(
    client: Client,
    object: SyncObject,
    takesMany: boolean,
    onEnd: (subscription: Subscription) => void,
  ) {
    this.#client = client
    this.object = object
    this.#takesMany = takesMany
    this.#onEnd = onEnd
  }

  /** Tells what has come in since the start, beginning after `position`, and from then on everything as it comes. */
  goLive(position: number): void {
    this.#position = position
    // Those of several processes may have come in another order.
    const missed = (this.#waiting ?? []).sort((a, b) => a.first - b.first)
    this.#waiting = null
    for (const batch of missed) this.#deliver(batch)
    if (this.#gone) this.onGone(this.#gone)
  }

  onEvents(batch: EventBatch): void {
    if (this.#waiting === null) this.#deliver(batch)
    else if (this.#waiting.push(batch) > MAX_WAITING) this.#client.resync('too many events at once')
  }

  onGone(frame: Buffer): void {
    if (this.#waiting !== null) {
      this.#gone = frame
      return
    }
    this.#client.send(frame)
    this.#onEnd(this)
  }

  onRevoke(userSid: string): void {
    if (userSid === this.#client.userSid) this.#onEnd(this)
  }

  /** The client comes back and is asked who it is, and what it may watch. */
  onRecheck(): void {
    this.#client.resync('access has changed')
  }

  onTyping(userSid: string, frame: Buffer): void {
    const isOther = userSid !== this.#client.userSid
    if (isOther && this.#waiting === null && this.#client.wantsTyping()) this.#client.send(frame)
  }

  #deliver(batch: EventBatch): void {
    if (batch.last <= this.#position) return
    if (batch.first > this.#position + 1) {
      this.#client.resync('an event is missing')
      return
    }
    const frames = batch.framesAfter(this.#position, this.#takesMany)
    this.#position = batch.last
    for (const frame of frames) this.#client.send(frame)
  }
}
