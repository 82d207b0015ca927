import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { extraPath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import type { Push } from '../api/types.ts'
import { type Column, List } from '../parts/list.tsx'
import { Empty } from '../parts/states.tsx'
import { CodeBlock, Time } from '../parts/texts.tsx'
import { DeliveryState } from './delivery-state.tsx'

const columns: readonly Column<Push>[] = [
  {
    title: 'To',
    cell: (push) => (
      <button type="button" className="plain-button row-link" onClick={() => openPush(push)}>
        {push.identity}
      </button>
    ),
  },
  { title: 'Kind', cell: ({ type }) => type.replaceAll('_', ' ') },
  { title: 'State', cell: ({ state }) => <DeliveryState state={state} /> },
  {
    title: 'Provider',
    cell: ({ binding_type, response_status, reason }) => (
      <Text size="xs" className="clip">
        {[binding_type, response_status, reason].filter((part) => part !== null).join(' · ')}
      </Text>
    ),
    wideOnly: true,
  },
  { title: 'Made', cell: ({ date_created }) => <Time at={date_created} /> },
]

export function PushLog({ service }: { service: string }): ReactNode {
  const list = useList<Push>(`${extraPath(service)}/Pushes?Order=desc`, { everyMs: 3_000 })
  return (
    <List
      label="Pushes"
      list={list}
      columns={columns}
      keyOf={({ sid }) => sid}
      empty={
        <Empty title="No pushes in the log">
          Those that fail are always kept. To keep all, turn the log on in the{' '}
          <Link to={`/services/${service}/settings`}>settings</Link>.
        </Empty>
      }
    />
  )
}

function openPush({ type, identity, reason, error_code, attempts, payload }: Push): void {
  modals.open({
    title: `${type.replaceAll('_', ' ')} for ${identity}`,
    size: 'lg',
    children: (
      <>
        <Text size="sm" mb="xs">
          {attempts} attempts{reason !== null && `; the provider said: ${reason}`}
          {error_code !== null && ` (${error_code})`}
        </Text>
        <CodeBlock what="payload" text={JSON.stringify(payload, null, 2)} />
      </>
    ),
  })
}
