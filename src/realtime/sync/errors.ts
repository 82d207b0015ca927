// Errors of watched objects (realtime-protocol.md §5.2); the numbers are those that the SDKs compare with.
import { ChatError } from '../../chat/errors.ts'
import type { SyncType } from './objects.ts'

const MISSING: Record<SyncType, [number, string]> = {
  document: [54100, 'Document not found'],
  list: [54150, 'List not found'],
  map: [54200, 'Map not found'],
}

export function objectNotFound(type: SyncType): ChatError {
  const [code, message] = MISSING[type]
  return new ChatError(code, 404, message)
}

export function accessForbidden(): ChatError {
  return new ChatError(54007, 403, 'Access forbidden for identity')
}
