import { Badge, Button, Group, Text, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { servicePath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { User } from '../api/types.ts'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus, IconSearch } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { Time } from '../parts/texts.tsx'
import { type RoleChoices, useRoleChoices } from './role-choices.ts'
import { userFields } from './user-forms.ts'

export function UsersPage(): ReactNode {
  const { service = '' } = useParams()
  const roles = useRoleChoices(service, 'deployment')
  const list = useList<User>(`${servicePath(service)}/Users`)
  return (
    <Page
      title="Users"
      note="A user is made with the first token, by being added to a channel, or here."
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => create(service, roles)}>
          New user
        </Button>
      }
    >
      <OpenByIdentity service={service} />
      <List
        label="Users"
        list={list}
        columns={columnsOf(service, roles)}
        keyOf={({ sid }) => sid}
        empty={
          <Empty title="No users yet">
            They appear by themselves as soon as somebody signs in:{' '}
            <Link to={`/services/${service}/try`}>try it</Link>.
          </Empty>
        }
      />
    </Page>
  )
}

function OpenByIdentity({ service }: { service: string }): ReactNode {
  const [identity, setIdentity] = useState('')
  const navigate = useNavigate()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (identity !== '') void navigate(`/services/${service}/users/${encodeURIComponent(identity)}`)
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs" role="search">
        <TextInput
          aria-label="Identity"
          placeholder="Whole identity"
          leftSection={<IconSearch size={14} />}
          value={identity}
          onChange={(event) => setIdentity(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" variant="default" disabled={identity === ''}>
          Open
        </Button>
      </Group>
    </form>
  )
}

function columnsOf(service: string, roles: RoleChoices): readonly Column<User>[] {
  return [
    {
      title: 'Identity',
      // By sid: no address can hold an identity like `..`.
      cell: ({ sid, identity, friendly_name }) => (
        <>
          <Link className="row-link" to={`/services/${service}/users/${sid}`}>
            {identity}
          </Link>
          {friendly_name && (
            <Text size="xs" c="dimmed">
              {friendly_name}
            </Text>
          )}
        </>
      ),
    },
    { title: 'State', cell: (user) => <OnlineState user={user} /> },
    { title: 'Role', cell: ({ role_sid }) => roles.nameOf(role_sid), wideOnly: true },
    { title: 'Channels', cell: ({ joined_channels_count }) => joined_channels_count, right: true },
    { title: 'Made', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
  ]
}

/** Known only while reachability is turned on in the service's settings. */
export function OnlineState({ user }: { user: User }): ReactNode {
  if (user.is_online === null)
    return <Badge title="Turn reachability on in the settings to know">unknown</Badge>
  return <Badge>{user.is_online ? '● online' : '○ offline'}</Badge>
}

function create(service: string, roles: RoleChoices): void {
  openForm({
    title: 'New user',
    fields: [
      { name: 'Identity', label: 'Identity', hint: 'The name that your tokens carry', required: true },
      ...userFields(roles),
    ],
    submit: 'Create',
    done: 'User made',
    save: (form) => post(`${servicePath(service)}/Users`, form),
  })
}
