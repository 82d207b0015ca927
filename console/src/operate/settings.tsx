import { Anchor, Box, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useEffect, useState } from 'react'
import { useParams } from 'react-router'
import { servicePath } from '../api/paths.ts'
import { change, useResource } from '../api/queries.ts'
import { post } from '../api/request.ts'
import type { Service } from '../api/types.ts'
import { useRoleChoices } from '../explore/role-choices.ts'
import {
  changedValues,
  FieldInput,
  type RecordForm,
  toFormValues,
  type Values,
  validate,
} from '../parts/fields.tsx'
import { Page } from '../parts/page.tsx'
import { Fault, Reading } from '../parts/states.tsx'
import { Sid } from '../parts/texts.tsx'
import { type SettingGroup, settingGroups, settingValues } from './setting-fields.ts'

/** Everything that can be set for a service, each with what it does. */
export function SettingsPage(): ReactNode {
  const { service: sid = '' } = useParams()
  const { data: service, error, refetch } = useResource<Service>(servicePath(sid))
  const inService = useRoleChoices(sid, 'deployment')
  const inChannels = useRoleChoices(sid, 'channel')
  if (error) return <Fault error={error} retry={refetch} />
  if (!service || inService.choices.length === 0) return <Reading />
  return (
    <Page title="Settings" note={<Sid value={sid} />}>
      <SettingsForm key={sid} service={service} groups={settingGroups(inService, inChannels)} />
    </Page>
  )
}

type SettingsFormProps = { service: Service; groups: readonly SettingGroup[] }

function SettingsForm({ service, groups }: SettingsFormProps): ReactNode {
  const specs = groups.flatMap(({ fields }) => fields)
  const [before, setBefore] = useState(() => toFormValues(specs, settingValues(service)))
  useEffect(() => {
    document.getElementById(window.location.hash.slice(1))?.scrollIntoView()
  }, [])
  const form = useForm<Values>({ initialValues: before, validate: (now) => validate(specs, now) })
  const changed = changedValues(specs, before, form.values)
  const count = Object.keys(changed).length
  const onSubmit = form.onSubmit(async (after) => {
    const saved = await change('Settings saved', () => post(servicePath(service.sid), changed))
    if (saved) setBefore(after)
  })
  return (
    <form onSubmit={onSubmit} noValidate>
      <Group align="flex-start" wrap="nowrap" gap="xl">
        <Contents groups={groups} />
        <Stack gap="xl" maw={720} flex={1} miw={0}>
          {groups.map((group) => (
            <Section key={group.title} group={group} form={form} />
          ))}
          <SaveBar count={count} undo={() => form.setValues(before)} />
        </Stack>
      </Group>
    </form>
  )
}

function Contents({ groups }: { groups: readonly SettingGroup[] }): ReactNode {
  return (
    <Stack gap={4} pos="sticky" top={64} visibleFrom="md" component="nav" aria-label="Groups of settings">
      {groups.map(({ title }) => (
        <Anchor key={title} href={`#${idOf(title)}`} size="sm" c="dimmed">
          {title}
        </Anchor>
      ))}
    </Stack>
  )
}

function Section({ group, form }: { group: SettingGroup; form: RecordForm }): ReactNode {
  return (
    <Box component="section" id={idOf(group.title)} style={{ scrollMarginTop: 64 }}>
      <Title order={2} mb="xs">
        {group.title}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }} verticalSpacing="sm">
        {group.fields.map((spec) => (
          <FieldInput key={spec.name} form={form} spec={spec} />
        ))}
      </SimpleGrid>
    </Box>
  )
}

function SaveBar({ count, undo }: { count: number; undo(): void }): ReactNode {
  return (
    <Paper withBorder p="xs" pos="sticky" bottom={12} style={{ zIndex: 2 }}>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {count === 0 ? 'Nothing changed' : count === 1 ? '1 setting changed' : `${count} settings changed`}
        </Text>
        <Group gap="xs">
          <Button variant="default" disabled={count === 0} onClick={undo}>
            Undo
          </Button>
          <Button type="submit" disabled={count === 0}>
            Save
          </Button>
        </Group>
      </Group>
    </Paper>
  )
}

function idOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
