import { Button, Code, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { servicePath, servicesPath } from '../api/paths.ts'
import { change, confirmRemoval, useList } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Service } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { Sid, Time } from '../parts/texts.tsx'

const NAME = { name: 'FriendlyName', label: 'Name', required: true }

const columns: readonly Column<Service>[] = [
  {
    title: 'Name',
    cell: ({ sid, friendly_name }) => (
      <Link className="row-link" to={`/services/${sid}/channels`}>
        {friendly_name}
      </Link>
    ),
  },
  { title: 'SID', cell: ({ sid }) => <Sid value={sid} />, wideOnly: true },
  { title: 'Made', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
  {
    title: '',
    cell: (service) => (
      <RowActions
        what={service.friendly_name}
        onEdit={() => rename(service)}
        onRemove={() => removeService(service)}
      />
    ),
    right: true,
  },
]

export function ServicesPage(): ReactNode {
  const list = useList<Service>(servicesPath)
  const isEmpty = !list.isPending && !list.error && list.items.length === 0
  return (
    <Page
      title="Services"
      note="Each service has users, channels and roles of its own."
      actions={
        !isEmpty && (
          <Button leftSection={<IconPlus size={14} />} onClick={create}>
            New service
          </Button>
        )
      }
    >
      <List label="Services" list={list} columns={columns} keyOf={({ sid }) => sid} empty={<FirstMinute />} />
    </Page>
  )
}

/** From nothing to two people who chat, with one button. */
function FirstMinute(): ReactNode {
  const navigate = useNavigate()
  const start = async (): Promise<void> => {
    let sid = ''
    await change('Service made', async () => {
      sid = (await post<Service>(servicesPath, { FriendlyName: 'First service' })).sid
    })
    if (sid) await navigate(`/services/${sid}/try`)
  }
  return (
    <Empty title="Two people chatting, in one click">
      <Text size="sm" mb="sm">
        Parley makes a service and opens two panes beside each other. Both run the unmodified SDK, just as
        your app will.
      </Text>
      <Button size="md" onClick={() => void start()}>
        Make a service and try it
      </Button>
      <Text size="sm" mt="lg">
        For a service full of users and history, run <Code>npm run parley -- seed</Code>.
      </Text>
    </Empty>
  )
}

function create(): void {
  openForm({
    title: 'New service',
    fields: [NAME],
    submit: 'Create',
    done: 'Service made',
    save: (form) => post(servicesPath, form),
  })
}

function rename({ sid, friendly_name }: Service): void {
  openForm({
    title: `Rename ${friendly_name}`,
    fields: [NAME],
    values: { FriendlyName: friendly_name },
    submit: 'Save',
    done: 'Service renamed',
    save: (form) => post(servicePath(sid), form),
  })
}

function removeService({ sid, friendly_name }: Service): void {
  confirmRemoval(
    friendly_name,
    'Its users, channels, messages and webhooks go with it. This cannot be undone.',
    () => change('Service deleted', () => remove(servicePath(sid))),
  )
}
