// Push registrations (realtime-protocol.md §12.4).
import { newSid } from '../../lib/sid.ts'
import { type Route, route } from '../router.ts'

export const registrationRoutes: Route[] = [
  route('POST', '/v1/registrations', async () => ({ status: 201, body: { id: newSid('BS') } })),
  route('DELETE', '/v1/registrations', async () => ({ status: 204, body: null })),
  route('DELETE', '/v1/registrations/:Id', async () => ({ status: 204, body: null })),
]
