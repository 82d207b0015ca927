import { Button, Group, SegmentedControl, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { notifications } from '@mantine/notifications'
import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { extraPath, withQuery } from '../api/paths.ts'
import { change, useList } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { Delivery } from '../api/types.ts'
import { IconRefresh } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { plural, Time } from '../parts/texts.tsx'
import { DeliveryState } from './delivery-state.tsx'

const STATES = [
  { value: '', label: 'All' },
  { value: 'failed', label: 'Failed' },
  { value: 'waiting', label: 'Waiting' },
  { value: 'delivered', label: 'Delivered' },
]

const columnsOf = (service: string): readonly Column<Delivery>[] => [
  {
    title: 'Event',
    cell: ({ sid, event }) => (
      <Link className="row-link" to={`/services/${service}/deliveries/${sid}`}>
        {event}
      </Link>
    ),
  },
  { title: 'State', cell: ({ state }) => <DeliveryState state={state} /> },
  {
    title: 'Answer',
    cell: ({ response, error }) => (
      <Text size="xs" className="clip" title={error ?? undefined}>
        {response ? response.status : (error ?? '–')}
      </Text>
    ),
  },
  { title: 'Attempts', cell: ({ attempts }) => attempts, right: true, wideOnly: true },
  { title: 'To', cell: ({ request }) => <span className="mono clip">{request.url}</span>, wideOnly: true },
  { title: 'Made', cell: ({ date_created }) => <Time at={date_created} /> },
]

/** Webhooks that were sent, that wait, and that nobody wanted. */
export function DeliveriesPage(): ReactNode {
  const { service = '' } = useParams()
  const [query, setQuery] = useSearchParams()
  const state = query.get('state') ?? ''
  const path = `${extraPath(service)}/Deliveries`
  const list = useList<Delivery>(withQuery(path, { State: state, Order: 'desc' }), { everyMs: 3_000 })
  return (
    <Page
      title="Webhooks"
      note="What was posted to your server, newest first, with what it answered."
      actions={
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={() => askToReplay(path)}>
          Replay all failed
        </Button>
      }
    >
      <Group>
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={STATES}
          value={state}
          onChange={(value) => setQuery(value === '' ? {} : { state: value }, { replace: true })}
        />
      </Group>
      <List
        label="Deliveries"
        list={list}
        columns={columnsOf(service)}
        keyOf={({ sid }) => sid}
        empty={<NoDeliveries service={service} state={state} />}
      />
    </Page>
  )
}

function NoDeliveries({ service, state }: { service: string; state: string }): ReactNode {
  if (state !== '') {
    return (
      <Empty title={`No webhook is ${state}`}>
        <Link to={`/services/${service}/deliveries`}>Look at all</Link>, or wait: the list follows by itself.
      </Empty>
    )
  }
  return (
    <Empty title="No webhooks so far">
      Set a post-event URL in the <Link to={`/services/${service}/settings`}>settings</Link> and choose
      events. What clients do then is posted there.
    </Empty>
  )
}

function askToReplay(path: string): void {
  modals.openConfirmModal({
    title: 'Replay all failed webhooks?',
    children: 'Your server gets each of them again, however old, with the same idempotency token as before.',
    labels: { confirm: 'Replay', cancel: 'Not now' },
    onConfirm: () => void replayFailed(path),
  })
}

async function replayFailed(path: string): Promise<void> {
  await change('Failed deliveries are looked for', async () => {
    const { replayed } = await post<{ replayed: number }>(`${path}/Replay`)
    notifications.show({ message: `${plural(replayed, 'delivery', 'deliveries')} sent again` })
  })
}
