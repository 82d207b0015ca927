import type { Channel } from '../api/types.ts'
import type { FieldSpec } from '../parts/fields.tsx'

export const channelFields: readonly FieldSpec[] = [
  { name: 'FriendlyName', label: 'Name', hint: 'What people see' },
  {
    name: 'UniqueName',
    label: 'Unique name',
    hint: 'What code may use in place of the SID; no other channel of the service has it',
  },
  {
    name: 'Attributes',
    label: 'Attributes',
    hint: 'JSON that your app keeps with the channel',
    kind: 'json',
  },
]

export function channelName({ friendly_name, unique_name, sid }: Channel): string {
  return friendly_name || unique_name || sid
}
