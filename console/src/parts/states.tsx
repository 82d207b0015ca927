// What a screen shows while it has nothing to show.
import { Alert, Box, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { explain } from '../api/queries.ts'
import { ApiError } from '../api/request.ts'
import { IconAlert } from './icons.tsx'

export function Fault({ error, retry }: { error: unknown; retry?: () => unknown }): ReactNode {
  const isMissing = error instanceof ApiError && error.status === 404
  const title = isMissing ? 'This is not here, or not any more' : 'This could not be read'
  return (
    <Alert color="red" icon={<IconAlert size={18} />} title={title} m="md" role="alert">
      <Group justify="space-between">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {explain(error)}
        </Text>
        {retry && (
          <Button variant="default" onClick={() => void retry()}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  )
}

/** Says what is missing and what to do next. */
export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactNode {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <Title order={2} size="h2">
        {title}
      </Title>
      <Box maw={460} c="dimmed" fz="sm">
        {children}
      </Box>
    </Stack>
  )
}

export function Reading(): ReactNode {
  return (
    <Stack gap="xs" aria-busy="true" aria-label="Reading" role="status">
      {[1, 2, 3, 4].map((line) => (
        <Skeleton key={line} h={28} />
      ))}
    </Stack>
  )
}
