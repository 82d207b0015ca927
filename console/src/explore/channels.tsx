import { Badge, Button, Group, Select, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { extraPath, servicePath, withQuery } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { Channel } from '../api/types.ts'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { FilterField, SearchField } from '../parts/search-field.tsx'
import { Empty } from '../parts/states.tsx'
import { Time } from '../parts/texts.tsx'
import { channelFields, channelName } from './channel-forms.ts'

const FILTERS = { prefix: 'Prefix', type: 'Type', member: 'Member' } as const
type FilterName = keyof typeof FILTERS

const TYPES = [
  { value: 'public', label: 'Public' },
  { value: 'private', label: 'Private' },
]

const columnsOf = (service: string): readonly Column<Channel>[] => [
  {
    title: 'Channel',
    cell: (channel) => (
      <>
        <Link className="row-link" to={`/services/${service}/channels/${channel.sid}`}>
          {channelName(channel)}
        </Link>
        {channel.unique_name && channel.unique_name !== channelName(channel) && (
          <Text size="xs" c="dimmed">
            {channel.unique_name}
          </Text>
        )}
      </>
    ),
  },
  { title: 'Type', cell: ({ type }) => <Badge>{type}</Badge> },
  { title: 'Members', cell: ({ members_count }) => members_count, right: true },
  { title: 'Messages', cell: ({ messages_count }) => messages_count, right: true },
  { title: 'Made by', cell: ({ created_by }) => created_by, wideOnly: true },
  { title: 'Made', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
]

export function ChannelsPage(): ReactNode {
  const { service = '' } = useParams()
  const [query, setQuery] = useSearchParams()
  const filters = Object.fromEntries(
    Object.entries(FILTERS).map(([name, parameter]) => [parameter, query.get(name) ?? '']),
  )
  const list = useList<Channel>(withQuery(`${extraPath(service)}/Channels`, filters))
  const setFilter = (name: FilterName, value: string): void =>
    setQuery(
      (before) => {
        if (value === '') before.delete(name)
        else before.set(name, value)
        return before
      },
      { replace: true },
    )
  const isFiltered = query.size > 0
  return (
    <Page
      title="Channels"
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => create(service)}>
          New channel
        </Button>
      }
    >
      <Group gap="xs" role="search">
        <SearchField
          label="Name starts with"
          placeholder="Name starts with"
          value={query.get('prefix') ?? ''}
          onChange={(value) => setFilter('prefix', value)}
        />
        <Select
          aria-label="Type"
          placeholder="Any type"
          data={TYPES}
          clearable
          w={140}
          value={query.get('type')}
          onChange={(value) => setFilter('type', value ?? '')}
        />
        <FilterField
          label="Member"
          placeholder="Has member (identity)"
          value={query.get('member') ?? ''}
          onChange={(value) => setFilter('member', value)}
        />
      </Group>
      <List
        label="Channels"
        list={list}
        columns={columnsOf(service)}
        keyOf={({ sid }) => sid}
        empty={isFiltered ? <NothingFits clear={() => setQuery({})} /> : <NoChannels service={service} />}
      />
    </Page>
  )
}

function NothingFits({ clear }: { clear(): void }): ReactNode {
  return (
    <Empty title="No channel fits">
      <Button variant="default" onClick={clear}>
        Show all channels
      </Button>
    </Empty>
  )
}

function NoChannels({ service }: { service: string }): ReactNode {
  return (
    <Empty title="No channels yet">
      Make one here, let your app make one, or <Link to={`/services/${service}/try`}>try it</Link>: two panes
      then share a channel.
    </Empty>
  )
}

function create(service: string): void {
  openForm({
    title: 'New channel',
    fields: [
      ...channelFields,
      { name: 'Type', label: 'Type', kind: 'choice', choices: TYPES, required: true },
    ],
    values: { Type: 'public' },
    submit: 'Create',
    done: 'Channel made',
    save: (form) => post(`${servicePath(service)}/Channels`, form),
  })
}
