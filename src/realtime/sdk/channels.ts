// Channels in the REST dialect (realtime-protocol.md §8.3), where they are called conversations.
import { listPublicChannels } from '../../chat/channel-views.ts'
import { createChannel, deleteChannel, updateChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { isoDate } from '../../lib/iso-date.ts'
import { channelDescriptor, channelLinks } from '../directory/channel-descriptor.ts'
import { requireChannelAt } from '../directory/find.ts'
import { directoryPage, readDirectoryPage } from '../directory/pages.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { nullableText, optionalAttributes } from '../values.ts'

const CONVERSATIONS = '/Client/v2/Services/:ServiceSid/Conversations'
export const CONVERSATION = `${CONVERSATIONS}/:Key`

export const channelRoutes: Route[] = [
  route('POST', CONVERSATIONS, create),
  route('GET', CONVERSATIONS, list),
  route('GET', CONVERSATION, fetch),
  route('POST', CONVERSATION, update),
  route('DELETE', CONVERSATION, remove),
]

/** Conversations have no type: they are private. */
async function create({ body }: RoutedRequest, { chat, caller, urls }: Peer): Promise<Answer> {
  const fields = body()
  const { type = 'private' } = fields
  if (type !== 'public' && type !== 'private') throw errors.invalidParameter('type', 'public or private')
  const channel = await createChannel(
    chat,
    caller,
    { sid: caller.serviceSid },
    {
      type,
      uniqueName: nullableText(fields, 'unique_name') ?? null,
      friendlyName: nullableText(fields, 'friendly_name') ?? null,
      attributes: optionalAttributes(fields),
    },
  )
  const { sid } = channel
  return {
    status: 201,
    body: {
      sid,
      unique_name: channel.uniqueName,
      friendly_name: channel.friendlyName,
      attributes: channel.attributes,
      type: channel.type,
      created_by: channel.createdBy,
      date_created: isoDate(channel.createdAt),
      date_updated: isoDate(channel.updatedAt),
      url: urls.conversation(sid),
      links: channelLinks(sid, urls),
      sync_objects: {
        conversation: `${sid}.channel`,
        messages: `${sid}.messages`,
        participants: `${sid}.roster`,
      },
    },
  }
}

async function list({ query }: RoutedRequest, { chat, caller, urls }: Peer): Promise<Answer> {
  const request = readDirectoryPage(query)
  const page = await listPublicChannels(chat, caller, request)
  return directoryPage('conversations', request, page, (view) => channelDescriptor(view, urls))
}

async function fetch({ params }: RoutedRequest, peer: Peer): Promise<Answer> {
  return { status: 200, body: channelDescriptor(await requireChannelAt(peer, params.Key), peer.urls) }
}

async function update({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const fields = body()
  const channel = await requireChannelAt(peer, params.Key)
  await updateChannel(peer.chat, peer.caller, channel, {
    friendlyName: nullableText(fields, 'friendly_name'),
    uniqueName: nullableText(fields, 'unique_name'),
    attributes: optionalAttributes(fields),
  })
  return { status: 200, body: channelDescriptor(await requireChannelAt(peer, channel.sid), peer.urls) }
}

async function remove({ params }: RoutedRequest, peer: Peer): Promise<Answer> {
  await deleteChannel(peer.chat, peer.caller, await requireChannelAt(peer, params.Key))
  return { status: 204, body: null }
}
