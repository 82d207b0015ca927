// One document, map or list as a client keeps it: read once, then brought up to date by events alone.
import type { Descriptor, ObjectType, SyncEvent } from './sync-events.ts'

export type Item = { data: unknown; id: number }

export class SyncedObject {
  readonly type: ObjectType
  readonly name: string
  readonly sid: string
  /** The last event that is known here. */
  position: number
  isEstablished = false
  data: unknown
  readonly items = new Map<string, Item>()
  /** List indexes in the order in which they were added by events. */
  readonly added: number[] = []
  /** The last event id on this subscription. */
  private last = 0

  constructor(type: ObjectType, name: string, descriptor: Descriptor, items: readonly any[]) {
    this.type = type
    this.name = name
    this.sid = descriptor.sid
    this.position = descriptor.last_event_id
    this.data = descriptor.data
    for (const item of items) {
      this.items.set(String(item.key ?? item.index), { data: item.data, id: item.last_event_id })
    }
  }

  /** The next event belongs to a new subscription. */
  startOver(): void {
    this.isEstablished = false
    this.last = this.position
  }

  /** Returns what is wrong about the event, if anything. */
  apply({ type, id, event }: SyncEvent): string | undefined {
    if (type === 'subscription_established') {
      this.position = Math.max(this.position, event.last_event_id)
      this.isEstablished = event.replay_status === 'completed'
      return undefined
    }
    if (id <= this.last) return `event ${id} of ${this.name} came after event ${this.last}`
    this.last = id
    this.position = Math.max(this.position, id)
    if (type === 'document_updated') this.data = event.document_data
    else this.applyToItem(type, id, event)
    return undefined
  }

  private applyToItem(type: string, id: number, event: Record<string, any>): void {
    const key = String(event.item_key ?? event.item_index)
    const known = this.items.get(key)
    if (known && known.id >= id) return
    if (type.endsWith('_removed')) this.items.delete(key)
    else this.items.set(key, { data: event.item_data, id })
    if (type === 'list_item_added') this.added.push(event.item_index)
  }

  /** Plain data, the same for equal states. */
  snapshot(): unknown {
    if (this.type === 'document') return this.data
    const entries = [...this.items].map(([key, { data }]): [string, unknown] => [key, data])
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
