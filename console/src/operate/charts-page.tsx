import { lazy, type ReactNode } from 'react'
import { useResource } from '../api/queries.ts'
import type { Sample } from '../api/types.ts'
import { Page } from '../parts/page.tsx'
import { Empty, Fault, Reading } from '../parts/states.tsx'

// Charting is half of the program: it is fetched with the first look at it.
const Charts = lazy(async () => ({ default: (await import('./charts.tsx')).Charts }))

export function ChartsPage(): ReactNode {
  const { data, error, refetch } = useResource<{ samples: Sample[] }>('/parley/v1/Metrics', {
    everyMs: 5_000,
  })
  if (error) return <Fault error={error} retry={refetch} />
  return (
    <Page title="Charts" note="The last hour of this process. For longer, let Prometheus read /metrics.">
      {!data && <Reading />}
      {data && data.samples.length < 2 && (
        <Empty title="A moment, please">
          Figures are taken every five seconds; two are needed for a line.
        </Empty>
      )}
      {data && data.samples.length >= 2 && <Charts samples={data.samples} />}
    </Page>
  )
}
