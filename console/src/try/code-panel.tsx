import { Button, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { explain, useResource } from '../api/queries.ts'
import type { Account } from '../api/types.ts'
import { CodeBlock } from '../parts/texts.tsx'
import { mintToken } from './setup.ts'
import { snippets } from './snippets.ts'

type CodePanelProps = { service: string; channel: string; identity: string }

/** The same in the reader's own app, ready to copy, with a fresh token. */
export function CodePanel({ service, channel, identity }: CodePanelProps): ReactNode {
  const { data: account } = useResource<Account>('/parley/v1/Account')
  const token = useQuery({
    queryKey: ['token', service, identity],
    queryFn: () => mintToken(service, identity),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const facts = {
    account: account?.sid ?? 'AC…',
    service,
    channel,
    identity,
    url: account?.url ?? '',
    socket: account?.socket_url ?? '',
    token: token.data ?? (token.error ? explain(token.error) : '…'),
  }
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={2}>In your app, as {identity}</Title>
        <Button variant="default" loading={token.isFetching} onClick={() => void token.refetch()}>
          Fresh token
        </Button>
      </Group>
      <Tabs defaultValue="Browser" keepMounted={false}>
        <Tabs.List>
          {snippets.map(({ title }) => (
            <Tabs.Tab key={title} value={title}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ title, note, code }) => (
          <Tabs.Panel key={title} value={title} pt="xs">
            <Text size="xs" c="dimmed" mb={6}>
              {note}
            </Text>
            <CodeBlock what={`code for ${title}`} text={code(facts)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}
