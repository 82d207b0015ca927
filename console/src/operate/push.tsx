import { Badge, List as Bullets, Code, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { servicePath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import type { Binding } from '../api/types.ts'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
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

/** The devices of a service, and why one of them may stay silent. */
export function PushPage(): ReactNode {
  const { service = '' } = useParams()
  const list = useList<ServiceBinding>(`${servicePath(service)}/Bindings`)
  return (
    <Page title="Push" note="Devices that get a notification while their user is not looking.">
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
      <WhyNoPush service={service} />
    </Page>
  )
}

function WhyNoPush({ service }: { service: string }): ReactNode {
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>Why no push?</Title>
      <Bullets size="sm" spacing={4}>
        <Bullets.Item>
          The kind of notification is off: see <Link to={`/services/${service}/settings`}>Settings</Link>,
          Notifications.
        </Bullets.Item>
        <Bullets.Item>
          The device is not in the list above: its app has not registered, or its token names no{' '}
          <Code>push_credential_sid</Code>.
        </Bullets.Item>
        <Bullets.Item>
          The user's notification level in that channel is <Code>muted</Code>: see the page of the user.
        </Bullets.Item>
        <Bullets.Item>The user wrote the message, or is not a member of the channel.</Bullets.Item>
        <Bullets.Item>
          The <Link to="/credentials">credential</Link> is of another app, or of the other Apple environment
          (sandbox).
        </Bullets.Item>
      </Bullets>
    </Stack>
  )
}
