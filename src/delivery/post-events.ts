// Post-event and channel webhooks: what has happened becomes jobs, in the transaction of the change itself.
import { randomUUID } from 'node:crypto'
import type { Caller } from '../chat/caller.ts'
import type { Listener } from '../chat/chat.ts'
import type { ChatEvent } from '../chat/events.ts'
import type { WebhookDialect } from '../chat/webhook-dialect.ts'
import { newSid, type Sid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import { type Delivery, insertDelivery } from '../store/deliveries.ts'
import { findKeptService, findWebhookUse } from '../store/services.ts'
import { eventFacts } from './facts.ts'
import { channelTargets, serviceTargets, type Target, type TargetOptions } from './targets.ts'
import type { LaneWorker } from './worker.ts'

type PostEventOptions = TargetOptions & {
  dialect: WebhookDialect
  /** Sends what has been put into its lanes. */
  worker: Pick<LaneWorker<Delivery>, 'join' | 'begin' | 'wake'>
}

/** What its webhooks are told of an event. */
type Call = { name: string; channelSid: Sid<'CH'> | null; accountSid: Sid<'AC'>; parameters: string }

export function createPostEvents(options: PostEventOptions): Listener {
  const jobsOf = new WeakMap<readonly ChatEvent[], Delivery[]>()
  return {
    async record(tx, events) {
      const jobs: Delivery[] = []
      for (const event of events) {
        if (wantsWebhooks(event.by)) jobs.push(...(await recordEvent(options, tx, event)))
      }
      if (jobs.length > 0) jobsOf.set(events, jobs)
    },
    publish(events) {
      const jobs = jobsOf.get(events)
      if (jobs) options.worker.begin(jobs)
      if (events.some(({ type }) => type === 'delivery.replayed')) options.worker.wake()
    },
  }
}

/** A user's actions always; the account's only where the request said so (rest-v2.md §1.11). */
function wantsWebhooks(by: Caller): boolean {
  return by.kind === 'user' || by.webhooks
}

/** The jobs that it brings. */
async function recordEvent(options: PostEventOptions, tx: Tx, event: ChatEvent): Promise<Delivery[]> {
  const name = options.dialect.nameOfEvent(event)
  if (name === null) return []
  const channelSid = channelOf(event)
  const use = await findWebhookUse(tx, event.serviceSid, channelSid)
  if (!use || !(use.hasPost || use.channelHasOwn)) return []
  const service = await findKeptService(tx, event.serviceSid)
  if (!service) return []
  const targets = [
    ...serviceTargets(service, name),
    ...(channelSid === null || !use.channelHasOwn
      ? []
      : await channelTargets(options, tx, channelSid, name, event)),
  ]
  if (targets.length === 0) return []
  const parameters = JSON.stringify(
    options.dialect.describeEvent(event, await eventFacts(tx, event, service)),
  )
  const call: Call = { name, channelSid, accountSid: service.accountSid, parameters }
  const jobs: Delivery[] = []
  for (const target of targets) jobs.push(await enqueue(options, tx, event, call, target))
  return jobs
}

async function enqueue(
  { worker }: PostEventOptions,
  tx: Tx,
  event: ChatEvent,
  call: Call,
  target: Target,
): Promise<Delivery> {
  const lane = `${call.channelSid ?? subjectOf(event)} ${target.url}`
  const delivery: Delivery = {
    sid: newSid('WD'),
    accountSid: call.accountSid,
    serviceSid: event.serviceSid,
    channelSid: call.channelSid,
    webhookSid: target.webhookSid,
    event: call.name,
    lane,
    seq: await worker.join(tx, { lane, target: target.url }, event.at),
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
  }
  insertDelivery(tx, delivery)
  return delivery
}

function channelOf(event: ChatEvent): Sid<'CH'> | null {
  return 'channel' in event ? event.channel.sid : null
}

/** Events outside a channel go in order for each user. */
function subjectOf(event: ChatEvent): string {
  return 'user' in event ? event.user.sid : event.serviceSid
}
