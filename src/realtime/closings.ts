// Why the server ends a connection (realtime-protocol.md §2.7), and what the client makes of it.
import { close } from './twilsock/messages.ts'

/** The client comes back, not before `reconnectMs`, and goes on where it was. */
export function comeBack(description: string, reconnectMs?: number): Buffer {
  return close({ code: 308, status: 'OFFLOAD', description }, reconnectMs)
}

/** The client asks its app for a new token and comes back with it. */
export function tokenExpired(): Buffer {
  return close({ code: 410, status: 'TOKEN_EXPIRED', description: 'Token expired', errorCode: 20104 })
}

/** The client stays away: its user or service is gone. */
export function signedOut(): Buffer {
  return close({
    code: 401,
    status: 'UNAUTHORIZED',
    description: 'User or service deleted',
    errorCode: 20101,
  })
}
