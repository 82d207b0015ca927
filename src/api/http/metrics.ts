import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { ByValues } from '../../lib/by-values.ts'

export type HttpMetrics = {
  registry: Registry
  /** `operation` is a name of ours, never a path: labels must not grow with the data. */
  observe(operation: string, status: number, seconds: number): void
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export function createHttpMetrics(): HttpMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'parley_http_request_duration_seconds',
    help: 'Time from request to answer, by operation',
    labelNames: ['operation'],
    buckets: BUCKETS,
    registers: [registry],
  })
  const requests = new Counter({
    name: 'parley_http_requests_total',
    help: 'Answers, by operation and status',
    labelNames: ['operation', 'status'],
    registers: [registry],
  })
  // Kept for each pair: looking the labels up costs more than counting.
  const byLabels = new ByValues<(seconds: number) => void>()
  const observerOf = (operation: string, status: number): ((seconds: number) => void) => {
    const [durations, answers] = [duration.labels(operation), requests.labels(operation, String(status))]
    return (seconds) => {
      durations.observe(seconds)
      answers.inc()
    }
  }
  return {
    registry,
    observe(operation, status, seconds) {
      byLabels.ensure([operation, status], () => observerOf(operation, status))(seconds)
    },
  }
}
