import { Badge, Button, Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import { credentialsPath } from '../api/paths.ts'
import { change, confirmRemoval, useList } from '../api/queries.ts'
import { post, remove } from '../api/request.ts'
import type { Credential } from '../api/types.ts'
import { RowActions } from '../parts/actions.tsx'
import type { FieldSpec } from '../parts/fields.tsx'
import { openForm } from '../parts/form-dialog.tsx'
import { IconPlus } from '../parts/icons.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'
import { Sid, Time } from '../parts/texts.tsx'

const NAME: FieldSpec = { name: 'FriendlyName', label: 'Name' }

const SECRETS: Record<Credential['type'], readonly FieldSpec[]> = {
  apn: [
    {
      name: 'Certificate',
      label: 'Certificate',
      hint: 'PEM, with -----BEGIN CERTIFICATE-----',
      kind: 'long',
    },
    { name: 'PrivateKey', label: 'Private key', hint: 'PEM, without a passphrase', kind: 'long' },
    {
      name: 'Sandbox',
      label: 'Sandbox',
      hint: 'For apps that are built with a development profile',
      kind: 'switch',
    },
  ],
  fcm: [{ name: 'Secret', label: 'Secret', hint: 'The service account as JSON', kind: 'long' }],
  gcm: [{ name: 'ApiKey', label: 'API key', hint: 'Of the retired GCM' }],
}

const TITLES: Record<Credential['type'], string> = {
  apn: 'Apple (APN)',
  fcm: 'Google (FCM)',
  gcm: 'Google (GCM)',
}

const columns: readonly Column<Credential>[] = [
  { title: 'Name', cell: ({ friendly_name }) => friendly_name || '–' },
  {
    title: 'Type',
    cell: ({ type, sandbox }) => <Badge>{sandbox === 'True' ? `${type}, sandbox` : type}</Badge>,
  },
  { title: 'SID', cell: ({ sid }) => <Sid value={sid} />, wideOnly: true },
  { title: 'Made', cell: ({ date_created }) => <Time at={date_created} />, wideOnly: true },
  {
    title: '',
    right: true,
    cell: (credential) => (
      <RowActions
        what={credential.friendly_name || credential.sid}
        onEdit={() => edit(credential)}
        onRemove={() => removeCredential(credential)}
      />
    ),
  },
]

/** Push credentials of the account; their secrets are never shown again. */
export function CredentialsPage(): ReactNode {
  const list = useList<Credential>(credentialsPath)
  return (
    <Page
      title="Credentials"
      note="With these, Parley sends push notifications. Access tokens name one as push_credential_sid."
      actions={<Create />}
    >
      <List
        label="Credentials"
        list={list}
        columns={columns}
        keyOf={({ sid }) => sid}
        empty={
          <Empty title="No push credentials">
            Add the one of your app. Then name it in the access tokens of its devices.
          </Empty>
        }
      />
    </Page>
  )
}

function Create(): ReactNode {
  return (
    <Menu>
      <Menu.Target>
        <Button leftSection={<IconPlus size={14} />}>New credential</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['apn', 'fcm', 'gcm'] as const).map((type) => (
          <Menu.Item key={type} onClick={() => create(type)}>
            {TITLES[type]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function create(type: Credential['type']): void {
  openForm({
    title: `New credential for ${TITLES[type]}`,
    fields: [NAME, ...SECRETS[type]],
    submit: 'Create',
    done: 'Credential made',
    save: (form) => post(credentialsPath, { ...form, Type: type }),
  })
}

function edit({ sid, type, friendly_name, sandbox }: Credential): void {
  openForm({
    title: 'Edit credential',
    fields: [
      NAME,
      ...SECRETS[type].map((spec) => ({ ...spec, hint: `${spec.hint}. Empty keeps what is there.` })),
    ],
    values: { FriendlyName: friendly_name ?? '', Sandbox: sandbox === 'True' },
    submit: 'Save',
    done: 'Credential saved',
    save: (form) => post(`${credentialsPath}/${sid}`, form),
  })
}

function removeCredential({ sid, friendly_name }: Credential): void {
  confirmRemoval(friendly_name || sid, 'Devices whose tokens name it get no push any more.', () =>
    change('Credential deleted', () => remove(`${credentialsPath}/${sid}`)),
  )
}
