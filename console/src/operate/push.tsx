import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useNavigate, useParams } from 'react-router'
import { Page } from '../parts/page.tsx'
import { Devices } from './push-devices.tsx'
import { Diagnosis } from './push-diagnosis.tsx'
import { PushLog } from './push-log.tsx'

/** Who gets no push and why, what was sent, and to which devices. */
export function PushPage(): ReactNode {
  const { service = '', tab = 'why' } = useParams()
  const navigate = useNavigate()
  return (
    <Page title="Push" note="Notifications for devices whose user is not looking.">
      <Tabs
        value={tab}
        onChange={(next) => void navigate(`/services/${service}/push/${next ?? ''}`, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="why">Why no push?</Tabs.Tab>
          <Tabs.Tab value="log">Log</Tabs.Tab>
          <Tabs.Tab value="devices">Devices</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="why" pt="md">
          <Diagnosis service={service} />
        </Tabs.Panel>
        <Tabs.Panel value="log" pt="md">
          <PushLog service={service} />
        </Tabs.Panel>
        <Tabs.Panel value="devices" pt="md">
          <Devices service={service} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
