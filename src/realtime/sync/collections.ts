// Reading the items of an opened map or list: a page, one of them, or those that a client has missed.
import type { UserCaller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { listMembers } from '../../chat/members.ts'
import { hasMessages, listMessageItems } from '../../chat/messages.ts'
import { missedMembers, missedMessages, missedUserChannels } from '../../chat/missed-changes.ts'
import { listUserChannelItems } from '../../chat/user-channels.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import type { Order, Page, PageRequest, Position } from '../../store/paging.ts'
import type { User } from '../../store/users.ts'
import type { Item, ItemKey } from './items.ts'
import { messageItem } from './message-list.ts'
import type { OpenedObject } from './open.ts'
import { ownChannelItem } from './own-channels.ts'
import { memberItem } from './roster.ts'
import { changedInfoItems, userInfoItems } from './user-info.ts'

export type Collection = {
  /** Items in the order of their keys, without the deleted ones. */
  page(order: Order, request: PageRequest<ItemKey>): Promise<Page<Item, ItemKey>>
  /** Whether a page from there on would have an item. */
  has(order: Order, from: Position<ItemKey>): Promise<boolean>
  /** Changed after the event number, deleted ones too, at most `limit`, in the order of the events. */
  missed(after: number, limit: number): Promise<Item[]>
}

/** The items of a map or list; nothing for a document. */
export function collectionOf(chat: Chat, caller: UserCaller, { object, row }: OpenedObject): Collection {
  if ('user' in row) {
    return object.kind === 'info' ? infoItems(row.user) : ownChannels(chat, caller, row.user)
  }
  if (object.kind === 'messages') return messages(chat, row.channel)
  return object.kind === 'roster' ? members(chat, row.channel) : NO_ITEMS
}

const NO_ITEMS: Collection = {
  page: async () => ({ items: [], next: null, previous: null }),
  has: async () => false,
  missed: async () => [],
}

/** Lists have numbers as keys: any other key is before or after all of them. */
function messages(chat: Chat, channel: ChannelView): Collection {
  return {
    async page(order, { size, from }) {
      const page = await listMessageItems(chat, channel, order, { size, from: from && withNumber(from) })
      return { ...page, items: page.items.map(messageItem) }
    },
    has: (order, from) => hasMessages(chat, channel, order, withNumber(from)),
    missed: async (after, limit) => (await missedMessages(chat, channel, after, limit)).map(messageItem),
  }
}

function members(chat: Chat, channel: ChannelView): Collection {
  return withPages(
    async (order, request) => {
      const page = await listMembers(chat, channel, [], withTextKey(request), order)
      return { ...page, items: page.items.map(memberItem) }
    },
    async (after, limit) => (await missedMembers(chat, channel.sid, after, limit)).map(memberItem),
  )
}

function ownChannels(chat: Chat, caller: UserCaller, { updatedAt }: User): Collection {
  return withPages(
    async (order, request) => {
      const page = await listUserChannelItems(chat, caller, withTextKey(request), order)
      return { ...page, items: page.items.map((own) => ownChannelItem(own, updatedAt)) }
    },
    async (after, limit) => {
      const items = await missedUserChannels(chat, caller, after, limit)
      return items.map((own) => ownChannelItem(own, updatedAt))
    },
  )
}

/** Three items are always one page. */
function infoItems(user: User): Collection {
  const items = userInfoItems(user)
  return withPages(
    async (order, { size, from }) => {
      const sorted = order === 'asc' ? items : items.toReversed()
      const start = from === null ? 0 : startOf(sorted, order, from.side, String(from.key))
      return { items: sorted.slice(start, start + size), next: null, previous: null }
    },
    async (after) => changedInfoItems(user, after),
  )
}

/** Whether there is something is told by a page of one. */
function withPages(page: Collection['page'], missed: Collection['missed']): Collection {
  return {
    page,
    has: async (order, from) => (await page(order, { size: 1, from })).items.length > 0,
    missed,
  }
}

function startOf(sorted: Item[], order: Order, side: string, key: string): number {
  const reached = sorted.findIndex((item) => {
    const text = String(item.key)
    return text === key ? side === 'from' : order === 'asc' ? text > key : text < key
  })
  return reached < 0 ? sorted.length : reached
}

function withNumber({ side, key }: Position<ItemKey>): Position<number> {
  return { side, key: Number(key) }
}

function withTextKey({ size, from }: PageRequest<ItemKey>): PageRequest {
  return { size, from: from && { side: from.side, key: String(from.key) } }
}
