// Post-event and channel webhooks: what has happened becomes jobs, in the transaction of the change itself.
import { randomUUID } from 'node:crypto'
import type { Caller } from '../chat/caller.ts'
import type { Listener } from '../chat/chat.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { WebhookDialect } from '../chat/webhook-dialect.ts'
import { newSid, type Sid } from '../lib/sid.ts'
import { type ChannelWebhook, listChannelWebhooks } from '../store/channel-webhooks.ts'
import type { Tx } from '../store/database.ts'
import { insertDelivery } from '../store/deliveries.ts'
import { joinLane, webhookQueue } from '../store/lanes.ts'
import { findServiceBySid, findWebhookUse, type Service } from '../store/services.ts'
import { eventFacts } from './facts.ts'
import { isSelected } from './pre-events.ts'

export type PostEventOptions = {
  dialect: WebhookDialect
  /** Where the flows of `studio` webhooks are reached; one without an address is not called. */
  studioFlows: ReadonlyMap<string, string>
  limits: { channelWebhooks: number }
  /** Called after a commit that brought jobs. */
  wake(): void
}

type Target = { url: string; method: 'GET' | 'POST'; retryLimit: number; webhookSid: Sid<'WH'> | null }

export function createPostEvents(options: PostEventOptions): Listener {
  const withJobs = new WeakSet<readonly ChatEvent[]>()
  return {
    async record(tx, events) {
      for (const event of events) {
        if (wantsWebhooks(event.by) && (await recordEvent(options, tx, event))) withJobs.add(events)
      }
    },
    publish(events) {
      if (withJobs.has(events) || events.some(({ type }) => type === 'delivery.replayed')) options.wake()
    },
  }
}

/** A user's actions always; the account's only where the request said so (rest-v2.md §1.11). */
function wantsWebhooks(by: Caller): boolean {
  return by.kind === 'user' || by.webhooks
}

/** True when it brought jobs. */
async function recordEvent(options: PostEventOptions, tx: Tx, event: ChatEvent): Promise<boolean> {
  const name = options.dialect.nameOfEvent(event)
  if (name === null) return false
  const channelSid = channelOf(event)
  const use = await findWebhookUse(tx, event.serviceSid, channelSid)
  if (!use || !(use.hasPost || use.channelHasOwn)) return false
  const service = await findServiceBySid(tx, event.serviceSid)
  if (!service) return false
  const targets = [
    ...serviceTargets(service, name),
    ...(channelSid === null || !use.channelHasOwn
      ? []
      : await channelTargets(options, tx, channelSid, name, event)),
  ]
  if (targets.length === 0) return false
  const parameters = JSON.stringify(
    options.dialect.describeEvent(event, await eventFacts(tx, event, service)),
  )
  for (const target of targets) {
    await enqueue(tx, event, { name, channelSid, accountSid: service.accountSid, parameters }, target)
  }
  return true
}

async function enqueue(
  tx: Tx,
  event: ChatEvent,
  call: { name: string; channelSid: Sid<'CH'> | null; accountSid: Sid<'AC'>; parameters: string },
  target: Target,
): Promise<void> {
  const lane = `${call.channelSid ?? subjectOf(event)} ${target.url}`
  await insertDelivery(tx, {
    sid: newSid('WD'),
    accountSid: call.accountSid,
    serviceSid: event.serviceSid,
    channelSid: call.channelSid,
    webhookSid: target.webhookSid,
    event: call.name,
    lane,
    seq: await joinLane(tx, webhookQueue, lane, target.url, event.at),
    target: target.url,
    url: target.url,
    method: target.method,
    parameters: call.parameters,
    idempotencyToken: randomUUID(),
    retryLimit: target.retryLimit,
    state: 'waiting',
    attempts: 0,
    retries: 0,
    lastAttemptAt: null,
    durationMs: null,
    responseStatus: null,
    responseBody: null,
    error: null,
    createdAt: event.at,
    updatedAt: event.at,
  })
}

function serviceTargets(service: Service, name: string): Target[] {
  if (!service.postWebhookUrl || !isSelected(service, name)) return []
  return [
    {
      url: service.postWebhookUrl,
      method: service.webhookMethod === 'GET' ? 'GET' : 'POST',
      retryLimit: service.postWebhookRetryCount,
      webhookSid: null,
    },
  ]
}

async function channelTargets(
  { studioFlows, limits }: PostEventOptions,
  tx: Tx,
  channelSid: Sid<'CH'>,
  name: string,
  event: ChatEvent,
): Promise<Target[]> {
  const { items } = await listChannelWebhooks(tx, channelSid, { size: limits.channelWebhooks, from: null })
  return items.flatMap((webhook) => {
    const url = webhook.type === 'studio' ? studioFlows.get(webhook.flowSid ?? '') : webhook.url
    if (!url || !takes(webhook, name, event)) return []
    return [
      {
        url,
        method: webhook.method === 'GET' ? 'GET' : 'POST',
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

function channelOf(event: ChatEvent): Sid<'CH'> | null {
  return 'channel' in event ? event.channel.sid : null
}

/** Events outside a channel go in order for each user. */
function subjectOf(event: ChatEvent): string {
  return 'user' in event ? event.user.sid : event.serviceSid
}
