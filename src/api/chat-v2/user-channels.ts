import { requireChannel } from '../../chat/channels.ts'
import { errors } from '../../chat/errors.ts'
import { requireService } from '../../chat/services.ts'
import {
  type ChannelOfUser,
  fetchUserChannel as fetch,
  leaveUserChannel as leave,
  listUserChannels as list,
  updateUserChannel as update,
} from '../../chat/user-channels.ts'
import { requireUser } from '../../chat/users.ts'
import type { User } from '../../store/users.ts'
import { type Fields, instant, integer, oneOf } from '../http/fields.ts'
import { listOperation, operation, type Request } from '../http/operation.ts'
import { sidTokens } from '../http/page-tokens.ts'
import { enumSchema, integerSchema, links, nullable, resource, sidSchema, uri } from '../http/resource.ts'
import { channelUrl, memberUrl, userUrl } from './urls.ts'

type OfUser = { user: User; channel: ChannelOfUser }

const COLLECTION = '/v2/Services/:ServiceSid/Users/:UserSid/Channels'
const INSTANCE = '/v2/Services/:ServiceSid/Users/:UserSid/Channels/:ChannelSid'
const LEVELS = ['default', 'muted'] as const
const STATUS = { joined: 'joined', invited: 'invited', notParticipating: 'not_participating' } as const

const userChannel = resource(
  'UserChannel',
  {
    account_sid: sidSchema('AC'),
    service_sid: sidSchema('IS'),
    channel_sid: sidSchema('CH'),
    user_sid: sidSchema('US'),
    member_sid: nullable(sidSchema('MB')),
    status: enumSchema(...Object.values(STATUS)),
    last_consumed_message_index: nullable(integerSchema),
    unread_messages_count: nullable(integerSchema),
    notification_level: enumSchema(...LEVELS),
    url: uri,
    links,
  },
  ({ user, channel }: OfUser, context) => {
    const place = { serviceSid: user.serviceSid, channelSid: channel.channelSid }
    return {
      account_sid: context.accountSid,
      service_sid: user.serviceSid,
      channel_sid: channel.channelSid,
      user_sid: user.sid,
      member_sid: channel.memberSid,
      status: STATUS[channel.status],
      last_consumed_message_index: channel.lastReadIndex,
      unread_messages_count: channel.unreadCount,
      notification_level: channel.notificationLevel,
      url: `${userUrl(context, user, user.sid)}/Channels/${channel.channelSid}`,
      links: {
        channel: channelUrl(context, place),
        member: channel.memberSid && memberUrl(context, place, channel.memberSid),
      },
    }
  },
)

/** The user and the channel that the path names. */
async function requireBoth({
  chat,
  caller,
  path,
}: Pick<Request<typeof INSTANCE, Fields, Fields>, 'chat' | 'caller' | 'path'>) {
  const service = await requireService(chat, caller, path.ServiceSid)
  const user = await requireUser(chat, service, path.UserSid)
  return { user, channel: await requireChannel(chat, caller, path.ServiceSid, path.ChannelSid) }
}

export const listUserChannels = listOperation({
  id: 'ListUserChannel',
  summary: 'List the channels that a user is in or invited to',
  path: COLLECTION,
  key: 'channels',
  // The hosted service gave 50: a user's list of channels was a chain of requests (rest-v2.md §10).
  maxPageSize: 1000,
  tokens: sidTokens('CH'),
  async run({ chat, caller, path, page }) {
    const user = await requireUser(chat, await requireService(chat, caller, path.ServiceSid), path.UserSid)
    const { items, ...places } = await list(chat, user, page)
    return { items: items.map((channel) => ({ user, channel })), ...places }
  },
  resource: userChannel,
})

export const fetchUserChannel = operation({
  id: 'FetchUserChannel',
  summary: "Fetch a channel as one user sees it, with the user's unread count",
  method: 'GET',
  path: INSTANCE,
  status: 200,
  async run(request) {
    const { user, channel } = await requireBoth(request)
    return { user, channel: await fetch(request.chat, user, channel) }
  },
  resource: userChannel,
})

export const updateUserChannel = operation({
  id: 'UpdateUserChannel',
  summary: "Set a user's read horizon and notification level in a channel",
  method: 'POST',
  path: INSTANCE,
  status: 200,
  form: {
    NotificationLevel: oneOf(LEVELS, errors.invalidNotificationLevel).optional,
    LastConsumedMessageIndex: integer(errors.invalidReadIndex).nullable,
    LastConsumptionTimestamp: instant(errors.invalidConsumptionTimestamp).optional,
  },
  async run(request) {
    const { chat, caller, form } = request
    const { user, channel } = await requireBoth(request)
    const change = {
      notificationLevel: form.NotificationLevel,
      lastReadIndex: form.LastConsumedMessageIndex,
      lastReadAt: form.LastConsumptionTimestamp,
    }
    await update(chat, caller, user, channel, change)
    return { user, channel: await fetch(chat, user, channel) }
  },
  resource: userChannel,
})

export const deleteUserChannel = operation({
  id: 'DeleteUserChannel',
  summary: 'Remove a user from a channel',
  method: 'DELETE',
  path: INSTANCE,
  status: 204,
  webhookHeader: true,
  async run(request) {
    const { user, channel } = await requireBoth(request)
    await leave(request.chat, request.caller, user, channel)
  },
})
