// Who of this process watches which object. The bus tells the hub, the hub tells the watchers: every event becomes
// bytes once, and the same bytes go to all of them.
import type { Bus } from '../bus/bus.ts'
import { type Announcement, decodeAnnouncement } from './announcements.ts'
import { notification } from './twilsock/messages.ts'

/** Frames are whole WebSocket frames. Called while events are handed on: must be quick and must not throw. */
export type Watcher = {
  onEvent?(id: number, frame: Buffer): void
  /** The object is gone; nothing follows. */
  onGone?(frame: Buffer): void
  onRevoke?(userSid: string): void
  onTyping?(userSid: string, frame: Buffer): void
  onSignOut?(): void
}

export type Hub = {
  /** Returns what ends the watch; calling it again does nothing. */
  watch(topic: string, watcher: Watcher): () => void
}

type Topic = { watchers: Set<Watcher>; leave(): void }

export function createHub(bus: Bus): Hub {
  const topics = new Map<string, Topic>()

  function join(name: string): Topic {
    const watchers = new Set<Watcher>()
    const leave = bus.subscribe(name, (message) => {
      const announcement = decodeAnnouncement(message)
      if (announcement) tell(watchers, announcement)
    })
    const topic = { watchers, leave }
    topics.set(name, topic)
    return topic
  }

  return {
    watch(name, watcher) {
      const topic = topics.get(name) ?? join(name)
      topic.watchers.add(watcher)
      return () => {
        if (!topic.watchers.delete(watcher) || topic.watchers.size > 0) return
        topic.leave()
        topics.delete(name)
      }
    },
  }
}

function tell(watchers: Set<Watcher>, announcement: Announcement): void {
  switch (announcement.kind) {
    case 'event': {
      const frame = notification('twilio.sync.event', announcement.json)
      for (const watcher of watchers) watcher.onEvent?.(announcement.id, frame)
      return
    }
    case 'gone': {
      const frame = notification('twilio.sync.event', announcement.json)
      for (const watcher of [...watchers]) watcher.onGone?.(frame)
      return
    }
    case 'typing': {
      const frame = notification('twilio.ipmsg.typing_indicator', announcement.json)
      for (const watcher of watchers) watcher.onTyping?.(announcement.userSid, frame)
      return
    }
    case 'revoke':
      for (const watcher of [...watchers]) watcher.onRevoke?.(announcement.userSid)
      return
    case 'signOut':
      for (const watcher of [...watchers]) watcher.onSignOut?.()
  }
}
