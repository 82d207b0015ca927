import { Badge, Button, Group, Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useNavigate, useParams } from 'react-router'
import { channelPath } from '../api/paths.ts'
import { change, confirmRemoval, useResource } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Channel } from '../api/types.ts'
import { openForm } from '../parts/form-dialog.tsx'
import { Page } from '../parts/page.tsx'
import { Fault, Reading } from '../parts/states.tsx'
import { CodeBlock, plural, prettyJson, Sid } from '../parts/texts.tsx'
import { channelFields, channelName } from './channel-forms.ts'
import { Members } from './members.tsx'
import { Messages } from './messages.tsx'

/** One channel: its messages as they come, its members, its attributes. */
export function ChannelPage(): ReactNode {
  const { service = '', channel: sid = '', tab = 'messages' } = useParams()
  const {
    data: channel,
    error,
    refetch,
  } = useResource<Channel>(channelPath(service, sid), { everyMs: 5_000 })
  const navigate = useNavigate()
  if (error) return <Fault error={error} retry={refetch} />
  if (!channel) return <Reading />
  const base = `/services/${service}/channels`
  return (
    <Page
      title={channelName(channel)}
      note={<Facts channel={channel} />}
      actions={
        <>
          <Button variant="default" onClick={() => edit(service, channel)}>
            Edit
          </Button>
          <Button
            variant="default"
            onClick={() => removeChannel(service, channel, () => void navigate(base))}
          >
            Delete
          </Button>
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => void navigate(`${base}/${sid}/${next ?? ''}`, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="messages">Messages</Tabs.Tab>
          <Tabs.Tab value="members">Members</Tabs.Tab>
          <Tabs.Tab value="attributes">Attributes</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="messages" pt="md">
          <Messages service={service} channel={channel} />
        </Tabs.Panel>
        <Tabs.Panel value="members" pt="md">
          <Members service={service} channel={channel} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes" pt="md">
          <CodeBlock what="attributes" text={prettyJson(channel.attributes)} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

function Facts({ channel }: { channel: Channel }): ReactNode {
  return (
    <Group gap="xs">
      <Badge>{channel.type}</Badge>
      <span>{plural(channel.members_count, 'member')}</span>
      <span>{plural(channel.messages_count, 'message')}</span>
      <Sid value={channel.sid} />
    </Group>
  )
}

function edit(service: string, channel: Channel): void {
  openForm({
    title: `Edit ${channelName(channel)}`,
    fields: channelFields,
    values: {
      FriendlyName: channel.friendly_name ?? '',
      UniqueName: channel.unique_name ?? '',
      Attributes: prettyJson(channel.attributes),
    },
    submit: 'Save',
    done: 'Channel saved',
    save: (form) => post(channelPath(service, channel.sid), form),
  })
}

function removeChannel(service: string, channel: Channel, whenGone: () => void): void {
  const consequence = `${plural(channel.messages_count, 'message')} and ${plural(channel.members_count, 'membership')} go with it, for everyone. This cannot be undone.`
  confirmRemoval(channelName(channel), consequence, async () => {
    await change('Channel deleted', async () => {
      await remove(channelPath(service, channel.sid))
      whenGone()
    })
  })
}
