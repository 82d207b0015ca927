import { Button, Checkbox, Group, SimpleGrid, Stack, Title } from '@mantine/core'
import { modals } from '@mantine/modals'
import { type ReactNode, useState } from 'react'
import { change } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { Role } from '../api/types.ts'
import { groupsFor } from './permission-grid.ts'

/** Edits what a role allows. */
export function openRole(path: string, role: Role): void {
  const id = `role-${role.sid}`
  modals.open({
    modalId: id,
    title: `What ${role.friendly_name} may do`,
    size: 'lg',
    children: <RoleForm path={path} role={role} close={() => modals.close(id)} />,
  })
}

function RoleForm({ path, role, close }: { path: string; role: Role; close(): void }): ReactNode {
  const [granted, setGranted] = useState<string[]>(role.permissions)
  const save = async (): Promise<void> => {
    if (await change('Role saved', () => post(`${path}/${role.sid}`, { Permission: granted }))) close()
  }
  return (
    <Stack>
      <Checkbox.Group value={granted} onChange={setGranted} aria-label="Permissions">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {groupsFor(role.type).map(({ title, permissions }) => (
            <Stack key={title} gap={6}>
              <Title order={3} size="h2">
                {title}
              </Title>
              {permissions.map(({ name, label }) => (
                <Checkbox key={name} value={name} label={label} size="xs" />
              ))}
            </Stack>
          ))}
        </SimpleGrid>
      </Checkbox.Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button disabled={granted.length === 0} onClick={() => void save()}>
          Save
        </Button>
      </Group>
    </Stack>
  )
}
