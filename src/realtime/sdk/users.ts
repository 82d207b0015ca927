// Users in the REST dialect (realtime-protocol.md §8.3).
import { requireReadableChannel } from '../../chat/channel-views.ts'
import { errors } from '../../chat/errors.ts'
import { listMemberUsers } from '../../chat/members.ts'
import { updateUser } from '../../chat/users.ts'
import { requireUserAt } from '../directory/find.ts'
import { directoryPage, readDirectoryPage } from '../directory/pages.ts'
import { userDescriptor } from '../directory/user-descriptor.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { nullableText, optionalAttributes } from '../values.ts'

const USERS = '/Client/v2/Services/:ServiceSid/Users'

export const userRoutes: Route[] = [
  route('GET', USERS, (request, peer) => listUsersOf(request.query.ConversationSid, request, peer)),
  route('GET', `${USERS}/*User`, fetchUser),
  route('POST', `${USERS}/*User`, update),
]

export async function fetchUser({ params, query }: RoutedRequest, peer: Peer): Promise<Answer> {
  return { status: 200, body: userDescriptor(await requireUserAt(peer, params.User ?? '', query), peer.urls) }
}

/** The users that are members of a channel that the caller is in. */
export async function listUsersOf(
  channelSid: string | undefined,
  { query }: RoutedRequest,
  { chat, caller, urls }: Peer,
): Promise<Answer> {
  if (!channelSid) throw errors.missingParameter('ConversationSid')
  const channel = await requireReadableChannel(chat, caller, channelSid)
  const request = readDirectoryPage(query)
  const page = await listMemberUsers(chat, channel, request)
  return directoryPage('users', request, page, (user) => userDescriptor(user, urls))
}

async function update({ params, query, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const fields = body()
  const user = await requireUserAt(peer, params.User ?? '', query)
  const updated = await updateUser(peer.chat, peer.caller, { sid: user.serviceSid }, user, {
    friendlyName: nullableText(fields, 'friendly_name'),
    attributes: optionalAttributes(fields),
  })
  return { status: 200, body: userDescriptor(updated, peer.urls) }
}
