import { Group, Stack, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

type PageProps = { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }

/** The frame of every screen: its name, what can be done there, its content. */
export function Page({ title, note, actions, children }: PageProps): ReactNode {
  useDocumentTitle(`${title} · Parley`)
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0} flex="1 1 20rem">
          <Title order={1} style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Title>
          {note && (
            <Text component="div" size="sm" c="dimmed">
              {note}
            </Text>
          )}
        </Stack>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  )
}
