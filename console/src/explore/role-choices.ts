import { servicePath } from '../api/paths.ts'
import { useList } from '../api/queries.ts'
import type { Role } from '../api/types.ts'
import type { Choice } from '../parts/fields.tsx'

export type RoleChoices = { choices: readonly Choice[]; nameOf(sid: string): string }

/** The roles of a service that can be given in one place: in channels, or in the service as a whole. */
export function useRoleChoices(service: string, type: Role['type']): RoleChoices {
  const { items } = useList<Role>(`${servicePath(service)}/Roles?PageSize=100`)
  const choices = items
    .filter((role) => role.type === type)
    .map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))
  return { choices, nameOf: (sid) => items.find((role) => role.sid === sid)?.friendly_name ?? sid }
}
