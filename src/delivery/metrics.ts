import { Counter, Gauge, type Registry } from 'prom-client'
import type { Queryable } from '../store/database.ts'
import { measureQueue, type Queue } from '../store/lanes.ts'
import type { Verdict } from './verdict.ts'

type QueueMetrics = {
  /** Counts an attempt. `target` names few things: a host, a provider. */
  observe(target: string, verdict: Verdict): void
}

type QueueMetricsOptions = {
  registry: Registry
  db: Queryable
  queue: Queue
  /** What the queue sends, in the singular. */
  noun: 'webhook' | 'push'
  now(): number
}

/** Queue figures are read when they are asked for. */
export function createQueueMetrics({ registry, db, queue, noun, now }: QueueMetricsOptions): QueueMetrics {
  const attempts = new Counter({
    name: `parley_${noun}_attempts_total`,
    help: `Attempts to deliver a ${noun}, by target and result`,
    labelNames: ['target', 'result'],
    registers: [registry],
  })
  // While the database is away, the figures stay as they were: the others are what matters then.
  const figures = () => measureQueue(db, queue).catch(() => null)
  new Gauge({
    name: `parley_${noun}_queue_depth`,
    help: `Deliveries of a ${noun} that wait`,
    registers: [registry],
    async collect() {
      const measured = await figures()
      if (measured) this.set(measured.depth)
    },
  })
  new Gauge({
    name: `parley_${noun}_queue_oldest_seconds`,
    help: `Age of the oldest delivery of a ${noun} that waits`,
    registers: [registry],
    async collect() {
      const measured = await figures()
      if (measured) this.set(measured.oldest === null ? 0 : Math.max(0, (now() - measured.oldest) / 1000))
    },
  })
  return {
    observe(target, { kind }) {
      attempts.labels(target, kind).inc()
    },
  }
}
