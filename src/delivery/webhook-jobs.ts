// Webhook deliveries as the jobs of a worker.
import { type Delivery, findNextDelivery, updateDelivery } from '../store/deliveries.ts'
import { webhookQueue } from '../store/lanes.ts'
import { attempt, isTargetFailure, judge, withResult } from './attempt.ts'
import type { WebhookCaller } from './http-caller.ts'
import type { JobKind } from './job-kind.ts'
import type { Verdict } from './verdict.ts'

const LANES_PER_TARGET = 16

type WebhookJobOptions = {
  caller: WebhookCaller
  now(): number
  /** Told of each attempt. */
  observe(delivery: Delivery, verdict: Verdict): void
}

export function createWebhookJobs({ caller, now, observe }: WebhookJobOptions): JobKind<Delivery> {
  return {
    queue: webhookQueue,
    lanesPerTarget: LANES_PER_TARGET,
    findNext: findNextDelivery,
    async attempt(delivery, isProbe) {
      const result = await attempt(caller, delivery)
      const verdict = judge(delivery, result, isProbe)
      observe(delivery, verdict)
      return {
        verdict,
        targetFailure: isTargetFailure(result) ? { pauseMs: null } : null,
        save: (tx) => updateDelivery(tx, withResult(delivery, result, verdict, now())),
      }
    },
  }
}
