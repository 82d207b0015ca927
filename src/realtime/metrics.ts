// Figures of the sockets for /metrics.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { ByValues } from '../lib/by-values.ts'

export type RealtimeMetrics = {
  /** One answered request; `route` is a pattern, never a path. Seconds. */
  observe(route: string, status: number, seconds: number): void
  refused(reason: string): void
}

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function createRealtimeMetrics(registry: Registry, connections: () => number): RealtimeMetrics {
  const requests = new Histogram({
    name: 'parley_socket_request_seconds',
    help: 'Requests over sockets by route and status',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  })
  new Gauge({
    name: 'parley_socket_connections',
    help: 'Open sockets of clients',
    registers: [registry],
    collect() {
      this.set(connections())
    },
  })
  const refusals = new Counter({
    name: 'parley_socket_refusals_total',
    help: 'Sockets that were refused, by reason',
    labelNames: ['reason'],
    registers: [registry],
  })
  // Kept for each pair: looking the labels up costs more than counting.
  const byLabels = new ByValues<Histogram.Internal<'route' | 'status'>>()
  return {
    observe(route, status, seconds) {
      byLabels.ensure([route, status], () => requests.labels(route, String(status))).observe(seconds)
    },
    refused: (reason) => refusals.inc({ reason }),
  }
}
