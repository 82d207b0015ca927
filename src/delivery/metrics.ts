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
  const oldest = new Gauge({
    name: 'parley_webhook_queue_oldest_seconds',
    help: 'Age of the oldest delivery that waits',
    registers: [registry],
  })
  new Gauge({
    name: 'parley_webhook_queue_depth',
    help: 'Deliveries that wait',
    registers: [registry],
    async collect() {
      // While the database is away, the other figures are what matters.
      const figures = await measureQueue(db).catch(() => null)
      if (figures === null) return
      this.set(figures.depth)
      oldest.set(figures.oldest === null ? 0 : Math.max(0, (now() - figures.oldest) / 1000))
    },
  })
  return {
    observe({ url }, { kind }) {
      attempts.labels(URL.parse(url)?.host ?? 'unknown', kind).inc()
    },
  }
}
