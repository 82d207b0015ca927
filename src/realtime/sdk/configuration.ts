// `GET /Client/v1|v2/Configuration` (realtime-protocol.md §8.1): where a client of the REST dialect finds everything.
import { requireService } from '../../chat/services.ts'
import type { Peer } from '../peer.ts'
import { type Route, route } from '../router.ts'
import type { Answer } from '../tunnel.ts'
import { OWN_CHANNELS_PAGE } from './own-channels.ts'

/** SDKs keep answers of GETs for a tenth of this. */
const HTTP_CACHE = 'PT1S'
const USER_INFOS = 100
const MEDIA_PER_MESSAGE = 10
const MIME_TYPES = ['text/plain', 'text/html']

export const configurationRoutes: Route[] = ['v1', 'v2'].map((version) =>
  route('GET', `/Client/${version}/Configuration`, (_request, peer) => configure(version, peer)),
)

async function configure(version: string, { chat, caller, urls }: Peer): Promise<Answer> {
  const service = await requireService(chat, caller, caller.serviceSid)
  const { identity, userSid } = caller
  return {
    status: 200,
    body: {
      identity,
      url: urls.configuration(version),
      options: {
        consumption_report_interval: `PT${service.consumptionReportInterval}S`,
        user_infos_to_subscribe: USER_INFOS,
        reachability_enabled: service.reachabilityEnabled === 1,
        http_cache_interval: HTTP_CACHE,
        my_conversations_page_size: OWN_CHANNELS_PAGE,
        media_attachments_count_limit: MEDIA_PER_MESSAGE,
        media_attachment_size_limit_in_mb: service.mediaSizeLimitMb,
        media_attachments_total_size_limit_in_mb: service.mediaSizeLimitMb,
        email_histories_allowed_mime_types: MIME_TYPES,
        email_bodies_allowed_mime_types: MIME_TYPES,
      },
      sync_objects: { my_conversations: `${userSid}.channels`, my_user_info: `${userSid}.info` },
      links: {
        conversations: urls.conversations,
        my_conversations: urls.ownConversations(version, userSid),
        users: urls.users,
        current_user: urls.user(userSid),
        typing: urls.typing,
        messages_receipts: urls.receipts,
        media_service: urls.media,
        media_set_service: urls.mediaSet,
      },
    },
  }
}
