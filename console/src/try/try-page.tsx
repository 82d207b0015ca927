import { Button, Group, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { Page } from '../parts/page.tsx'
import { Fault, Reading } from '../parts/states.tsx'
import { CodePanel } from './code-panel.tsx'
import { Pane } from './pane.tsx'
import { prepareChannel } from './setup.ts'

/** Two people beside each other; the address names them and their channel. */
export function TryPage(): ReactNode {
  const { service = '' } = useParams()
  const [query, setQuery] = useSearchParams()
  const identities = [query.get('a') ?? 'alice', query.get('b') ?? 'bob'] as const
  const name = query.get('channel')
  const channel = useQuery({
    queryKey: ['try', service, name, ...identities],
    queryFn: () => prepareChannel(service, name, identities),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const people = identities[0] === identities[1] ? [identities[0]] : identities
  return (
    <Page
      title="Try it"
      note={
        channel.data ? (
          <>
            Both panes run the unmodified SDK 6.0.0 in the channel{' '}
            <Link to={`/services/${service}/channels/${channel.data.sid}`}>
              {channel.data.friendly_name ?? channel.data.sid}
            </Link>
            .
          </>
        ) : (
          'Both panes run the unmodified SDK 6.0.0.'
        )
      }
    >
      <People
        key={identities.join()}
        identities={identities}
        onChange={(a, b) => setQuery(queryOf(a, b, name))}
      />
      {channel.error && <Fault error={channel.error} retry={channel.refetch} />}
      {channel.isPending && <Reading />}
      {channel.data && (
        <>
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            {people.map((identity) => (
              <Pane key={identity} service={service} identity={identity} channelSid={channel.data.sid} />
            ))}
          </SimpleGrid>
          <CodePanel service={service} channel={channel.data.sid} identity={identities[0]} />
        </>
      )}
    </Page>
  )
}

function queryOf(a: string, b: string, channel: string | null): Record<string, string> {
  return channel === null ? { a, b } : { a, b, channel }
}

const PERSON = { flex: '1 1 9rem', maw: 240 }

type PeopleProps = { identities: readonly [string, string]; onChange(a: string, b: string): void }

function People({ identities, onChange }: PeopleProps): ReactNode {
  const [a, setA] = useState(identities[0])
  const [b, setB] = useState(identities[1])
  const isChanged = a !== identities[0] || b !== identities[1]
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (a.trim() !== '' && b.trim() !== '') onChange(a.trim(), b.trim())
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs">
        <TextInput
          {...PERSON}
          aria-label="First identity"
          value={a}
          onChange={(event) => setA(event.currentTarget.value)}
        />
        <TextInput
          {...PERSON}
          aria-label="Second identity"
          value={b}
          onChange={(event) => setB(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" variant="default" disabled={!isChanged}>
          Change people
        </Button>
      </Group>
    </form>
  )
}
