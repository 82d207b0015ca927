import { newSid, readSid } from '../lib/sid.ts'
import {
  type Channel,
  type ChannelRef,
  countMessageAdded,
  countMessageChanged,
  countMessageRemoved,
  lockChannel,
  redateLastMessage,
} from '../store/channels.ts'
import { discardMediaOfMessage } from '../store/media.ts'
import {
  eraseMessage,
  findLastMessage,
  findMessage,
  findMessageAt,
  insertMessage,
  listMessageContents,
  lockMessage,
  type Message,
  type MessageContent,
  hasMessages as queryExistence,
  listMessages as queryMessages,
  updateMessage as saveMessage,
} from '../store/messages.ts'
import type { Order, Page, PageRequest, Position } from '../store/paging.ts'
import { type Caller, identityOf, isUser } from './caller.ts'
import { applyChange, ifGiven, newDates } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { askBefore } from './intents.ts'
import { claimMedia } from './media.ts'
import { checkMessageChange, type MessageChange, type MessageDraft } from './message-change.ts'
import { findOwnMember, ownOrAny, requirePermission } from './permissions.ts'
import { checkAuthor, EMPTY_ATTRIBUTES } from './values.ts'

/** Throws messageNotFound. */
export async function requireMessage(chat: Chat, channel: ChannelRef, text: string): Promise<Message> {
  const sid = readSid('IM', text)
  const message = sid && (await findMessage(chat.db, channel, sid))
  if (!message) throw errors.messageNotFound()
  return message
}

/** Throws messageNotFound. */
export async function requireMessageAt(chat: Chat, channel: ChannelRef, index: number): Promise<Message> {
  const message = await findMessageAt(chat.db, channel, index)
  if (!message) throw errors.messageNotFound()
  return message
}

export function listMessages(
  chat: Chat,
  channel: ChannelRef,
  order: Order,
  page: PageRequest<number>,
): Promise<Page<MessageContent, number>> {
  return listMessageContents(chat.db, channel, order, page)
}

/** Likewise, for clients that keep a copy. */
export function listMessageItems(
  chat: Chat,
  channel: ChannelRef,
  order: Order,
  page: PageRequest<number>,
): Promise<Page<Message, number>> {
  return queryMessages(chat.db, channel, order, page)
}

/** Whether `listMessages` from there on would find something. */
export function hasMessages(
  chat: Chat,
  channel: Channel,
  order: Order,
  from: Position<number>,
): Promise<boolean> {
  return queryExistence(chat.db, channel, order, from)
}

/**
 * Sends a message under the channel's next index (§2.7). Throws notAuthorized and the errors of single values.
 * `onPlaced` may be called before the end: what is sent after it gets a later index.
 */
export async function sendMessage(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
  wanted: MessageDraft,
  onPlaced?: () => void,
): Promise<Message> {
  const mediaSids = wanted.mediaSids ?? []
  const hasMedia = mediaSids.length > 0
  if (mediaSids.length > chat.limits.messageMedia) throw errors.tooManyMedia(chat.limits.messageMedia)
  await requirePermission(chat, caller, channel, hasMedia ? 'sendMediaMessage' : 'sendMessage')
  const own = caller.kind === 'user' ? ownDraft(caller.identity, wanted) : wanted
  const { draft } = await askBefore(chat, caller, { type: 'message.send', channel, draft: own })
  const checked = checkMessageChange(chat, draft)
  const author = checkAuthor(draft.author, chat.limits)
  // A webhook may have put the message into the mouth of somebody else.
  const memberSid = author === own.author ? await findOwnMember(chat, caller, channel) : null
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid, onPlaced }
  return commit(chat, scope, async (tx, emit, now) => {
    const sid = newSid('IM')
    const grown = await countMessageAdded(tx, channel.sid, sid, checked.createdAt ?? now)
    if (!grown) throw errors.channelNotFound()
    const media = hasMedia ? await claimMedia(tx, caller, grown, sid, mediaSids, now) : null
    const message = newMessage(grown, { sid, author, memberSid, media }, checked, now)
    insertMessage(tx, grown, message)
    emit({ type: 'message.sent', channel: grown, message })
    return message
  })
}

/** A new body or new attributes mark the message as edited. Throws mediaBodyUpdate, notAuthorized and the errors of single values. */
export async function updateMessage(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
  message: Message,
  wanted: MessageChange,
): Promise<Message> {
  await requireToUpdateMessage(chat, caller, channel, message, wanted)
  const { change } = await askBefore(chat, caller, {
    type: 'message.update',
    channel,
    message,
    change: wanted,
  })
  if (change.body !== undefined && message.media !== null) throw errors.mediaBodyUpdate()
  const checked = checkMessageChange(chat, change)
  const author = ifGiven(change.author, (text) => checkAuthor(text, chat.limits))
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  return commit(chat, scope, async (tx, emit, now) => {
    // The channel first, as in removeMessage: the other way round the two would wait for each other.
    if (!(await lockChannel(tx, channel.sid))) throw errors.channelNotFound()
    const current = await lockMessage(tx, channel, message.sid)
    if (!current) throw errors.messageNotFound()
    const applied = applyChange<Message>(current, { ...checked, author })
    if (!applied.changed) return current
    const touched = await countMessageChanged(tx, channel.sid)
    if (!touched) throw errors.channelNotFound()
    const row = { ...applied.row, lastEvent: touched.messagesEvent }
    const { edited, message: updated } = edit(current, row, { by: caller, given: checked, now })
    await saveMessage(tx, updated)
    const redated = updated.createdAt !== current.createdAt && touched.lastMessageSid === updated.sid
    const after = redated ? await redateLastMessage(tx, touched, updated.createdAt) : touched
    emit({ type: 'message.updated', channel: after, message: updated, edited })
    return updated
  })
}

/** Indexes and horizons of others stay as they are. Throws messageNotFound, notAuthorized. */
export async function removeMessage(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
  message: Message,
): Promise<void> {
  const own = isUser(caller, channel.serviceSid, message.author)
  await requirePermission(chat, caller, channel, ...ownOrAny(own, 'deleteOwnMessage', 'deleteAnyMessage'))
  await askBefore(chat, caller, { type: 'message.remove', channel, message })
  const scope = { by: caller, serviceSid: channel.serviceSid, budget: channel.sid }
  await commit(chat, scope, async (tx, emit, now) => {
    const touched = await countMessageChanged(tx, channel.sid)
    if (!touched) throw errors.channelNotFound()
    const current = await lockMessage(tx, channel, message.sid)
    if (!current) throw errors.messageNotFound()
    if (current.media !== null) await discardMediaOfMessage(tx, message.sid)
    await eraseMessage(tx, message.sid, touched.messagesEvent, now)
    const shrunk = await countMessageRemoved(tx, touched, await findLastMessage(tx, channel))
    emit({
      type: 'message.removed',
      channel: shrunk,
      message: { ...current, lastEvent: touched.messagesEvent },
    })
  })
}

/** `channel` is as it is with the message counted. */
function newMessage(
  channel: Channel,
  given: Pick<Message, 'sid' | 'author' | 'memberSid' | 'media'>,
  draft: Omit<MessageChange, 'author'>,
  now: number,
): Message {
  const dates = newDates(draft, now)
  return {
    ...given,
    serviceSid: channel.serviceSid,
    channelSid: channel.sid,
    messageIndex: channel.nextMessageIndex - 1,
    body: draft.body ?? null,
    attributes: draft.attributes ?? EMPTY_ATTRIBUTES,
    wasEdited: Number(dates.updatedAt > dates.createdAt || draft.lastUpdatedBy != null),
    lastUpdatedBy: draft.lastUpdatedBy ?? null,
    createdEvent: channel.messagesEvent,
    lastEvent: channel.messagesEvent,
    deleted: 0,
    ...dates,
  }
}

/** A new body or new attributes mark the message as edited. */
function edit(
  before: Message,
  after: Message,
  { by, given, now }: { by: Caller; given: Omit<MessageChange, 'author'>; now: number },
): { edited: boolean; message: Message } {
  const edited = after.body !== before.body || after.attributes !== before.attributes
  const message = {
    ...after,
    wasEdited: edited ? 1 : before.wasEdited,
    lastUpdatedBy: edited && given.lastUpdatedBy === undefined ? identityOf(by) : after.lastUpdatedBy,
    updatedAt: given.updatedAt ?? now,
  }
  return { edited, message }
}

function ownDraft(identity: string, { body, attributes, mediaSids }: MessageDraft): MessageDraft {
  return { author: identity, body, attributes, mediaSids }
}

/** With nothing given, any right to edit it: the answer shows the message. */
async function requireToUpdateMessage(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
  message: Message,
  change: MessageChange,
): Promise<void> {
  if (caller.kind === 'account') return
  const { body, attributes, ...forTheAccount } = change
  if (Object.values(forTheAccount).some((value) => value !== undefined)) throw errors.notAuthorized()
  const own = isUser(caller, channel.serviceSid, message.author)
  const toBody = ownOrAny(own, 'editOwnMessage', 'editAnyMessage')
  const toAttributes = ownOrAny(own, 'editOwnMessageAttributes', 'editAnyMessageAttributes')
  if (body !== undefined) await requirePermission(chat, caller, channel, ...toBody)
  if (attributes !== undefined) await requirePermission(chat, caller, channel, ...toAttributes)
  if (body === undefined && attributes === undefined) {
    await requirePermission(chat, caller, channel, ...toBody, ...toAttributes)
  }
}
