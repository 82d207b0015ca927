import type { FieldSpec } from '../parts/fields.tsx'
import type { RoleChoices } from './role-choices.ts'

export function userFields(roles: RoleChoices): readonly FieldSpec[] {
  return [
    { name: 'FriendlyName', label: 'Name', hint: 'What people see' },
    {
      name: 'RoleSid',
      label: 'Role',
      hint: 'What the user may do in the service',
      kind: 'choice',
      choices: roles.choices,
    },
    { name: 'Attributes', label: 'Attributes', hint: 'JSON that your app keeps with the user', kind: 'json' },
  ]
}
