// Directory reads of the session dialect (realtime-protocol.md §9.3).
import { listOwnChannels, listPublicChannels } from '../../chat/channel-views.ts'
import { channelDescriptor, ownChannel } from '../directory/channel-descriptor.ts'
import { requireChannelAt } from '../directory/find.ts'
import { directoryPage, readDirectoryPage } from '../directory/pages.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import { fetchUser, listUsersOf } from '../sdk/users.ts'
import type { Answer } from '../tunnel.ts'

const SERVICE = '/v1/Services/:ServiceSid'

export const sessionReadRoutes: Route[] = [
  route('GET', `${SERVICE}/SyncList`, listOwn),
  route('GET', `${SERVICE}/MyChannels`, listOwn),
  route('GET', `${SERVICE}/Channels`, listPublic),
  route('GET', `${SERVICE}/Channels/:Key`, async ({ params }, peer) => ({
    status: 200,
    body: channelDescriptor(await requireChannelAt(peer, params.Key), peer.urls),
  })),
  route('GET', `${SERVICE}/Users`, (request, peer) => listUsersOf(request.query.ChannelSid, request, peer)),
  route('GET', `${SERVICE}/Users/*User`, fetchUser),
]

/** With `ChannelSid`, that channel alone. */
async function listOwn({ query }: RoutedRequest, peer: Peer): Promise<Answer> {
  const { chat, caller } = peer
  if (query.ChannelSid) {
    const view = await requireChannelAt(peer, query.ChannelSid)
    const items = view.status === null ? [] : [view]
    const page = { items, next: null, previous: null }
    return directoryPage('channels', { size: 1, from: null }, page, ownChannel)
  }
  const request = readDirectoryPage(query)
  const page = await listOwnChannels(chat, caller, request)
  return directoryPage('channels', request, page, ownChannel)
}

async function listPublic({ query }: RoutedRequest, { chat, caller, urls }: Peer): Promise<Answer> {
  const request = readDirectoryPage(query)
  const page = await listPublicChannels(chat, caller, request)
  return directoryPage('channels', request, page, (view) => channelDescriptor(view, urls))
}
