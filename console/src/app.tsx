import { Center, Loader } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation, useParams } from 'react-router'
import { useResource } from './api/queries.ts'
import { ApiError } from './api/request.ts'
import type { Account } from './api/types.ts'
import { ChannelPage } from './explore/channel.tsx'
import { ChannelsPage } from './explore/channels.tsx'
import { CredentialsPage } from './explore/credentials.tsx'
import { RolesPage } from './explore/roles.tsx'
import { ServicesPage } from './explore/services.tsx'
import { UserPage } from './explore/user.tsx'
import { UsersPage } from './explore/users.tsx'
import { ChartsPage } from './operate/charts-page.tsx'
import { DeliveriesPage } from './operate/deliveries.tsx'
import { DeliveryPage } from './operate/delivery.tsx'
import { PushPage } from './operate/push.tsx'
import { SettingsPage } from './operate/settings.tsx'
import { Boundary } from './parts/boundary.tsx'
import { Fault } from './parts/states.tsx'
import { Shell } from './shell/shell.tsx'
import { SignIn } from './sign-in/sign-in.tsx'
import { TryPage } from './try/try-page.tsx'

/** Everything behind the sign-in. */
export function App(): ReactNode {
  const account = useResource<Account>('/parley/v1/Account')
  const { pathname } = useLocation()
  if (account.error instanceof ApiError && account.error.status === 401) return <SignIn />
  if (account.error) return <Fault error={account.error} retry={account.refetch} />
  if (!account.data) return <Waiting />
  return (
    <Shell>
      <Boundary address={pathname}>
        <Suspense fallback={<Waiting />}>
          <Pages />
        </Suspense>
      </Boundary>
    </Shell>
  )
}

function Waiting(): ReactNode {
  return (
    <Center h="60vh">
      <Loader size="sm" aria-label="Loading" />
    </Center>
  )
}

function Pages(): ReactNode {
  return (
    <Routes>
      <Route index element={<ServicesPage />} />
      <Route path="credentials" element={<CredentialsPage />} />
      <Route path="charts" element={<ChartsPage />} />
      <Route path="services/:service">
        <Route index element={<ToChannels />} />
        <Route path="try" element={<TryPage />} />
        <Route path="channels" element={<ChannelsPage />} />
        <Route path="channels/:channel/:tab?" element={<ChannelPage />} />
        <Route path="users" element={<UsersPage />} />
        <Route path="users/:user" element={<UserPage />} />
        <Route path="roles" element={<RolesPage />} />
        <Route path="deliveries" element={<DeliveriesPage />} />
        <Route path="deliveries/:delivery" element={<DeliveryPage />} />
        <Route path="push/:tab?" element={<PushPage />} />
        <Route path="settings" element={<SettingsPage />} />
      </Route>
      <Route path="*" element={<Navigate to="/" replace />} />
    </Routes>
  )
}

function ToChannels(): ReactNode {
  const { service = '' } = useParams()
  return <Navigate to={`/services/${service}/channels`} replace />
}
