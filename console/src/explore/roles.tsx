import { Button, Group, Menu, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import { servicePath } from '../api/paths.ts'
import { change, confirmRemoval, useList } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Role } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus } from '../parts/icons.tsx'
import { Page } from '../parts/page.tsx'
import { Fault, Reading } from '../parts/states.tsx'
import { groupsFor, type PermissionGroup } from './permission-grid.ts'
import { openRole } from './role-dialog.tsx'

/** Roles beside each other, permissions below each other. */
export function RolesPage(): ReactNode {
  const { service = '' } = useParams()
  const path = `${servicePath(service)}/Roles`
  const list = useList<Role>(`${path}?PageSize=100`)
  if (list.error) return <Fault error={list.error} retry={list.refetch} />
  return (
    <Page
      title="Roles"
      note="Whoever holds a role in the service and one in the channel may do what either allows. Default roles are chosen in the settings."
      actions={<NewRole path={path} />}
    >
      {list.isPending ? (
        <Reading />
      ) : (
        <Group align="flex-start" gap="xl">
          <Grid title="In channels" type="channel" path={path} roles={list.items} />
          <Grid title="In the service" type="deployment" path={path} roles={list.items} />
        </Group>
      )}
    </Page>
  )
}

type GridProps = { title: string; type: Role['type']; path: string; roles: readonly Role[] }

function Grid({ title, type, path, roles }: GridProps): ReactNode {
  const shown = roles.filter((role) => role.type === type)
  return (
    <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label={title}>
      <Table aria-label={title} withRowBorders={false} w="auto" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{title}</Table.Th>
            {shown.map((role) => (
              <Table.Th key={role.sid} ta="center">
                <RoleHead role={role} path={path} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groupsFor(type).map((group) => (
            <GroupRows key={group.title} group={group} roles={shown} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function GroupRows({ group, roles }: { group: PermissionGroup; roles: readonly Role[] }): ReactNode {
  return (
    <>
      <Table.Tr>
        <Table.Th colSpan={roles.length + 1} c="dimmed" fw={500} fz="xs" pt="sm" scope="colgroup">
          {group.title}
        </Table.Th>
      </Table.Tr>
      {group.permissions.map(({ name, label }) => (
        <Table.Tr key={name}>
          <Table.Th scope="row" fw={400} title={name}>
            {label}
          </Table.Th>
          {roles.map((role) => (
            <Table.Td key={role.sid} ta="center">
              {role.permissions.includes(name) ? <Granted /> : <Refused />}
            </Table.Td>
          ))}
        </Table.Tr>
      ))}
    </>
  )
}

function Granted(): ReactNode {
  return (
    <span role="img" aria-label="allowed">
      ✓
    </span>
  )
}

function Refused(): ReactNode {
  return (
    <span role="img" aria-label="not allowed" style={{ color: 'var(--mantine-color-dimmed)' }}>
      ·
    </span>
  )
}

function RoleHead({ role, path }: { role: Role; path: string }): ReactNode {
  const onRemove = (): void =>
    confirmRemoval(
      role.friendly_name,
      'Only a role that nobody holds, and that is no default, can be deleted.',
      () => change('Role deleted', () => remove(`${path}/${role.sid}`)),
    )
  return (
    <Stack gap={0} align="center">
      <Text size="sm" fw={600}>
        {role.friendly_name}
      </Text>
      <RowActions what={role.friendly_name} onEdit={() => openRole(path, role)} onRemove={onRemove} />
    </Stack>
  )
}

/** First what it is for: that decides what it can allow. */
function NewRole({ path }: { path: string }): ReactNode {
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={<IconPlus size={14} />}>New role</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => create(path, 'channel')}>For channels</Menu.Item>
        <Menu.Item onClick={() => create(path, 'deployment')}>For the service</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function create(path: string, type: Role['type']): void {
  const choices = groupsFor(type).flatMap(({ permissions }) =>
    permissions.map(({ name, label }) => ({ value: name, label })),
  )
  openForm({
    title: type === 'channel' ? 'New role for channels' : 'New role for the service',
    fields: [
      { name: 'FriendlyName', label: 'Name', required: true },
      { name: 'Permission', label: 'Allowed', kind: 'choices', required: true, choices },
    ],
    submit: 'Create',
    done: 'Role made',
    save: (form) => post(path, { ...form, Type: type }),
  })
}
