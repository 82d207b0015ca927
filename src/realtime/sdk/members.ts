// Members in the REST dialect (realtime-protocol.md §8.3), where they are called participants.
import { errors } from '../../chat/errors.ts'
import { addMember, removeMember, updateMember } from '../../chat/members.ts'
import { isoDate } from '../../lib/iso-date.ts'
import type { Member } from '../../store/members.ts'
import { requireChannelAt, requireMemberToChangeAt } from '../directory/find.ts'
import type { Peer } from '../peer.ts'
import { type Route, type RoutedRequest, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { optionalAttributes, requiredText } from '../values.ts'
import { CONVERSATION } from './channels.ts'

const PARTICIPANTS = `${CONVERSATION}/Participants`
/** Identities may hold slashes and are not encoded by some SDKs. */
const PARTICIPANT = `${PARTICIPANTS}/*Member`

export const memberRoutes: Route[] = [
  route('POST', PARTICIPANTS, add),
  route('POST', PARTICIPANT, update),
  route('DELETE', PARTICIPANT, remove),
]

async function add({ params, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const fields = body()
  if (fields.messaging_binding !== undefined) {
    throw errors.badRequest('Participants that are no chat users are not supported')
  }
  const channel = await requireChannelAt(peer, params.Key)
  const member = await addMember(peer.chat, peer.caller, channel, {
    identity: requiredText(fields, 'identity'),
    attributes: optionalAttributes(fields),
  })
  return { status: 201, body: present(member) }
}

async function update({ params, query, body }: RoutedRequest, peer: Peer): Promise<Answer> {
  const channel = await requireChannelAt(peer, params.Key)
  const member = await requireMemberToChangeAt(
    peer,
    channel,
    'editAnyMemberAttributes',
    params.Member ?? '',
    query,
  )
  const updated = await updateMember(peer.chat, peer.caller, channel, member, {
    attributes: optionalAttributes(body()),
  })
  return { status: 200, body: present(updated) }
}

async function remove({ params, query }: RoutedRequest, peer: Peer): Promise<Answer> {
  const channel = await requireChannelAt(peer, params.Key)
  const member = await requireMemberToChangeAt(peer, channel, 'removeMember', params.Member ?? '', query)
  await removeMember(peer.chat, peer.caller, channel, member)
  return { status: 204, body: null }
}

function present(member: Member): object {
  return {
    sid: member.sid,
    conversation_sid: member.channelSid,
    identity: member.identity,
    role_sid: member.roleSid,
    attributes: member.attributes,
    last_read_message_index: member.lastReadIndex,
    last_consumed_message_index: member.lastReadIndex,
    date_created: isoDate(member.createdAt),
    date_updated: isoDate(member.updatedAt),
  }
}
