import { Alert, Badge, Card, Group, Text, Title } from '@mantine/core'
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Bubble } from './bubble.tsx'
import { Composer } from './composer.tsx'
import type { Conversation, Line, Snapshot } from './conversation.ts'
import { describeProblem, useConversation } from './use-conversation.ts'

type PaneProps = { service: string; identity: string; channelSid: string }

/** What one of the two sees: an app in small. */
export function Pane({ service, identity, channelSid }: PaneProps): ReactNode {
  const { snapshot, conversation } = useConversation(service, identity, channelSid)
  const [problem, setProblem] = useState<string | null>(null)
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      setProblem(null)
      await work()
    } catch (error) {
      setProblem(describeProblem(error))
    }
  }
  const fault = snapshot.problem ?? problem
  return (
    <Card withBorder padding={0} component="section" aria-label={`What ${identity} sees`}>
      <Group justify="space-between" px="sm" py={6}>
        <Title order={2}>{identity}</Title>
        <Badge variant="dot" color={snapshot.connection === 'connected' ? 'green' : 'yellow'}>
          {snapshot.connection}
        </Badge>
      </Group>
      {fault && (
        <Alert color="red" role="alert" radius={0}>
          {fault}
        </Alert>
      )}
      <Chat snapshot={snapshot} conversation={conversation} attempt={attempt} />
      <Text size="xs" c="dimmed" px="sm" h={18} aria-live="polite">
        {snapshot.typing.length > 0 && `${snapshot.typing.join(', ')} is typing…`}
      </Text>
      <Composer identity={identity} conversation={conversation} attempt={attempt} />
    </Card>
  )
}

type ChatProps = {
  snapshot: Snapshot
  conversation: Conversation | null
  attempt(work: () => Promise<void>): Promise<void>
}

function Chat({ snapshot, conversation, attempt }: ChatProps): ReactNode {
  const { lines, horizons } = snapshot
  const end = useStayAtEnd(snapshot)
  const last = lines.at(-1)?.index
  useEffect(() => {
    if (last === undefined) return
    // Seen: the pane is on the screen.
    conversation?.readAll().catch(() => undefined)
  }, [last, conversation])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="chat" role="log" ref={end} tabIndex={0} aria-label="Messages">
      {lines.length === 0 && (
        <Text size="sm" c="dimmed" m="auto">
          {conversation ? 'Nothing said yet. Write the first message below.' : 'Signing in…'}
        </Text>
      )}
      {lines.map((line) => (
        <Bubble
          key={line.sid}
          line={line}
          readBy={readersOf(line, lines, horizons)}
          conversation={conversation}
          attempt={attempt}
        />
      ))}
    </div>
  )
}

/** Shows the newest lines, unless somebody has scrolled up to older ones. */
function useStayAtEnd(snapshot: Snapshot): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = box.current
    const onScroll = (): void => {
      if (element) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24
    }
    element?.addEventListener('scroll', onScroll)
    return () => element?.removeEventListener('scroll', onScroll)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever has changed may have made the box higher
  useLayoutEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight })
  }, [snapshot])
  return box
}

/** Those whose horizon is at this line: each name shows once, at the last line that was read. */
function readersOf({ index }: Line, lines: readonly Line[], horizons: Snapshot['horizons']): string[] {
  const next = lines.find((line) => line.index > index)?.index ?? Number.POSITIVE_INFINITY
  return Object.entries(horizons)
    .filter(([, horizon]) => horizon >= index && horizon < next)
    .map(([identity]) => identity)
}
