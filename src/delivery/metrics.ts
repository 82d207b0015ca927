import { Counter, Gauge, type Registry } from 'prom-client'
import type { Queryable } from '../store/database.ts'
import type { Delivery } from '../store/deliveries.ts'
import { measureQueue } from '../store/delivery-lanes.ts'
import type { Verdict } from './attempt.ts'

export type DeliveryMetrics = { observe(delivery: Delivery, verdict: Verdict): void }

/** Queue figures are read when they are asked for. Targets are named by host, so that labels stay few. */
export function createDeliveryMetrics(registry: Registry, db: Queryable, now: () => number): DeliveryMetrics {
  const attempts = new Counter({
    name: 'parley_webhook_attempts_total',
    help: 'Attempts to deliver a webhook, by host and result',
    labelNames: ['target', 'result'],
    registers: [registry],
  })
  // While the database is away, the figures stay as they were: the others are what matters then.
  const figures = () => measureQueue(db).catch(() => null)
  new Gauge({
    name: 'parley_webhook_queue_depth',
    help: 'Deliveries that wait',
    registers: [registry],
    async collect() {
      const queue = await figures()
      if (queue) this.set(queue.depth)
    },
  })
  new Gauge({
    name: 'parley_webhook_queue_oldest_seconds',
    help: 'Age of the oldest delivery that waits',
    registers: [registry],
    async collect() {
      const queue = await figures()
      if (queue) this.set(queue.oldest === null ? 0 : Math.max(0, (now() - queue.oldest) / 1000))
    },
  })
  return {
    observe({ url }, { kind }) {
      attempts.labels(URL.parse(url)?.host ?? 'unknown', kind).inc()
    },
  }
}
