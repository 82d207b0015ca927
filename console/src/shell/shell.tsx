// The frame around all screens: where one is, and where one can go.
import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Link, useMatch } from 'react-router'
import { queryClient } from '../api/queries.ts'
import { remove } from '../api/request.ts'
import { IconLeave, IconMoon, IconSun } from '../parts/icons.tsx'
import { Navigation } from './navigation.tsx'
import { ServicePicker } from './service-picker.tsx'

export function Shell({ children }: { children: ReactNode }): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure()
  const service = useMatch('/services/:service/*')?.params.service
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding="md"
      transitionDuration={0}
    >
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
          <Link to="/" className="row-link" aria-label="Parley: all services">
            <Group gap={8} wrap="nowrap">
              <img src="/console/parley.svg" width={22} height={22} alt="" />
              <Text fw={600} visibleFrom="sm">
                Parley
              </Text>
            </Group>
          </Link>
          <ServicePicker selected={service} />
          <Group gap={4} ml="auto" wrap="nowrap">
            <Scheme />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label="Sections" onClick={close}>
        <Navigation service={service} />
      </AppShell.Navbar>
      <AppShell.Main>{children}</AppShell.Main>
    </AppShell>
  )
}

function Scheme(): ReactNode {
  const { toggleColorScheme } = useMantineColorScheme()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (
    <Tooltip label="Dark or light">
      <ActionIcon onClick={toggleColorScheme} aria-label="Switch between dark and light">
        {isDark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}

function SignOut(): ReactNode {
  const signOut = async (): Promise<void> => {
    await remove('/parley/v1/Session')
    await queryClient.resetQueries()
  }
  return (
    <Tooltip label="Sign out">
      <ActionIcon onClick={() => void signOut()} aria-label="Sign out">
        <IconLeave size={18} />
      </ActionIcon>
    </Tooltip>
  )
}
