// The last hour of the server in figures, sampled from its metrics: what the charts of the console show.
import { Counter, type MetricObjectWithValues, type MetricValue, type Registry } from 'prom-client'
import type { Listener } from '../../chat/chat.ts'

export type Sample = {
  /** Milliseconds since 1970. */
  at: number
  connections: number
  /** Each second, since the sample before. */
  messages: number
  requests: number
  /** Milliseconds of requests over HTTP and sockets; null when there were none. */
  p50: number | null
  p95: number | null
  /** Webhook deliveries that wait. */
  queue: number
  /** Bytes. */
  memory: number
}

export type Activity = {
  /** Counts what happens. */
  listener: Listener
  /** Oldest first. */
  samples(): readonly Sample[]
  start(): void
  stop(): Promise<void>
}

type Metric = MetricObjectWithValues<MetricValue<string>>
/** Counters at one moment. */
type Reading = { at: number; messages: number; buckets: ReadonlyMap<number, number> }

const INTERVAL_MS = 5_000
const KEPT = 720
const LATENCIES = ['parley_http_request_duration_seconds', 'parley_socket_request_seconds']

export function createActivity(
  registry: Registry,
  now: () => number,
  onError: (error: unknown) => void,
): Activity {
  const events = new Counter({
    name: 'parley_chat_events_total',
    help: 'What has happened in the chat, by type',
    labelNames: ['type'],
    registers: [registry],
  })
  const samples: Sample[] = []
  let before: Reading | undefined
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  const take = async (): Promise<void> => {
    const metrics = (await registry.getMetricsAsJSON()) as unknown as Metric[]
    const reading = readCounters(metrics, now())
    if (before) samples.push(compare(before, reading, metrics))
    if (samples.length > KEPT) samples.shift()
    before = reading
  }
  const takeSafely = (): void => {
    running = take().catch(onError)
  }
  return {
    listener: {
      publish: (list) => {
        for (const { type } of list) events.inc({ type })
      },
    },
    samples: () => samples,
    start() {
      takeSafely()
      timer = setInterval(takeSafely, INTERVAL_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}

function readCounters(metrics: readonly Metric[], at: number): Reading {
  const buckets = new Map<number, number>()
  for (const name of LATENCIES) {
    for (const { labels, value, metricName } of valuesOf(metrics, name)) {
      if (!metricName?.endsWith('_bucket')) continue
      const limit = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
      buckets.set(limit, (buckets.get(limit) ?? 0) + value)
    }
  }
  const sent = valuesOf(metrics, 'parley_chat_events_total').find(
    ({ labels }) => labels.type === 'message.sent',
  )
  return { at, messages: sent?.value ?? 0, buckets }
}

function compare(before: Reading, reading: Reading, metrics: readonly Metric[]): Sample {
  const seconds = Math.max(0.001, (reading.at - before.at) / 1000)
  const counts = [...reading.buckets]
    .map(([limit, count]): [number, number] => [limit, count - (before.buckets.get(limit) ?? 0)])
    .sort(([a], [b]) => a - b)
  const requests = counts.at(-1)?.[1] ?? 0
  return {
    at: reading.at,
    connections: gauge(metrics, 'parley_socket_connections'),
    messages: (reading.messages - before.messages) / seconds,
    requests: requests / seconds,
    p50: quantile(counts, 0.5),
    p95: quantile(counts, 0.95),
    queue: gauge(metrics, 'parley_webhook_queue_depth'),
    memory: gauge(metrics, 'process_resident_memory_bytes'),
  }
}

/** Milliseconds, taken evenly within the bucket; `counts` are cumulative, by limits in seconds. */
export function quantile(counts: readonly (readonly [number, number])[], part: number): number | null {
  const total = counts.at(-1)?.[1] ?? 0
  if (total <= 0) return null
  const wanted = total * part
  let [lower, below] = [0, 0]
  for (const [limit, count] of counts) {
    if (count >= wanted) {
      const upper = Number.isFinite(limit) ? limit : lower
      return 1000 * (lower + ((upper - lower) * (wanted - below)) / Math.max(1, count - below))
    }
    lower = limit
    below = count
  }
  return null
}

function gauge(metrics: readonly Metric[], name: string): number {
  return valuesOf(metrics, name)[0]?.value ?? 0
}

function valuesOf(
  metrics: readonly Metric[],
  name: string,
): MetricValue<string>[] & { metricName?: string }[] {
  return (metrics.find((metric) => metric.name === name)?.values ?? []) as MetricValue<string>[] &
    { metricName?: string }[]
}
