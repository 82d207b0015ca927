// What the permissions of roles allow, grouped for the eye.
import type { Role } from '../api/types.ts'

type Held = 'everywhere' | Role['type']
export type Permission = { name: string; label: string; held: Held }
export type PermissionGroup = { title: string; permissions: readonly Permission[] }

const p = (name: string, label: string, held: Held = 'everywhere'): Permission => ({ name, label, held })

const GROUPS: readonly PermissionGroup[] = [
  {
    title: 'Messages',
    permissions: [
      p('sendMessage', 'Send messages', 'channel'),
      p('sendMediaMessage', 'Send files', 'channel'),
      p('editOwnMessage', 'Edit own messages'),
      p('editAnyMessage', 'Edit any message'),
      p('editOwnMessageAttributes', 'Edit attributes of own messages'),
      p('editAnyMessageAttributes', 'Edit attributes of any message'),
      p('deleteOwnMessage', 'Delete own messages', 'channel'),
      p('deleteAnyMessage', 'Delete any message'),
    ],
  },
  {
    title: 'Members',
    permissions: [
      p('addMember', 'Add members'),
      p('inviteMember', 'Invite'),
      p('removeMember', 'Remove members'),
      p('editOwnMemberAttributes', 'Edit own attributes', 'channel'),
      p('editAnyMemberAttributes', 'Edit attributes of any member'),
      p('editNotificationLevel', 'Set own notification level', 'channel'),
      p('leaveChannel', 'Leave', 'channel'),
    ],
  },
  {
    title: 'Channel',
    permissions: [
      p('createChannel', 'Create channels', 'deployment'),
      p('joinChannel', 'Join public channels', 'deployment'),
      p('editChannelName', 'Rename'),
      p('editChannelAttributes', 'Edit attributes'),
      p('destroyChannel', 'Delete the channel'),
    ],
  },
  {
    title: 'Users',
    permissions: [
      p('editOwnUserInfo', 'Edit own name and attributes'),
      p('editAnyUserInfo', 'Edit those of any user'),
    ],
  },
]

/** The permissions that a role of this type can hold. */
export function groupsFor(type: Role['type']): readonly PermissionGroup[] {
  return GROUPS.map(({ title, permissions }) => ({
    title,
    permissions: permissions.filter(({ held }) => held === 'everywhere' || held === type),
  }))
}
