// Messages in the REST dialect (realtime-protocol.md §8.3). Clients read them from the channel's list.
import { ChatError, errors } from '../../chat/errors.ts'
import { removeMessage, requireMessage, sendMessage, updateMessage } from '../../chat/messages.ts'
import { isoDate } from '../../lib/iso-date.ts'
import { readSid, type Sid } from '../../lib/sid.ts'
import type { Message } from '../../store/messages.ts'
import { requireChannelAt, requireChannelToWrite } from '../directory/find.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { optionalAttributes, optionalText } from '../values.ts'
import { CONVERSATION } from './channels.ts'

const MESSAGES = `${CONVERSATION}/Messages`
const MESSAGE = `${MESSAGES}/:Message`

export const messageRoutes: Route[] = [
  route('POST', MESSAGES, send),
  route('POST', MESSAGE, update),
  route('DELETE', MESSAGE, remove),
  route('GET', `${MESSAGE}/Receipts`, async (request, peer) => nothingOf('delivery_receipts', request, peer)),
  route('GET', `${MESSAGE}/ChannelMetadata`, async () => {
    throw new ChatError(50530, 404, 'Channel metadata not found')
  }),
  route('GET', `${CONVERSATION}/MessageRecipients`, async (request, peer) =>
    nothingOf('message_recipients', request, peer),
  ),
]

/** Several messages may be on their way at once, and keep their order. */
async function send({ params, body, release }: RoutedRequest, peer: Peer): Promise<Answer> {
  const fields = body()
  if (fields.content_sid !== undefined) throw errors.badRequest('Content templates are not supported')
  const channel = await requireChannelToWrite(peer, params.Key)
  const draft = {
    body: optionalText(fields, 'body'),
    attributes: optionalAttributes(fields),
    mediaSids: readMediaSids(fields),
  }
  const message = await sendMessage(peer.chat, peer.caller, channel, draft, release)
  return { status: 201, body: present(message) }
}

async function update({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const fields = body()
  const channel = await requireChannelToWrite(peer, params.Key)
  const message = await requireMessage(peer.chat, channel, params.Message ?? '')
  const updated = await updateMessage(peer.chat, peer.caller, channel, message, {
    body: optionalText(fields, 'body'),
    attributes: optionalAttributes(fields),
  })
  return { status: 200, body: present(updated) }
}

async function remove({ params }: RoutedRequest, peer: Peer): Promise<Answer> {
  const channel = await requireChannelToWrite(peer, params.Key)
  const message = await requireMessage(peer.chat, channel, params.Message ?? '')
  await removeMessage(peer.chat, peer.caller, channel, message)
  return { status: 204, body: null }
}

/** Messages to other products are what receipts, recipients and their metadata are about: there are none. */
async function nothingOf(key: string, { params }: RoutedRequest, peer: Peer): Promise<Answer> {
  await requireChannelAt(peer, params.Key)
  return {
    status: 200,
    body: { [key]: [], meta: { next_token: null, previous_token: null, prev_token: null } },
  }
}

/** One `media_sid`, or a list. Throws invalidMediaSid. */
export function readMediaSids(fields: Readonly<Record<string, unknown>>): Sid<'ME'>[] {
  const { media_sids: list = fields.media_sid === undefined ? [] : [fields.media_sid] } = fields
  if (list === null) return []
  if (!Array.isArray(list)) throw errors.invalidMediaSid()
  return list.map((text) => {
    const sid = typeof text === 'string' ? readSid('ME', text) : undefined
    if (!sid) throw errors.invalidMediaSid()
    return sid
  })
}

function present(message: Message): object {
  return {
    sid: message.sid,
    conversation_sid: message.channelSid,
    index: message.messageIndex,
    author: message.author,
    body: message.body,
    attributes: message.attributes,
    date_created: isoDate(message.createdAt),
    date_updated: isoDate(message.updatedAt),
  }
}
