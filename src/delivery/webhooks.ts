// Webhooks put together: asking before, recording what has happened, sending it.
import type { Registry } from 'prom-client'
import type { AskBefore, Listener } from '../chat/chat.ts'
import type { Limits } from '../chat/limits.ts'
import type { WebhookDialect } from '../chat/webhook-dialect.ts'
import type { Logger } from '../lib/logger.ts'
import type { Database } from '../store/database.ts'
import { webhookQueue } from '../store/lanes.ts'
import { createWebhookCaller } from './http-caller.ts'
import { createQueueMetrics } from './metrics.ts'
import { createPostEvents } from './post-events.ts'
import { createPreWebhooks, type PreWebhookPolicy } from './pre-events.ts'
import { startPruner } from './pruner.ts'
import { createWebhookJobs } from './webhook-jobs.ts'
import { LaneWorker } from './worker.ts'

export type WebhookSettings = {
  policy: PreWebhookPolicy
  blockPrivate: boolean
  /** How long ended deliveries are kept. */
  retentionMs: number
  studioFlows: ReadonlyMap<string, string>
}

type WebhookOptions = {
  db: Database
  dialect: WebhookDialect
  settings: WebhookSettings
  authToken: string
  limits: Limits
  registry: Registry
  logger: Logger
  now(): number
}

type Webhooks = { askBefore: AskBefore; listener: Listener; stop(): Promise<void> }

/** Starts at once to send what an earlier process left. */
export function startWebhooks(options: WebhookOptions): Webhooks {
  const { db, dialect, settings, logger, now } = options
  const caller = createWebhookCaller({ authToken: options.authToken, blockPrivate: settings.blockPrivate })
  const queue = webhookQueue
  const metrics = createQueueMetrics({ registry: options.registry, db, queue, noun: 'webhook', now })
  const onError = (err: unknown): void => logger.error({ err }, 'webhook delivery failed')
  const kind = createWebhookJobs({
    caller,
    now,
    observe: ({ url }, verdict) => metrics.observe(URL.parse(url)?.host ?? 'unknown', verdict),
  })
  const worker = new LaneWorker({ db, kind, now, onError })
  const stopPruner = startPruner({ db, queue, now, retentionMs: settings.retentionMs, onError })
  worker.wake()
  return {
    askBefore: createPreWebhooks({ db, dialect, caller, policy: settings.policy, logger }),
    listener: createPostEvents({
      dialect,
      studioFlows: settings.studioFlows,
      limits: options.limits,
      worker,
    }),
    async stop() {
      await stopPruner()
      await worker.stop()
      caller.close()
    },
  }
}
