import { Alert, Button, Group, Select, Stack, Table, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useSearchParams } from 'react-router'
import { extraPath, withQuery } from '../api/paths.ts'
import { useResource } from '../api/queries.ts'
import type { PushDiagnosis } from '../api/types.ts'
import { Empty, Fault, Reading } from '../parts/states.tsx'

const TYPES = [
  { value: 'new_message', label: 'New message' },
  { value: 'added_to_channel', label: 'Added to a channel' },
  { value: 'removed_from_channel', label: 'Removed from a channel' },
  { value: 'invited_to_channel', label: 'Invited to a channel' },
]

type Question = { user: string; channel: string; type: string }

/** Goes through every condition of a push for one user; the address holds the question. */
export function Diagnosis({ service }: { service: string }): ReactNode {
  const [query, setQuery] = useSearchParams()
  const asked: Question = {
    user: query.get('user') ?? '',
    channel: query.get('channel') ?? '',
    type: query.get('type') ?? 'new_message',
  }
  return (
    <Stack>
      <Form key={query.toString()} asked={asked} ask={(question) => setQuery(question)} />
      {asked.user === '' ? (
        <Empty title="Who gets no push?">
          Name a user, and perhaps a channel. Every condition is looked at, and the first that is not met is
          named.
        </Empty>
      ) : (
        <Answer service={service} asked={asked} />
      )}
    </Stack>
  )
}

function Form({ asked, ask }: { asked: Question; ask(question: Question): void }): ReactNode {
  const [user, setUser] = useState(asked.user)
  const [channel, setChannel] = useState(asked.channel)
  const [type, setType] = useState(asked.type)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask({ user: user.trim(), channel: channel.trim(), type })
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <TextInput
          label="User"
          placeholder="Identity"
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
        />
        <TextInput
          label="Channel"
          placeholder="SID or unique name"
          value={channel}
          onChange={(event) => setChannel(event.currentTarget.value)}
        />
        <Select
          label="Kind"
          data={TYPES}
          allowDeselect={false}
          value={type}
          onChange={(next) => setType(next ?? type)}
        />
        <Button type="submit" size="sm" disabled={user.trim() === ''}>
          Find out
        </Button>
      </Group>
    </form>
  )
}

function Answer({ service, asked }: { service: string; asked: Question }): ReactNode {
  const path = `${extraPath(service)}/Users/${encodeURIComponent(asked.user)}/PushDiagnosis`
  const { data, error, refetch } = useResource<PushDiagnosis>(
    withQuery(path, { Type: asked.type, ChannelSid: asked.channel }),
  )
  if (error) return <Fault error={error} retry={refetch} />
  if (!data) return <Reading />
  return (
    <>
      <Alert variant="default" title={data.would_be_sent ? 'Nothing is in the way' : 'Here it ends'}>
        {data.summary}
      </Alert>
      <Table aria-label="Conditions">
        <Table.Tbody>
          {data.steps.map(({ step, passed, explanation, binding_sid }) => (
            <Table.Tr key={`${step} ${binding_sid}`}>
              <Table.Td w={32}>
                <span role="img" aria-label={passed ? 'met' : 'not met'}>
                  {passed ? '✓' : '✗'}
                </span>
              </Table.Td>
              <Table.Td>{explanation}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
