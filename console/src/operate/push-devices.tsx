import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { servicePath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import type { Binding } from '../api/types.ts'
import { type Column, List } from '../parts/list.tsx'
import { Empty } from '../parts/states.tsx'
import { Sid, Time } from '../parts/texts.tsx'

type ServiceBinding = Binding & { identity: string }

const columnsOf = (service: string): readonly Column<ServiceBinding>[] => [
  {
    title: 'User',
    cell: ({ identity }) => (
      <Link className="row-link" to={`/services/${service}/users/${encodeURIComponent(identity)}`}>
        {identity}
      </Link>
    ),
  },
  { title: 'Type', cell: ({ binding_type }) => <Badge>{binding_type}</Badge> },
  { title: 'Endpoint', cell: ({ endpoint }) => <Sid value={endpoint} /> },
  { title: 'Hears of', cell: ({ message_types }) => message_types.join(', '), wideOnly: true },
  { title: 'Registered', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
]

export function Devices({ service }: { service: string }): ReactNode {
  const list = useList<ServiceBinding>(`${servicePath(service)}/Bindings`)
  return (
    <List
      label="Devices"
      list={list}
      columns={columnsOf(service)}
      keyOf={({ sid }) => sid}
      empty={
        <Empty title="No devices yet">
          A device appears here when its app registers for push with a token that names a{' '}
          <Link to="/credentials">credential</Link>.
        </Empty>
      }
    />
  )
}
