import { Divider, NavLink, Text } from '@mantine/core'
import {
  IconBell,
  IconChartLine,
  IconKey,
  IconMessages,
  IconPlayerPlay,
  IconServer,
  IconSettings,
  IconShieldLock,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'

type Place = { to: string; label: string; Icon: typeof IconBell }

const IN_SERVICE: readonly Place[] = [
  { to: 'try', label: 'Try it', Icon: IconPlayerPlay },
  { to: 'channels', label: 'Channels', Icon: IconMessages },
  { to: 'users', label: 'Users', Icon: IconUsers },
  { to: 'roles', label: 'Roles', Icon: IconShieldLock },
  { to: 'deliveries', label: 'Webhooks', Icon: IconWebhook },
  { to: 'push', label: 'Push', Icon: IconBell },
  { to: 'settings', label: 'Settings', Icon: IconSettings },
]

const ABOVE: readonly Place[] = [
  { to: '/', label: 'Services', Icon: IconServer },
  { to: '/credentials', label: 'Credentials', Icon: IconKey },
  { to: '/charts', label: 'Charts', Icon: IconChartLine },
]

/** The sections of the service that is open, and those above all services. */
export function Navigation({ service }: { service: string | undefined }): ReactNode {
  return (
    <>
      {service && (
        <>
          <Heading>Service</Heading>
          {IN_SERVICE.map((place) => (
            <Entry key={place.to} {...place} to={`/services/${service}/${place.to}`} />
          ))}
          <Divider my="xs" />
        </>
      )}
      <Heading>Installation</Heading>
      {ABOVE.map((place) => (
        <Entry key={place.to} {...place} />
      ))}
    </>
  )
}

function Heading({ children }: { children: string }): ReactNode {
  return (
    <Text size="xs" c="dimmed" px="xs" pb={2}>
      {children}
    </Text>
  )
}

function Entry({ to, label, Icon }: Place): ReactNode {
  const { pathname } = useLocation()
  const active = to === '/' ? pathname === '/' : pathname === to || pathname.startsWith(`${to}/`)
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      leftSection={<Icon size={16} />}
      active={active}
      color="gray"
      autoContrast
      aria-current={active ? 'page' : undefined}
      px="xs"
      py={5}
      style={{ borderRadius: 'var(--mantine-radius-sm)' }}
    />
  )
}
