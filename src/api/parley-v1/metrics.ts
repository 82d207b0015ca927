// Beyond the vendor's API: how the server has been doing.
import { isoDate } from '../../lib/iso-date.ts'
import { type Operation, operation } from '../http/operation.ts'
import { resource } from '../http/resource.ts'
import type { Sample } from './activity.ts'

const number = { type: 'number' }
const sampleSchema = {
  type: 'object',
  properties: {
    date: { type: 'string', format: 'date-time' },
    connections: number,
    messages_per_second: number,
    requests_per_second: number,
    p50_ms: { ...number, nullable: true },
    p95_ms: { ...number, nullable: true },
    queue_depth: number,
    memory_bytes: number,
  },
}

const metrics = resource(
  'Metrics',
  { samples: { type: 'array', items: sampleSchema } },
  (samples: readonly Sample[]) => ({
    samples: samples.map((sample) => ({
      date: isoDate(sample.at),
      connections: sample.connections,
      messages_per_second: sample.messages,
      requests_per_second: sample.requests,
      p50_ms: sample.p50,
      p95_ms: sample.p95,
      queue_depth: sample.queue,
      memory_bytes: sample.memory,
    })),
  }),
)

export function metricsOperation(samples: () => readonly Sample[]): Operation {
  return operation({
    id: 'FetchMetrics',
    summary: 'Fetch figures of the last hour, a sample each five seconds, oldest first',
    method: 'GET',
    path: '/parley/v1/Metrics',
    status: 200,
    run: async () => samples(),
    resource: metrics,
  })
}
