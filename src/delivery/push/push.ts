// Push put together: recording what has happened, finding whom to tell, telling them.
import type { Registry } from 'prom-client'
import type { Chat, Listener } from '../../chat/chat.ts'
import type { Logger } from '../../lib/logger.ts'
import { pushQueue } from '../../store/lanes.ts'
import { createQueueMetrics } from '../metrics.ts'
import { startPruner } from '../pruner.ts'
import { LaneWorker } from '../worker.ts'
import type { PushDialects } from './compose.ts'
import { createPushListener } from './listener.ts'
import { PushPlanner } from './planner.ts'
import { createPushJobs } from './push-jobs.ts'
import { createSenders, type ProviderSettings } from './senders.ts'

export type PushSettings = ProviderSettings & {
  /** How long after the event a push is still of use. */
  ttlMs: number
  /** How long ended pushes are kept. */
  retentionMs: number
}

type PushOptions = {
  chat: Chat
  dialects: PushDialects
  settings: PushSettings
  registry: Registry
  logger: Logger
}

type PushParts = {
  listener: Listener
  /** Sends from now on, first what an earlier process left. Devices that are gone are removed: whoever wants to hear of that listens already. */
  start(): void
  /** Resolves once the running attempts are over and their results are kept. */
  stop(): Promise<void>
}

export function createPush({ chat, dialects, settings, registry, logger }: PushOptions): PushParts {
  const { db } = chat
  const now = (): number => chat.now()
  const queue = pushQueue
  const onError = (err: unknown): void => logger.error({ err }, 'push failed')
  const metrics = createQueueMetrics({ registry, db, queue, noun: 'push', now })
  const senders = createSenders(settings, now)
  const kind = createPushJobs({
    chat,
    senders,
    ttlMs: settings.ttlMs,
    observe: ({ bindingType }, verdict) => metrics.observe(bindingType, verdict),
  })
  const worker = new LaneWorker({ db, kind, now, onError })
  const planner = new PushPlanner({ db, dialects, onQueued: () => worker.wake(), onError })
  let stopPruner = async (): Promise<void> => {}
  return {
    listener: createPushListener(() => planner.wake()),
    start() {
      stopPruner = startPruner({ db, queue, now, retentionMs: settings.retentionMs, onError })
      worker.wake()
      planner.wake()
    },
    async stop() {
      await stopPruner()
      await planner.stop()
      await worker.stop()
      senders.close()
    },
  }
}
