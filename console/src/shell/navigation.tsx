import { Divider, NavLink, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import {
  IconBell,
  IconChart,
  IconGear,
  IconKey,
  IconMessages,
  IconPlay,
  IconServer,
  IconShield,
  type IconType,
  IconUsers,
  IconWebhook,
} from '../parts/icons.tsx'

type Place = { to: string; label: string; Icon: IconType }

const IN_SERVICE: readonly Place[] = [
  { to: 'try', label: 'Try it', Icon: IconPlay },
  { to: 'channels', label: 'Channels', Icon: IconMessages },
  { to: 'users', label: 'Users', Icon: IconUsers },
  { to: 'roles', label: 'Roles', Icon: IconShield },
  { to: 'deliveries', label: 'Webhooks', Icon: IconWebhook },
  { to: 'push', label: 'Push', Icon: IconBell },
  { to: 'settings', label: 'Settings', Icon: IconGear },
]

const ABOVE: readonly Place[] = [
  { to: '/', label: 'Services', Icon: IconServer },
  { to: '/credentials', label: 'Credentials', Icon: IconKey },
  { to: '/charts', label: 'Charts', Icon: IconChart },
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
