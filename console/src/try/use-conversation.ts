import { useEffect, useState } from 'react'
import { explain } from '../api/queries.ts'
import { type Conversation, nothingYet, openConversation, type Snapshot } from './conversation.ts'

/** The conversation of one identity in one channel, for as long as the pane is on the screen. */
export function useConversation(service: string, identity: string, channelSid: string) {
  const [snapshot, setSnapshot] = useState<Snapshot>(nothingYet)
  const [conversation, setConversation] = useState<Conversation | null>(null)
  useEffect(() => {
    let isOver = false
    let opened: Conversation | undefined
    setSnapshot(nothingYet)
    setConversation(null)
    const onChange = (next: Snapshot): void => {
      if (!isOver) setSnapshot(next)
    }
    openConversation({ service, identity, channelSid, onChange }).then(
      (ready) => {
        opened = ready
        if (isOver) void ready.close()
        else setConversation(ready)
      },
      (error: unknown) => onChange({ ...nothingYet, connection: 'failed', problem: describeProblem(error) }),
    )
    return () => {
      isOver = true
      void opened?.close()
    }
  }, [service, identity, channelSid])
  return { snapshot, conversation }
}

export function describeProblem(error: unknown): string {
  return error instanceof Error && error.name !== 'ApiError' ? error.message : explain(error)
}
