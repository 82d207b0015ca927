import { ActionIcon, FileButton, Group, TextInput, Tooltip } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { IconPaperclip, IconSend } from '../parts/icons.tsx'
import type { Conversation } from './conversation.ts'

type ComposerProps = {
  identity: string
  conversation: Conversation | null
  attempt(work: () => Promise<void>): Promise<void>
}

export function Composer({ identity, conversation, attempt }: ComposerProps): ReactNode {
  const [text, setText] = useState('')
  const send = (event: FormEvent): void => {
    event.preventDefault()
    if (!conversation || text.trim() === '') return
    setText('')
    void attempt(() => conversation.send(text))
  }
  const write = (value: string): void => {
    setText(value)
    if (value !== '') conversation?.type()
  }
  return (
    <form onSubmit={send}>
      <Group gap={6} p="xs" wrap="nowrap">
        <Attach conversation={conversation} identity={identity} attempt={attempt} />
        <TextInput
          flex={1}
          aria-label={`Message from ${identity}`}
          placeholder="Write something…"
          value={text}
          disabled={!conversation}
          onChange={(event) => write(event.currentTarget.value)}
        />
        <ActionIcon type="submit" size="lg" disabled={!conversation} aria-label={`Send as ${identity}`}>
          <IconSend size={18} />
        </ActionIcon>
      </Group>
    </form>
  )
}

function Attach({ identity, conversation, attempt }: ComposerProps): ReactNode {
  const [busy, setBusy] = useState(false)
  const send = async (file: File | null): Promise<void> => {
    if (!file || !conversation) return
    setBusy(true)
    await attempt(() => conversation.sendFile(file))
    setBusy(false)
  }
  return (
    <FileButton onChange={(file) => void send(file)}>
      {(props) => (
        <Tooltip label="Send a file">
          <ActionIcon
            {...props}
            size="lg"
            loading={busy}
            disabled={!conversation}
            aria-label={`Send a file as ${identity}`}
          >
            <IconPaperclip size={18} />
          </ActionIcon>
        </Tooltip>
      )}
    </FileButton>
  )
}
