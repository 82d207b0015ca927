// Who of this process watches which object. The bus tells the hub, the hub tells the watchers: every event becomes
// bytes once, and the same bytes go to all of them.
import type { Bus } from '../bus/bus.ts'
import { type Announcement, decodeAnnouncement } from './announcements.ts'
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
    leave(name, watcher) {
      if (topics.get(name)?.leave(watcher)) topics.delete(name)
    },
  }
}

/** One watched object. */
class Topic {
  readonly #watchers = new Set<Watcher>()
  readonly #pace: Pace
  readonly #leaveBus: () => void
  /** What is told together at the next tick. */
  #events: SyncJson[] = []
  #lastTold = 0

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

  /** True when it was the last one: then the topic is over. */
  leave(watcher: Watcher): boolean {
    if (!this.#watchers.delete(watcher) || this.#watchers.size > 0) return false
    this.#leaveBus()
    this.#pace.forget(this)
    return true
  }

  /** Tells what waited. */
  flush(): void {
    const events = this.#events
    if (events.length === 0) return
    this.#events = []
    this.#lastTold = performance.now()
    this.#pace.forget(this)
    const batch = eventBatch(events)
    for (const watcher of this.#watchers) watcher.onEvents?.(batch)
  }

  #tell(announcement: Announcement): void {
    if (announcement.kind === 'event') {
      this.#tellEvent(announcement)
      return
    }
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

  #tellEvent(event: SyncJson): void {
    this.#events.push(event)
    if (this.#events.length > 1) return
    if (this.#pace.isBusy(this.#lastTold)) this.#pace.tellAtTick(this)
    else this.flush()
  }
}
