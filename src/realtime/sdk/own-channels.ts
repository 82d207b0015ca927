// The user's own channels in the REST dialect (realtime-protocol.md §8.3): the start-up walk, counts, read horizon
// and notification level.
import { listOwnChannels } from '../../chat/channel-views.ts'
import { errors } from '../../chat/errors.ts'
import { type UserChannelChange, updateUserChannel } from '../../chat/user-channels.ts'
import type { ChannelView } from '../../store/channel-views.ts'
import { channelDescriptor, ownChatConversation, ownConversation } from '../directory/channel-descriptor.ts'
import { identitiesOf, requireChannelAt } from '../directory/find.ts'
import { directoryPage, readDirectoryPage } from '../directory/pages.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { nullableIndex } from '../values.ts'

/** The SDKs ask for no size; each page is a round trip. */
export const OWN_CHANNELS_PAGE = 100

/** Each configuration names its own list: version 1 is of the chat SDKs, version 2 of the conversations SDKs. */
const LISTS = [
  ['/Client/v1', ownChatConversation],
  ['/Client/v2', ownConversation],
] as const

export const ownChannelRoutes: Route[] = LISTS.flatMap(([base, present]) => {
  const own = `${base}/Services/:ServiceSid/Users/:User/Conversations`
  return [
    route('GET', own, (request, peer) => list(request, peer, present)),
    route('GET', `${own}/:Key`, fetch),
    route('POST', `${own}/:Key`, update),
  ]
})

async function list(
  { params, query }: RoutedRequest,
  peer: Peer,
  present: (view: ChannelView) => object,
): Promise<Answer> {
  requireSelf(peer, params.User)
  const request = readDirectoryPage(query, OWN_CHANNELS_PAGE)
  const page = await listOwnChannels(peer.chat, peer.caller, request)
  return directoryPage('conversations', request, page, present)
}

async function fetch({ params }: RoutedRequest, peer: Peer): Promise<Answer> {
  requireSelf(peer, params.User)
  return { status: 200, body: channelDescriptor(await requireOwn(peer, params.Key), peer.urls) }
}

async function update({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  requireSelf(peer, params.User)
  const change = readChange(body())
  const channel = await requireOwn(peer, params.Key)
  const { chat, caller, urls } = peer
  await updateUserChannel(chat, caller, { ...caller, sid: caller.userSid }, channel, change)
  return { status: 200, body: channelDescriptor(await requireChannelAt(peer, channel.sid), urls) }
}

/** Throws channelNotFound when the user is neither in the channel nor invited. */
async function requireOwn(peer: Peer, key: string | undefined): Promise<ChannelView> {
  const view = await requireChannelAt(peer, key)
  if (view.status === null) throw errors.channelNotFound()
  return view
}

/** The path names the user by sid or identity. Throws notAuthorized for anyone else. */
function requireSelf(peer: Peer, segment = ''): void {
  const { userSid, identity } = peer.caller
  if (segment !== userSid && !identitiesOf(peer, segment).includes(identity)) throw errors.notAuthorized()
}

/** The horizon has two names: one of the chat SDKs, one of the conversations SDKs. */
function readChange(fields: Readonly<Record<string, unknown>>): UserChannelChange {
  const { notification_level: level } = fields
  if (level !== undefined && level !== 'default' && level !== 'muted') throw errors.invalidNotificationLevel()
  const chatIndex = nullableIndex(fields, 'last_consumed_message_index')
  return {
    notificationLevel: level,
    lastReadIndex: chatIndex === undefined ? nullableIndex(fields, 'last_read_message_index') : chatIndex,
  }
}
