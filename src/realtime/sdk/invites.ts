// Invitations in the REST dialect (realtime-protocol.md §8.3).
import { errors } from '../../chat/errors.ts'
import { createInvite, deleteInvite, requireInviteOf } from '../../chat/invites.ts'
import { namesOf, requireChannelAt, requireNamed } from '../directory/find.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { requiredText } from '../values.ts'
import { CONVERSATION } from './channels.ts'

export const inviteRoutes: Route[] = [
  route('POST', `${CONVERSATION}/Invites`, invite),
  route('DELETE', `${CONVERSATION}/Invites/*Identity`, decline),
]

async function invite({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const identity = requiredText(body(), 'identity')
  const channel = await requireChannelAt(peer, params.Key)
  const { sid } = await createInvite(peer.chat, peer.caller, channel, { identity })
  return { status: 201, body: { sid, identity, conversation_sid: channel.sid } }
}

async function decline({ params, query }: RoutedRequest, peer: Peer): Promise<Answer> {
  const channel = await requireChannelAt(peer, params.Key)
  const names = namesOf(peer, params.Identity ?? '', query)
  const invite = await requireNamed(names, errors.inviteNotFound, (identity) =>
    requireInviteOf(peer.chat, channel, identity),
  )
  await deleteInvite(peer.chat, peer.caller, channel, invite)
  return { status: 204, body: null }
}
