// The log of pushes.
import { readSid } from '../lib/sid.ts'
import type { Order, Page, PageRequest } from '../store/paging.ts'
import { findPush, type Push, type PushFilter, listPushes as queryPushes } from '../store/pushes.ts'
import type { Service } from '../store/services.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'

/** Throws notFound. */
export async function requirePush(chat: Chat, service: Service, text: string): Promise<Push> {
  const sid = readSid('RU', text)
  const push = sid && (await findPush(chat.db, service.sid, sid))
  if (!push) throw errors.notFound()
  return push
}

export function listPushes(
  chat: Chat,
  service: Service,
  filter: PushFilter,
  order: Order,
  page: PageRequest,
): Promise<Page<Push>> {
  return queryPushes(chat.db, service.sid, filter, order, page)
}
