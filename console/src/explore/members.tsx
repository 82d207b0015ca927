import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { channelPath } from '../api/paths.ts'
import { change, confirmRemoval, useList } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Channel, Member } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import type { FieldSpec } from '../parts/fields.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Empty } from '../parts/states.tsx'
import { prettyJson, Time } from '../parts/texts.tsx'
import { type RoleChoices, useRoleChoices } from './role-choices.ts'

type Props = { service: string; channel: Channel }

export function Members({ service, channel }: Props): ReactNode {
  const path = `${channelPath(service, channel.sid)}/Members`
  const list = useList<Member>(path)
  const roles = useRoleChoices(service, 'channel')
  return (
    <>
      <Group mb="sm" justify="flex-end">
        <Button leftSection={<IconPlus size={14} />} onClick={() => add(path, roles)}>
          Add member
        </Button>
      </Group>
      <List
        label="Members"
        list={list}
        columns={columnsOf(service, path, roles)}
        keyOf={({ sid }) => sid}
        empty={<Empty title="No members">Add one by identity; a user is made where there is none.</Empty>}
      />
    </>
  )
}

function columnsOf(service: string, path: string, roles: RoleChoices): readonly Column<Member>[] {
  return [
    {
      title: 'Identity',
      cell: ({ identity }) => (
        <Link className="row-link" to={`/services/${service}/users/${encodeURIComponent(identity)}`}>
          {identity}
        </Link>
      ),
    },
    { title: 'Role', cell: ({ role_sid }) => roles.nameOf(role_sid) },
    { title: 'Read up to', cell: (member) => member.last_consumed_message_index ?? '–', right: true },
    {
      title: 'Read',
      cell: ({ last_consumption_timestamp: at }) => (at ? <Time at={at} /> : '–'),
      wideOnly: true,
    },
    { title: 'Joined', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
    {
      title: '',
      right: true,
      cell: (member) => (
        <RowActions
          what={member.identity}
          onEdit={() => edit(path, member, roles)}
          onRemove={() => removeMember(path, member)}
        />
      ),
    },
  ]
}

function fieldsOf(roles: RoleChoices): readonly FieldSpec[] {
  return [
    {
      name: 'RoleSid',
      label: 'Role',
      hint: 'What the member may do in this channel',
      kind: 'choice',
      choices: roles.choices,
    },
    { name: 'Attributes', label: 'Attributes', kind: 'json' },
  ]
}

function add(path: string, roles: RoleChoices): void {
  openForm({
    title: 'Add member',
    fields: [{ name: 'Identity', label: 'Identity', required: true }, ...fieldsOf(roles)],
    submit: 'Add',
    done: 'Member added',
    save: (form) => post(path, form),
  })
}

function edit(path: string, member: Member, roles: RoleChoices): void {
  openForm({
    title: `Edit ${member.identity}`,
    fields: fieldsOf(roles),
    values: { RoleSid: member.role_sid, Attributes: prettyJson(member.attributes) },
    submit: 'Save',
    done: 'Member saved',
    save: (form) => post(`${path}/${member.sid}`, form),
  })
}

function removeMember(path: string, { sid, identity }: Member): void {
  confirmRemoval(
    `${identity} from this channel`,
    'The messages stay. The user can join or be added again.',
    () => change('Member removed', () => remove(`${path}/${sid}`)),
  )
}
