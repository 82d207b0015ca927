// What a user may see of channels (realtime-protocol.md §6): the account sees everything through channels.ts.
import type { Sid } from '../lib/sid.ts'
import {
  type ChannelView,
  findChannelView,
  findChannelViews,
  listOwnChannelViews,
  listPublicChannelViews,
} from '../store/channel-views.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import type { UserCaller } from './caller.ts'
import { readChannelKey } from './channels.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'

/** Public channels, one's own, and those that one is in or invited to. */
export function maySee(caller: UserCaller, view: ChannelView): boolean {
  return view.type === 'public' || view.status !== null || view.createdBy === caller.identity
}

/** Messages and members are for members. */
export function mayRead(view: ChannelView): boolean {
  return view.status === 'joined'
}

/** The channel with this sid or unique name. Throws channelNotFound also when it is hidden from the user. */
export async function requireChannelView(
  chat: Chat,
  caller: UserCaller,
  keyText: string,
): Promise<ChannelView> {
  // No name holds a NUL, and PostgreSQL takes none.
  const view = keyText.includes('\0')
    ? undefined
    : await findChannelView(chat.db, caller, readChannelKey(keyText))
  if (!view || !maySee(caller, view)) throw errors.channelNotFound()
  return view
}

/** Likewise, for what only members may do. Throws channelNotFound, notAuthorized. */
export async function requireReadableChannel(
  chat: Chat,
  caller: UserCaller,
  keyText: string,
): Promise<ChannelView> {
  const view = await requireChannelView(chat, caller, keyText)
  if (!mayRead(view)) throw errors.notAuthorized()
  return view
}

/** Those of the channels that exist, by sid, also hidden ones: whoever calls asks maySee or mayRead. */
export async function loadChannelViews(
  chat: Chat,
  caller: UserCaller,
  sids: readonly Sid<'CH'>[],
): Promise<Map<Sid<'CH'>, ChannelView>> {
  const views = sids.length === 0 ? [] : await findChannelViews(chat.db, caller, sids)
  return new Map(views.map((view) => [view.sid, view]))
}

export function listPublicChannels(
  chat: Chat,
  caller: UserCaller,
  page: PageRequest,
): Promise<Page<ChannelView>> {
  return listPublicChannelViews(chat.db, caller, page)
}

/** The channels that the user is in or invited to. */
export function listOwnChannels(
  chat: Chat,
  caller: UserCaller,
  page: PageRequest,
): Promise<Page<ChannelView>> {
  return listOwnChannelViews(chat.db, caller, page)
}
