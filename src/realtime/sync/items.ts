// Items of maps and lists: as the rows give them, and as clients see them (realtime-protocol.md §5.1, §5.3, §5.6).
import { isoDate } from '../../lib/iso-date.ts'
import type { Urls } from '../urls.ts'
import { type SyncObject, syncSidOf, typeOf } from './objects.ts'

export type ItemKey = string | number

export type Item = {
  key: ItemKey
  data: object
  createdEvent: number
  lastEvent: number
  deleted: boolean
  /** Milliseconds. */
  createdAt: number
  updatedAt: number
}

export type SyncEvent = { event_type: string; event: object }

export function presentItem(object: SyncObject, item: Item, urls: Urls): object {
  return {
    ...(typeOf(object) === 'list' ? { index: item.key } : { key: item.key }),
    url: urls.item(object, item.key),
    revision: String(item.lastEvent),
    last_event_id: item.lastEvent,
    data: item.data,
    date_created: isoDate(item.createdAt),
    date_updated: isoDate(item.updatedAt),
    date_expires: null,
  }
}

/**
 * What happened to the item at its last event, as seen by someone who knows everything up to the event `known`;
 * null when to them nothing did: it came and went while they were away (§5.5).
 */
export function itemEvent(object: SyncObject, item: Item, urls: Urls, known: number): SyncEvent | null {
  const isNew = item.createdEvent > known
  if (item.deleted) return isNew ? null : describe(object, item, urls, 'removed')
  return describe(object, item, urls, isNew ? 'added' : 'updated')
}

/** What happened to the item at its last event, as seen by someone who knows everything before. */
export function liveEvent(object: SyncObject, item: Item, urls: Urls): SyncEvent {
  if (item.deleted) return describe(object, item, urls, 'removed')
  return describe(object, item, urls, item.createdEvent === item.lastEvent ? 'added' : 'updated')
}

function describe(
  object: SyncObject,
  item: Item,
  urls: Urls,
  change: 'added' | 'updated' | 'removed',
): SyncEvent {
  const type = typeOf(object)
  const event: Record<string, unknown> = {
    id: item.lastEvent,
    [`${type}_sid`]: syncSidOf(object),
    [`${type}_revision`]: String(item.lastEvent),
    [type === 'list' ? 'item_index' : 'item_key']: item.key,
    item_data: item.data,
    date_created: isoDate(item.updatedAt),
  }
  if (change !== 'removed') {
    event.item_url = urls.item(object, item.key)
    event.item_revision = String(item.lastEvent)
    event.date_expires = null
  }
  return { event_type: `${type}_item_${change}`, event }
}

export function removedEvent(object: SyncObject, id: number, at: number): SyncEvent {
  const type = typeOf(object)
  return {
    event_type: `${type}_removed`,
    event: { id, [`${type}_sid`]: syncSidOf(object), date_created: isoDate(at) },
  }
}

/** The text of one event, as every version of the protocol understands it. */
export function encodeEvent({ event_type, event }: SyncEvent): string {
  return JSON.stringify({ event_type, event_protocol_version: 3, event })
}
