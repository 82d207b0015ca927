import { newSid, readSid } from '../lib/sid.ts'
import {
  type Channel,
  type ChannelKey,
  type ChannelRef,
  type ChannelType,
  findChannel,
  findChannelRef,
  insertChannel,
  lockChannel,
  markChannelDeleted,
  listChannels as queryChannels,
  updateChannel as saveChannel,
  takeChannelNumber,
} from '../store/channels.ts'
import { LOST_RACE, orLostRace } from '../store/database.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import { findServiceBySid, type Service } from '../store/services.ts'
import { removeChannelFromUsers } from '../store/user-channels.ts'
import { type Caller, identityOf, isWithin } from './caller.ts'
import { applyChange, type DateOverrides, differ, ifGiven, newDates } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { askBefore } from './intents.ts'
import { requirePermission, requireServicePermission } from './permissions.ts'
import { requireService } from './services.ts'
import { checkAttributes, checkAuthor, checkName, checkUniqueName, EMPTY_ATTRIBUTES } from './values.ts'

/** Dates and the creator are for imports by the account; null clears a name. */
export type ChannelChange = DateOverrides & {
  friendlyName?: string | null
  uniqueName?: string | null
  attributes?: string
  createdBy?: string
  type?: ChannelType
  messagingServiceSid?: string | null
}
export type ChannelDraft = ChannelChange

const EDITABLE = ['friendlyName', 'uniqueName', 'attributes', 'type'] as const

/** The channel with this sid or unique name. Throws serviceNotFound, channelNotFound. */
export function requireChannel(
  chat: Chat,
  caller: Caller,
  serviceText: string,
  keyText: string,
): Promise<Channel> {
  return requireWith(findChannel, chat, caller, serviceText, keyText)
}

/** Likewise, for what needs to know no more of it: much cheaper. */
export function requireChannelRef(
  chat: Chat,
  caller: Caller,
  serviceText: string,
  keyText: string,
): Promise<ChannelRef> {
  return requireWith(findChannelRef, chat, caller, serviceText, keyText)
}

async function requireWith<Found>(
  find: (...asked: Parameters<typeof findChannel>) => Promise<Found | undefined>,
  chat: Chat,
  caller: Caller,
  serviceText: string,
  keyText: string,
): Promise<Found> {
  const serviceSid = readSid('IS', serviceText)
  if (serviceSid && isWithin(caller, serviceSid)) {
    const channel = await find(chat.db, caller.accountSid, serviceSid, readChannelKey(keyText))
    if (channel) return channel
  }
  await requireService(chat, caller, serviceText)
  throw errors.channelNotFound()
}

export function readChannelKey(text: string): ChannelKey {
  const sid = readSid('CH', text)
  return sid ? { sid } : { uniqueName: text }
}

/** All types when `types` is empty. */
export function listChannels(
  chat: Chat,
  service: Service,
  types: readonly ChannelType[],
  page: PageRequest,
): Promise<Page<Channel>> {
  return queryChannels(chat.db, service.sid, types, page)
}

/** Makes nobody a member. Throws uniqueNameTaken and the errors of single values (§2.5). */
export async function createChannel(
  chat: Chat,
  caller: Caller,
  service: Pick<Service, 'sid'>,
  wanted: ChannelDraft,
): Promise<Channel> {
  await requireServicePermission(chat, caller, service.sid, 'createChannel')
  const { draft } = await askBefore(chat, caller, { type: 'channel.create', draft: wanted })
  const checked = checkChannelChange(chat, caller, draft)
  return commit(chat, { by: caller, serviceSid: service.sid, budget: service.sid }, async (tx, emit, now) => {
    if (!(await findServiceBySid(tx, service.sid))) throw errors.serviceNotFound()
    const channel = newChannel(service, caller, await takeChannelNumber(tx), checked, now)
    if ((await orLostRace(insertChannel(tx, channel))) === LOST_RACE) throw errors.uniqueNameTaken()
    emit({ type: 'channel.created', channel })
    return channel
  })
}

/** Throws uniqueNameTaken and the errors of single values. */
export async function updateChannel(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  wanted: ChannelChange,
): Promise<Channel> {
  await requireToUpdateChannel(chat, caller, channel, wanted)
  const { change } = await askBefore(chat, caller, { type: 'channel.update', channel, change: wanted })
  const checked = checkChannelChange(chat, caller, change)
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  return commit(chat, scope, async (tx, emit, now) => {
    const current = await lockChannel(tx, channel.sid)
    if (!current) throw errors.channelNotFound()
    const applied = applyChange(current, checked)
    if (!applied.changed) return current
    const updated: Channel = {
      ...applied.row,
      documentEvent: current.documentEvent + 1,
      updatedAt: checked.updatedAt ?? now,
    }
    if ((await orLostRace(saveChannel(tx, updated))) === LOST_RACE) throw errors.uniqueNameTaken()
    const becamePrivate = current.type === 'public' && updated.type === 'private'
    const edited = differ(current, updated, EDITABLE)
    emit({ type: 'channel.updated', channel: updated, edited, becamePrivate })
    return updated
  })
}

/** The channel is gone at once for everyone; its rows are purged in the background (purge.ts). */
export async function deleteChannel(chat: Chat, caller: Caller, channel: Channel): Promise<void> {
  await requirePermission(chat, caller, channel, 'destroyChannel')
  await askBefore(chat, caller, { type: 'channel.remove', channel })
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.serviceSid }
  await commit(chat, scope, async (tx, emit, now) => {
    const current = await lockChannel(tx, channel.sid)
    if (!current || !(await markChannelDeleted(tx, channel.sid, now))) throw errors.channelNotFound()
    const userChannels = await removeChannelFromUsers(tx, channel.sid)
    emit({ type: 'channel.removed', channel: current, userChannels })
  })
}

function newChannel(
  service: Pick<Service, 'sid'>,
  caller: Caller,
  number: number,
  draft: ChannelDraft,
  now: number,
): Channel {
  return {
    sid: newSid('CH'),
    serviceSid: service.sid,
    number,
    uniqueName: draft.uniqueName ?? null,
    friendlyName: draft.friendlyName ?? null,
    attributes: draft.attributes ?? EMPTY_ATTRIBUTES,
    type: draft.type ?? 'public',
    createdBy: draft.createdBy ?? identityOf(caller),
    messagingServiceSid: draft.messagingServiceSid ?? null,
    membersCount: 0,
    messagesCount: 0,
    nextMessageIndex: 0,
    lastMessageSid: null,
    lastMessageIndex: null,
    lastMessageAt: null,
    documentEvent: 0,
    messagesEvent: 0,
    rosterEvent: 0,
    deleted: 0,
    ...newDates(draft, now),
  }
}

function checkChannelChange(chat: Chat, caller: Caller, change: ChannelChange): ChannelChange {
  const { limits } = chat
  const names: ChannelChange = {
    friendlyName: ifGiven(change.friendlyName, (name) =>
      checkName(name, limits.name, errors.friendlyNameTooLong),
    ),
    uniqueName: ifGiven(change.uniqueName, (name) => checkUniqueName(name, limits)),
    attributes: ifGiven(change.attributes, (text) => checkAttributes(text, limits.channelAttributes)),
    type: change.type,
  }
  if (caller.kind === 'user') return names
  return {
    ...names,
    createdBy: ifGiven(change.createdBy, (author) => checkAuthor(author, limits)),
    createdAt: change.createdAt,
    updatedAt: change.updatedAt,
    messagingServiceSid: change.messagingServiceSid,
  }
}

/** The type is for the account to change. With none of the others given, a right to change one of them. */
async function requireToUpdateChannel(
  chat: Chat,
  caller: Caller,
  channel: Channel,
  change: ChannelChange,
): Promise<void> {
  if (caller.kind === 'user' && change.type !== undefined) throw errors.notAuthorized()
  const renames = change.friendlyName !== undefined || change.uniqueName !== undefined
  const describes = change.attributes !== undefined
  if (renames) await requirePermission(chat, caller, channel, 'editChannelName')
  if (describes) await requirePermission(chat, caller, channel, 'editChannelAttributes')
  if (!renames && !describes) {
    await requirePermission(chat, caller, channel, 'editChannelName', 'editChannelAttributes')
  }
}
