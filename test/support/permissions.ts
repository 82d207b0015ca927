// Which type of role can hold which permission: the table of rest-v2.md §3.3.
import type { Permission } from '../../src/chat/permissions.ts'
import type { RoleType } from '../../src/store/roles.ts'

const BOTH: readonly RoleType[] = ['deployment', 'channel']
const SERVICE: readonly RoleType[] = ['deployment']
const CHANNEL: readonly RoleType[] = ['channel']

export const HOLDERS: Readonly<Record<Permission, readonly RoleType[]>> = {
  addMember: BOTH,
  createChannel: SERVICE,
  joinChannel: SERVICE,
  destroyChannel: BOTH,
  inviteMember: BOTH,
  removeMember: BOTH,
  leaveChannel: CHANNEL,
  editChannelName: BOTH,
  editChannelAttributes: BOTH,
  sendMessage: CHANNEL,
  sendMediaMessage: CHANNEL,
  editOwnMessage: BOTH,
  editAnyMessage: BOTH,
  editOwnMessageAttributes: BOTH,
  editAnyMessageAttributes: BOTH,
  deleteOwnMessage: CHANNEL,
  deleteAnyMessage: BOTH,
  editOwnUserInfo: BOTH,
  editAnyUserInfo: BOTH,
  editOwnMemberAttributes: CHANNEL,
  editAnyMemberAttributes: BOTH,
  editNotificationLevel: CHANNEL,
}

export const PERMISSIONS = Object.keys(HOLDERS) as Permission[]

/** Every permission that this type of role can hold, but those named. */
export function allBut(type: RoleType, ...missing: readonly Permission[]): Permission[] {
  return PERMISSIONS.filter((name) => HOLDERS[name].includes(type) && !missing.includes(name))
}
