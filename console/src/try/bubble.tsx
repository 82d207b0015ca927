import { ActionIcon, Anchor, Group, Menu, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { openForm } from '../parts/form-dialog.tsx'
import { IconDots, IconPaperclip } from '../parts/icons.tsx'
import type { Conversation, Line } from './conversation.ts'

type BubbleProps = {
  line: Line
  readBy: readonly string[]
  conversation: Conversation | null
  attempt(work: () => Promise<void>): Promise<void>
}

export function Bubble({ line, readBy, conversation, attempt }: BubbleProps): ReactNode {
  return (
    <div className="bubble" data-own={line.own || undefined}>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <div>
          {!line.own && (
            <Text size="xs" fw={600}>
              {line.author}
            </Text>
          )}
          {line.body && <Text size="sm">{line.body}</Text>}
          {line.file && conversation && (
            <FileLink line={line} conversation={conversation} attempt={attempt} />
          )}
          <Marks edited={line.edited} readBy={readBy} />
        </div>
        {line.own && conversation && <OwnActions line={line} conversation={conversation} attempt={attempt} />}
      </Group>
    </div>
  )
}

function Marks({ edited, readBy }: { edited: boolean; readBy: readonly string[] }): ReactNode {
  if (!edited && readBy.length === 0) return null
  return (
    <Text size="xs" c="dimmed">
      {[edited && 'edited', readBy.length > 0 && `read by ${readBy.join(', ')}`].filter(Boolean).join(' · ')}
    </Text>
  )
}

type ActionsProps = Omit<BubbleProps, 'readBy' | 'conversation'> & { conversation: Conversation }

/** The address is asked for when it is wanted: it ends after a while. */
function FileLink({ line, conversation, attempt }: ActionsProps): ReactNode {
  const open = (): Promise<void> =>
    attempt(async () => {
      const tab = window.open('about:blank', '_blank')
      const url = await conversation.fileUrl(line.sid)
      if (tab) tab.location.replace(url)
    })
  return (
    <Anchor component="button" size="sm" c="inherit" underline="always" onClick={() => void open()}>
      <IconPaperclip size={12} /> {line.file}
    </Anchor>
  )
}

function OwnActions({ line, conversation, attempt }: ActionsProps): ReactNode {
  const edit = (): void =>
    openForm({
      title: 'Edit your message',
      fields: [{ name: 'text', label: 'Text', kind: 'long', required: true }],
      values: { text: line.body },
      submit: 'Save',
      done: 'Message edited',
      save: ({ text = line.body }) => conversation.edit(line.sid, String(text)),
    })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="xs" aria-label={`Actions for message ${line.index}`}>
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {!line.file && <Menu.Item onClick={edit}>Edit</Menu.Item>}
        <Menu.Item onClick={() => void attempt(() => conversation.remove(line.sid))}>Delete</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
