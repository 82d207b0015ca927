// Typing indicators (realtime-protocol.md §10): told to the other members who are connected, and kept nowhere.
import { requireReadableChannel } from '../chat/channel-views.ts'
import { requireService } from '../chat/services.ts'
import { encodeAnnouncement } from './announcements.ts'
import type { Peer } from './peer.ts'
import { type Route, type RoutedRequest, route } from './router.ts'
import { syncSidOf } from './sync/objects.ts'
import type { Answer } from './tunnel.ts'
import { requiredText } from './values.ts'

/** Added for receivers, as the repeat of a signal needs time to arrive. Seconds. */
const LATENCY_ALLOWANCE = 1

export const typingRoutes: Route[] = [
  route('POST', '/v1/typing', signal),
  route('POST', '/v1/Instances/:ServiceSid/Typing', signal),
]

async function signal({ body }: RoutedRequest, { chat, caller, bus }: Peer): Promise<Answer> {
  const channel = await requireReadableChannel(chat, caller, requiredText(body(), 'ChannelSid'))
  const { typingIndicatorTimeout: seconds } = await requireService(chat, caller, caller.serviceSid)
  // Everyone with the roster open is a member who can be shown it.
  bus.publish(syncSidOf({ kind: 'roster', sid: channel.sid }), () =>
    encodeAnnouncement({
      kind: 'typing',
      userSid: caller.userSid,
      json: JSON.stringify({
        channel_sid: channel.sid,
        identity: caller.identity,
        typing_timeout: seconds + LATENCY_ALLOWANCE,
      }),
    }),
  )
  return { status: 200, body: { typing_timeout: seconds } }
}
