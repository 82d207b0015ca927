// The commands of the session dialect (realtime-protocol.md §9.2), each one a verb of src/chat.
import { createChannel, deleteChannel, updateChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { createInvite, deleteInvite, requireInviteOf } from '../../chat/invites.ts'
import { addMember, removeMember, updateMember } from '../../chat/members.ts'
import { removeMessage, requireMessageAt, sendMessage, updateMessage } from '../../chat/messages.ts'
import { unreadCount, updateUserChannel } from '../../chat/user-channels.ts'
import { requireUser, updateUser } from '../../chat/users.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import type { Message } from '../../store/messages.ts'
import { requireChannelAt, requireChannelToWrite, requireMemberToChange } from '../directory/find.ts'
import type { Peer } from '../peer.ts'
import { readMediaSids } from '../sdk/messages.ts'
import {
  asObject,
  nullableIndex,
  nullableText,
  optionalAttributes,
  optionalText,
  requiredText,
} from '../values.ts'

export type Fields = Readonly<Record<string, unknown>>
/** Does what the request wants; returns what the answer holds besides its status. */
export type Command = (request: Fields, peer: Peer) => Promise<object>

export const commands: Readonly<Record<string, Command>> = {
  createChannel: create,
  joinChannelV2: onChannel(({ chat, caller }, channel) =>
    addMember(chat, caller, channel, { identity: caller.identity }),
  ),
  leaveChannel: onChannel((peer, channel) => expel(peer, channel, peer.caller.identity)),
  addMemberV2: onChannel(({ chat, caller }, channel, request) =>
    addMember(chat, caller, channel, { identity: requiredText(request, 'username') }),
  ),
  inviteMember: onChannel(({ chat, caller }, channel, request) =>
    createInvite(chat, caller, channel, { identity: requiredText(request, 'username') }),
  ),
  declineInvitation: onChannel(async ({ chat, caller }, channel) =>
    deleteInvite(chat, caller, channel, await requireInviteOf(chat, channel, caller.identity)),
  ),
  removeMember: onChannel((peer, channel, request) =>
    expel(peer, channel, optionalText(request, 'memberSid') ?? requiredText(request, 'username')),
  ),
  destroyChannel: onChannel(({ chat, caller }, channel) => deleteChannel(chat, caller, channel)),
  editAttributes: onChannel(({ chat, caller }, channel, request) =>
    updateChannel(chat, caller, channel, { attributes: optionalAttributes(request) }),
  ),
  editFriendlyName: onChannel(({ chat, caller }, channel, request) =>
    updateChannel(chat, caller, channel, { friendlyName: nullableText(request, 'friendlyName') }),
  ),
  editUniqueName: onChannel(({ chat, caller }, channel, request) =>
    updateChannel(chat, caller, channel, { uniqueName: nullableText(request, 'uniqueName') }),
  ),
  sendMessage: send,
  sendMediaMessage: send,
  editMessage: onMessage(({ chat, caller }, channel, message, request) =>
    updateMessage(chat, caller, channel, message, { body: optionalText(request, 'text') ?? '' }),
  ),
  editMessageAttributes: onMessage(({ chat, caller }, channel, message, request) =>
    updateMessage(chat, caller, channel, message, { attributes: optionalAttributes(request) }),
  ),
  deleteMessage: onMessage(({ chat, caller }, channel, message) =>
    removeMessage(chat, caller, channel, message),
  ),
  consumptionReportV2: reportHorizons,
  editNotificationLevel: onChannel(({ chat, caller }, channel, request) =>
    updateUserChannel(chat, caller, { ...caller, sid: caller.userSid }, channel, {
      notificationLevel: readLevel(request),
    }),
  ),
  editMemberAttributes: onChannel(async (peer, channel, request) => {
    const key = requiredText(request, 'memberSid')
    const member = await requireMemberToChange(peer, channel, 'editAnyMemberAttributes', key)
    await updateMember(peer.chat, peer.caller, channel, member, { attributes: optionalAttributes(request) })
  }),
  editUserFriendlyName: (request, peer) =>
    editUser(request, peer, { friendlyName: nullableText(request, 'friendlyName') }),
  editUserAttributes: (request, peer) => editUser(request, peer, { attributes: optionalAttributes(request) }),
}

function onChannel(work: (peer: Peer, channel: ChannelView, request: Fields) => Promise<unknown>): Command {
  return async (request, peer) => {
    const channel = await requireChannelAt(peer, requiredText(request, 'channelSid'))
    await work(peer, channel, request)
    return {}
  }
}

function onMessage(
  work: (peer: Peer, channel: ChannelView, message: Message, request: Fields) => Promise<unknown>,
): Command {
  return onChannel(async (peer, channel, request) => {
    const index = nullableIndex(request, 'messageIdx')
    if (typeof index !== 'number' || !Number.isSafeInteger(index)) throw errors.messageNotFound()
    await work(peer, channel, await requireMessageAt(peer.chat, channel, index), request)
  })
}

async function create(request: Fields, { chat, caller }: Peer): Promise<object> {
  const { type = 'public' } = request
  if (type !== 'public' && type !== 'private') throw errors.invalidParameter('type', 'public or private')
  const { sid } = await createChannel(
    chat,
    caller,
    { sid: caller.serviceSid },
    {
      type,
      friendlyName: nullableText(request, 'friendlyName') ?? null,
      uniqueName: nullableText(request, 'uniqueName') ?? null,
      attributes: optionalAttributes(request),
    },
  )
  return { channelSid: sid, channel: `${sid}.channel` }
}

async function expel(peer: Peer, channel: ChannelView, key: string): Promise<void> {
  const member = await requireMemberToChange(peer, channel, 'removeMember', key)
  await removeMember(peer.chat, peer.caller, channel, member)
}

async function send(request: Fields, peer: Peer): Promise<object> {
  const channel = await requireChannelToWrite(peer, requiredText(request, 'channelSid'))
  const { messageIndex } = await sendMessage(peer.chat, peer.caller, channel, {
    body: optionalText(request, 'text'),
    attributes: optionalAttributes(request),
    mediaSids: readMediaSids({ media_sid: request.mediaSid }),
  })
  return { messageId: messageIndex }
}

/** A channel that is missing from the answer fails on its own at the client; the others are done. */
async function reportHorizons(request: Fields, peer: Peer): Promise<object> {
  if (!Array.isArray(request.report)) throw errors.invalidParameter('report', 'a list')
  const report: object[] = []
  for (const entry of request.report.map(asObject)) {
    if (!entry) throw errors.invalidParameter('report', 'a list of objects')
    const done = await reportHorizon(entry, peer).catch((error: { status?: number }) => {
      if (error.status === undefined || error.status >= 500) throw error
    })
    if (done) report.push(done)
  }
  return { report }
}

async function reportHorizon(entry: Fields, peer: Peer): Promise<object> {
  const { chat, caller } = peer
  const channel = await requireChannelAt(peer, requiredText(entry, 'channelSid'))
  const change = { lastReadIndex: nullableIndex(entry, 'messageIdx') ?? null }
  await updateUserChannel(chat, caller, { ...caller, sid: caller.userSid }, channel, change)
  const updated = await requireChannelAt(peer, channel.sid)
  return { channelSid: channel.sid, unreadMessagesCount: unreadCount(updated) }
}

function readLevel({ notificationLevel: level }: Fields): 'default' | 'muted' {
  if (level !== 'default' && level !== 'muted') throw errors.invalidNotificationLevel()
  return level
}

async function editUser(
  request: Fields,
  { chat, caller }: Peer,
  change: { friendlyName?: string | null | undefined; attributes?: string | undefined },
): Promise<object> {
  const service = { sid: caller.serviceSid }
  const user = await requireUser(chat, service, requiredText(request, 'username'))
  await updateUser(chat, caller, service, user, change)
  return {}
}
