// Whom an event is told: the service's webhook, and those of the channel.
import type { ChatEvent } from '../chat/events.ts'
import type { Sid } from '../lib/sid.ts'
import { type ChannelWebhook, listKeptChannelWebhooks } from '../store/channel-webhooks.ts'
import type { Tx } from '../store/database.ts'
import type { Service } from '../store/services.ts'
import { isSelected, methodOf } from './webhook-rules.ts'

export type TargetOptions = {
  /** Where the flows of `studio` webhooks are reached; one without an address is not called. */
  studioFlows: ReadonlyMap<string, string>
  limits: { channelWebhooks: number }
}

export type Target = {
  url: string
  method: 'GET' | 'POST'
  retryLimit: number
  /** Null for the service's own. */
  webhookSid: Sid<'WH'> | null
}

/** The service's own webhook, if it wants this event. */
export function serviceTargets(service: Service, name: string): Target[] {
  if (!service.postWebhookUrl || !isSelected(service, name)) return []
  return [
    {
      url: service.postWebhookUrl,
      method: methodOf(service.webhookMethod),
      retryLimit: service.postWebhookRetryCount,
      webhookSid: null,
    },
  ]
}

/** The channel's webhooks that want this event. */
export async function channelTargets(
  { studioFlows, limits }: TargetOptions,
  tx: Tx,
  channelSid: Sid<'CH'>,
  name: string,
  event: ChatEvent,
): Promise<Target[]> {
  const webhooks = await listKeptChannelWebhooks(tx, channelSid, limits.channelWebhooks)
  return webhooks.flatMap((webhook) => {
    const url = webhook.type === 'studio' ? studioFlows.get(webhook.flowSid ?? '') : webhook.url
    if (!url || !takes(webhook, name, event)) return []
    return [
      {
        url,
        method: methodOf(webhook.method),
        retryLimit: webhook.retryCount ?? 0,
        webhookSid: webhook.sid,
      },
    ]
  })
}

/** A trigger fires where the text of a new message contains one of its words, in any case (rest-v2.md §2.11). */
function takes(webhook: ChannelWebhook, name: string, event: ChatEvent): boolean {
  if (webhook.type === 'webhook') return list(webhook.filters).includes(name)
  if (event.type !== 'message.sent' || event.message.media !== null) return false
  if (webhook.type === 'studio') return true
  const body = (event.message.body ?? '').toLowerCase()
  return list(webhook.triggers).some((trigger) => body.includes(trigger.toLowerCase()))
}

function list(json: string | null): string[] {
  return json === null ? [] : JSON.parse(json)
}
