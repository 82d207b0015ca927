// The messages of a channel as they come, newest first; or those that hold a text.
import { Button, Group, Switch, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useSearchParams } from 'react-router'
import { channelPath, extraPath, mediaPath, withQuery } from '../api/paths.ts'
import { change, confirmRemoval, type ListOf, tellFault, useList } from '../api/queries.ts'
import { get, post, remove } from '../api/request.ts'
import type { Channel, Media, MediaRecord, Message } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPaperclip } from '../parts/icons.tsx'
import { More } from '../parts/list.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { Empty, Fault, Reading } from '../parts/states.tsx'
import { prettyJson, Time } from '../parts/texts.tsx'

type Props = { service: string; channel: Channel }

const LIVE_MS = 2_000

export function Messages({ service, channel }: Props): ReactNode {
  const [query, setQuery] = useSearchParams()
  const [live, setLive] = useState(true)
  const text = query.get('text') ?? ''
  const path = channelPath(service, channel.sid)
  const found = withQuery(`${extraPath(service)}/Channels/${channel.sid}/Messages`, { Text: text })
  const list = useList<Message>(text === '' ? `${path}/Messages?Order=desc` : found, {
    everyMs: live ? LIVE_MS : undefined,
  })
  return (
    <>
      <Group gap="sm" mb="sm" role="search">
        <SearchField
          label="Search messages"
          placeholder="Search messages"
          value={text}
          onChange={(typed) => setQuery(typed.trim() === '' ? {} : { text: typed.trim() }, { replace: true })}
        />
        <Switch label="Live" checked={live} onChange={(event) => setLive(event.currentTarget.checked)} />
        <Button ml="auto" onClick={() => write(path)}>
          Write
        </Button>
      </Group>
      <Log list={list} service={service} path={path} wanted={text} />
    </>
  )
}

type LogProps = { list: ListOf<Message>; service: string; path: string; wanted: string }

function Log({ list, service, path, wanted }: LogProps): ReactNode {
  if (list.error) return <Fault error={list.error} retry={list.refetch} />
  if (list.isPending) return <Reading />
  if (list.items.length === 0) {
    return wanted === '' ? (
      <Empty title="Nothing said yet">
        Write the first message here, or in Try it. New ones appear by themselves.
      </Empty>
    ) : (
      <Empty title="No message holds this text">Deleted messages are not looked through.</Empty>
    )
  }
  return (
    <>
      <div role="log" aria-label="Messages">
        {list.items.map((message) => (
          <Line key={message.sid} message={message} service={service} path={path} />
        ))}
      </div>
      <Group mt="sm">
        <More list={list} what="older ones" />
      </Group>
    </>
  )
}

type LineProps = { message: Message; service: string; path: string }

function Line({ message, service, path }: LineProps): ReactNode {
  const { index, from, body, type, media, was_edited } = message
  return (
    <div className="log-line">
      <Text size="xs" c="dimmed" className="log-index">
        {index}
      </Text>
      <Text size="sm" fw={500} className="log-from" title={from}>
        {from}
      </Text>
      <div className="log-text">
        {body}
        {type === 'media' && media && (
          <button type="button" className="plain-button" onClick={() => void openMedia(service, media)}>
            <IconPaperclip size={12} /> {media.filename ?? 'file'} ({media.content_type})
          </button>
        )}
        {was_edited && (
          <Text span size="xs" c="dimmed">
            {' '}
            (edited)
          </Text>
        )}
      </div>
      <div className="log-time">
        <Time at={message.date_created} />
      </div>
      <div className="log-actions">
        <RowActions
          what={`message ${index}`}
          onEdit={() => edit(path, message)}
          onRemove={() => removeMessage(path, message)}
        />
      </div>
    </div>
  )
}

/** The file's address works for some minutes: it is asked for when it is wanted. */
async function openMedia(service: string, { sid }: Media): Promise<void> {
  const tab = window.open('about:blank', '_blank')
  try {
    const { links } = await get<MediaRecord>(mediaPath(service, sid))
    tab?.location.replace(links.content_direct_temporary)
  } catch (error) {
    tab?.close()
    tellFault(error)
  }
}

function write(path: string): void {
  openForm({
    title: 'Write a message',
    fields: [
      { name: 'From', label: 'From', hint: 'The identity it comes from', required: true },
      { name: 'Body', label: 'Text', kind: 'long', required: true },
    ],
    values: { From: '' },
    submit: 'Send',
    done: 'Message sent',
    save: (form) => post(`${path}/Messages`, form),
  })
}

function edit(path: string, { sid, index, body, attributes }: Message): void {
  openForm({
    title: `Edit message ${index}`,
    fields: [
      { name: 'Body', label: 'Text', kind: 'long' },
      { name: 'Attributes', label: 'Attributes', kind: 'json' },
    ],
    values: { Body: body, Attributes: prettyJson(attributes) },
    submit: 'Save',
    done: 'Message saved',
    save: (form) => post(`${path}/Messages/${sid}`, form),
  })
}

function removeMessage(path: string, { sid, index }: Message): void {
  confirmRemoval(`message ${index}`, 'It disappears for everyone; the others keep their numbers.', () =>
    change('Message deleted', () => remove(`${path}/Messages/${sid}`)),
  )
}
