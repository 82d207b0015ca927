// Looking for channels and messages, for the account.
import type { Channel } from '../store/channels.ts'
import type { Message } from '../store/messages.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import {
  type ChannelSearch,
  searchChannels as queryChannels,
  searchMessages as queryMessages,
} from '../store/searches.ts'
import type { Service } from '../store/services.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'
import { requireAccount } from './permissions.ts'

/** Characters of a text to look for. */
const MAX_TEXT = 256

/** Oldest first. Throws invalidParameter. */
export function searchChannels(
  chat: Chat,
  caller: Caller,
  service: Service,
  search: ChannelSearch,
  page: PageRequest,
): Promise<Page<Channel>> {
  requireAccount(caller)
  checkText('Prefix', search.prefix ?? '')
  return queryChannels(chat.db, service.sid, search, page)
}

/** Newest first. Throws invalidParameter. */
export function searchMessages(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  text: string,
  page: PageRequest<number>,
): Promise<Page<Message, number>> {
  requireAccount(caller)
  checkText('Text', text)
  return queryMessages(chat.db, channel, text, page)
}

function checkText(name: string, text: string): void {
  if (text.length > MAX_TEXT) throw errors.invalidParameter(name, `at most ${MAX_TEXT} characters`)
}
