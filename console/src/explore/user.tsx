import { Badge, Button, Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { userPath } from '../api/paths.ts'
import { change, confirmRemoval, useList, useResource } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Binding, Channel, User, UserChannel } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Empty, Fault, Reading } from '../parts/states.tsx'
import { CodeBlock, prettyJson, Sid, Time } from '../parts/texts.tsx'
import { channelName } from './channel-forms.ts'
import { type RoleChoices, useRoleChoices } from './role-choices.ts'
import { userFields } from './user-forms.ts'
import { OnlineState } from './users.tsx'

/** One user: the channels with what is unread, and the devices. */
export function UserPage(): ReactNode {
  const { service = '', user: identity = '' } = useParams()
  const path = userPath(service, identity)
  const { data: user, error, refetch } = useResource<User>(path, { everyMs: 5_000 })
  const roles = useRoleChoices(service, 'deployment')
  const navigate = useNavigate()
  if (error) return <Fault error={error} retry={refetch} />
  if (!user) return <Reading />
  const toList = (): void => void navigate(`/services/${service}/users`)
  return (
    <Page
      title={user.friendly_name ?? user.identity}
      note={
        <Group gap="xs">
          <OnlineState user={user} />
          <span>{user.identity}</span>
          <span>{roles.nameOf(user.role_sid)}</span>
          <Sid value={user.sid} />
        </Group>
      }
      actions={
        <>
          <Button
            variant="default"
            component={Link}
            to={`/services/${service}/push?user=${encodeURIComponent(identity)}`}
          >
            Why no push?
          </Button>
          <Button variant="default" onClick={() => edit(path, user, roles)}>
            Edit
          </Button>
          <Button variant="default" onClick={() => removeUser(path, user, toList)}>
            Delete
          </Button>
        </>
      }
    >
      <Section title="Channels">
        <Channels service={service} path={path} />
      </Section>
      <Section title="Devices">
        <Devices path={path} />
      </Section>
      <Section title="Attributes">
        <CodeBlock what="attributes" text={prettyJson(user.attributes)} />
      </Section>
    </Page>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  )
}

function Channels({ service, path }: { service: string; path: string }): ReactNode {
  const list = useList<UserChannel>(`${path}/Channels`)
  const columns: readonly Column<UserChannel>[] = [
    { title: 'Channel', cell: ({ channel_sid }) => <ChannelLink service={service} sid={channel_sid} /> },
    { title: 'Status', cell: ({ status }) => <Badge>{status}</Badge> },
    { title: 'Unread', cell: (channel) => channel.unread_messages_count ?? '–', right: true },
    {
      title: 'Read up to',
      cell: (channel) => channel.last_consumed_message_index ?? '–',
      right: true,
      wideOnly: true,
    },
    { title: 'Notifications', cell: ({ notification_level }) => notification_level, wideOnly: true },
  ]
  return (
    <List
      label="Channels of the user"
      list={list}
      columns={columns}
      keyOf={({ channel_sid }) => channel_sid}
      empty={<Empty title="In no channel">Add the user on the Members tab of a channel.</Empty>}
    />
  )
}

function ChannelLink({ service, sid }: { service: string; sid: string }): ReactNode {
  const { data } = useResource<Channel>(`/v2/Services/${service}/Channels/${sid}`)
  return (
    <Link className="row-link" to={`/services/${service}/channels/${sid}`}>
      {data ? channelName(data) : sid}
    </Link>
  )
}

function Devices({ path }: { path: string }): ReactNode {
  const list = useList<Binding>(`${path}/Bindings`)
  const columns: readonly Column<Binding>[] = [
    { title: 'Type', cell: ({ binding_type }) => <Badge>{binding_type}</Badge> },
    { title: 'Endpoint', cell: ({ endpoint }) => <Sid value={endpoint} /> },
    { title: 'Hears of', cell: ({ message_types }) => message_types.join(', '), wideOnly: true },
    { title: 'Registered', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
    {
      title: '',
      right: true,
      cell: ({ sid, endpoint }) => (
        <RowActions
          what={endpoint}
          onRemove={() =>
            confirmRemoval('this device', 'It gets no push until its app registers again.', () =>
              change('Device deleted', () => remove(`${path}/Bindings/${sid}`)),
            )
          }
        />
      ),
    },
  ]
  return (
    <List
      label="Devices"
      list={list}
      columns={columns}
      keyOf={({ sid }) => sid}
      empty={<Empty title="No devices">An app registers its device with the SDK's push registration.</Empty>}
    />
  )
}

function edit(path: string, user: User, roles: RoleChoices): void {
  openForm({
    title: `Edit ${user.identity}`,
    fields: userFields(roles),
    values: {
      FriendlyName: user.friendly_name ?? '',
      RoleSid: user.role_sid,
      Attributes: prettyJson(user.attributes),
    },
    submit: 'Save',
    done: 'User saved',
    save: (form) => post(path, form),
  })
}

function removeUser(path: string, { identity }: User, whenGone: () => void): void {
  confirmRemoval(identity, 'Memberships, invites and devices go; messages stay.', () =>
    change('User deleted', async () => {
      await remove(path)
      whenGone()
    }),
  )
}
