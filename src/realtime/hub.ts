// Who of this process watches which object. The bus tells the hub, the hub tells the watchers: every event becomes
// bytes once, and the same bytes go to all of them.
import type { Bus } from '../bus/bus.ts'
import { type Announcement, decodeAnnouncement } from './announcements.ts'
import { LateEvents } from './late-events.ts'
import type { Pace } from './pace.ts'
import { type EventBatch, eventBatch, type SyncJson, toFrame } from './sync/event-batch.ts'
import { notification } from './twilsock/messages.ts'

/** Called while events are handed on: must be quick and must not throw. */
export type Watcher = {
  /** Several events at once where there are many, otherwise each as it comes. */
  onEvents?(batch: EventBatch): void
  /** The object is gone; nothing follows. */
  onGone?(frame: Buffer): void
  onRevoke?(userSid: string): void
  onRecheck?(): void
  onTyping?(userSid: string, frame: Buffer): void
  onSignOut?(): void
}

export type Hub = {
  watch(topic: string, watcher: Watcher): void
  /** A watcher knows that the event `id` has happened: the next one of the object is the one after it. */
  know(topic: string, id: number): void
  /** Without effect for one who does not watch. */
  leave(topic: string, watcher: Watcher): void
}

export function createHub(bus: Bus, pace: Pace): Hub {
  const topics = new Map<string, Topic>()
  return {
    watch(name, watcher) {
      const topic = topics.get(name) ?? new Topic(bus, pace, name)
      topics.set(name, topic)
      topic.join(watcher)
    },
    know: (name, id) => topics.get(name)?.know(id),
    leave(name, watcher) {
      if (topics.get(name)?.leave(watcher)) topics.delete(name)
    },
  }
}

const UNKNOWN = -1
/** With so much JSON to tell, waiting for more saves nothing, and would pile up at the sockets in one moment. */
const TELL_CHARS = 131_072

/** One watched object. */
class Topic {
  readonly #watchers = new Set<Watcher>()
  readonly #pace: Pace
  readonly #leaveBus: () => void
  /** What is told together at the next tick. */
  #events: SyncJson[] = []
  #chars = 0
  #lastTold = 0
  /** The highest number that came in its turn; before any has, what a watcher knows of. */
  #lastEvent = UNKNOWN
  /** What a watcher knew of although it had not come. */
  #known = UNKNOWN
  /** What came before its turn. */
  #late: LateEvents | undefined

  constructor(bus: Bus, pace: Pace, name: string) {
    this.#pace = pace
    this.#leaveBus = bus.subscribe(name, (message) => {
      const announcement = decodeAnnouncement(message)
      if (announcement) this.#tell(announcement)
    })
  }

  join(watcher: Watcher): void {
    this.#watchers.add(watcher)
  }

  know(id: number): void {
    if (this.#lastEvent === UNKNOWN) this.#lastEvent = id
    if (id <= this.#lastEvent) return
    // What lies between is on its way, or lost: then nobody waits for it for long.
    this.#known = Math.max(this.#known, id)
    this.#late ??= new LateEvents(() => this.#endLate())
  }

  /** True when it was the last one: then the topic is over. */
  leave(watcher: Watcher): boolean {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return false
    this.#leaveBus()
    this.#pace.forget(this)
    this.#late?.end()
    return true
  }

  /** Tells what waited. */
  flush(): void {
    const events = this.#events
    if (events.length === 0) return
    this.#events = []
    this.#chars = 0
    this.#lastTold = performance.now()
    this.#pace.forget(this)
    const batch = eventBatch(events)
    for (const watcher of this.#watchers) watcher.onEvents?.(batch)
  }

  #tell(announcement: Announcement): void {
    if (announcement.kind === 'event') {
      this.#takeEvent(announcement)
      return
    }
    // Whoever is cut off hears no more of it; the others go on.
    if (announcement.kind === 'gone' || announcement.kind === 'recheck') this.#endLate()
    this.flush()
    const watchers = [...this.#watchers]
    switch (announcement.kind) {
      case 'gone': {
        const frame = toFrame(announcement.type, [announcement.json])
        for (const watcher of watchers) watcher.onGone?.(frame)
        break
      }
      case 'typing': {
        const frame = notification('twilio.ipmsg.typing_indicator', announcement.json)
        for (const watcher of watchers) watcher.onTyping?.(announcement.userSid, frame)
        break
      }
      case 'revoke':
        for (const watcher of watchers) watcher.onRevoke?.(announcement.userSid)
        break
      case 'recheck':
        for (const watcher of watchers) watcher.onRecheck?.()
        break
      case 'signOut':
        for (const watcher of watchers) watcher.onSignOut?.()
    }
  }

  /** One that has overtaken others waits for them. */
  #takeEvent(event: SyncJson): void {
    const isEarly = this.#lastEvent !== UNKNOWN && event.id > this.#lastEvent + 1
    if (!isEarly) {
      this.#tellEvent(event)
      if (this.#late) this.#tellLate(this.#late)
      return
    }
    this.#late ??= new LateEvents(() => this.#endLate())
    this.#late.hold(event)
    if (this.#late.isFull) this.#endLate()
  }

  #tellLate(late: LateEvents): void {
    for (let next = late.take(this.#lastEvent + 1); next; next = late.take(this.#lastEvent + 1)) {
      this.#tellEvent(next)
    }
    if (late.isEmpty) this.#endLate()
  }

  /** Tells what waits, in order; who misses what should lie between comes back for it. */
  #endLate(): void {
    const late = this.#late?.end() ?? []
    this.#late = undefined
    this.#lastEvent = Math.max(this.#lastEvent, this.#known)
    for (const event of late) this.#tellEvent(event)
  }

  #tellEvent(event: SyncJson): void {
    this.#lastEvent = Math.max(this.#lastEvent, event.id)
    const before = this.#events.at(-1)?.id ?? event.id - 1
    // Of a document a number may come again, with the same state; a batch has no number twice, and leaves none out.
    if (event.id === before) return
    if (event.id !== before + 1) this.flush()
    this.#events.push(event)
    this.#chars += event.json.length
    const isFirst = this.#events.length === 1
    const waits = !isFirst || this.#pace.isBusy(this.#lastTold)
    if (!waits || this.#chars >= TELL_CHARS) this.flush()
    else if (isFirst) this.#pace.tellAtTick(this)
  }
}
