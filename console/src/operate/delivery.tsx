import { Button, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useParams } from 'react-router'
import { extraPath } from '../api/paths.ts'
import { change, useResource } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { Delivery } from '../api/types.ts'
import { IconRefresh } from '../parts/icons.tsx'
import { Page } from '../parts/page.tsx'
import { Fault, Reading } from '../parts/states.tsx'
import { CodeBlock, plural, prettyJson, Sid, Time } from '../parts/texts.tsx'
import { DeliveryState } from './delivery-state.tsx'

/** Soon, while an answer is awaited. */
const everyMs = (delivery: Delivery | undefined): number => (delivery?.state === 'waiting' ? 400 : 3_000)

/** One webhook: what was sent, what came back. */
export function DeliveryPage(): ReactNode {
  const { service = '', delivery: sid = '' } = useParams()
  const path = `${extraPath(service)}/Deliveries/${sid}`
  const { data: delivery, error, refetch } = useResource<Delivery>(path, { everyMs })
  if (error) return <Fault error={error} retry={refetch} />
  if (!delivery) return <Reading />
  return (
    <Page
      title={delivery.event}
      note={
        <Group gap="xs">
          <Link to={`/services/${service}/deliveries`}>All webhooks</Link>
          <DeliveryState state={delivery.state} />
          <span>{plural(delivery.attempts, 'attempt')}</span>
          <Sid value={delivery.sid} />
        </Group>
      }
      actions={
        <Button
          leftSection={<IconRefresh size={14} />}
          disabled={delivery.state === 'waiting'}
          onClick={() => void change('Sent again', () => post(`${path}/Replay`))}
        >
          Replay
        </Button>
      }
    >
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Request delivery={delivery} />
        <Answer delivery={delivery} />
      </SimpleGrid>
    </Page>
  )
}

function Request({ delivery: { request, date_created } }: { delivery: Delivery }): ReactNode {
  return (
    <Stack gap="xs" component="section" miw={0}>
      <Title order={2}>Request</Title>
      <Text size="sm" className="mono" style={{ overflowWrap: 'anywhere' }}>
        {request.method} {request.url}
      </Text>
      <Time at={date_created} />
      <Table aria-label="Parameters" layout="fixed">
        <Table.Tbody>
          {Object.entries(request.parameters).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={500} w="40%">
                {name}
              </Table.Th>
              <Table.Td className="mono" style={{ overflowWrap: 'anywhere' }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  )
}

function Answer({
  delivery: { response, error, duration_ms, last_attempt },
}: {
  delivery: Delivery
}): ReactNode {
  return (
    <Stack gap="xs" component="section" miw={0}>
      <Title order={2}>Last answer</Title>
      {last_attempt === null && <Text size="sm">Nothing has been sent yet.</Text>}
      {last_attempt !== null && (
        <Group gap="xs">
          <Text size="sm">{response ? `Status ${response.status}` : 'No answer'}</Text>
          {duration_ms !== null && <Text size="sm">after {duration_ms} ms</Text>}
          <Time at={last_attempt} />
        </Group>
      )}
      {error && <Text size="sm">{error}</Text>}
      {response?.body && <CodeBlock what="answer" text={prettyJson(response.body)} />}
    </Stack>
  )
}
