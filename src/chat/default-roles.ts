// The four roles of a new service (rest-v2.md §3.2).
import { newSid, type Sid } from '../lib/sid.ts'
import type { Role, RoleType } from '../store/roles.ts'
import type { Permission } from './permissions.ts'

type Template = { type: RoleType; friendlyName: string; permissions: Permission[] }

const SERVICE_ADMIN: Template = {
  type: 'deployment',
  friendlyName: 'service admin',
  permissions: [
    'addMember',
    'createChannel',
    'deleteAnyMessage',
    'destroyChannel',
    'editAnyMessage',
    'editAnyMessageAttributes',
    'editAnyUserInfo',
    'editChannelAttributes',
    'editChannelName',
    'inviteMember',
    'joinChannel',
    'removeMember',
    'editAnyMemberAttributes',
  ],
}

const SERVICE_USER: Template = {
  type: 'deployment',
  friendlyName: 'service user',
  permissions: ['createChannel', 'joinChannel', 'editOwnUserInfo'],
}

const CHANNEL_ADMIN: Template = {
  type: 'channel',
  friendlyName: 'channel admin',
  permissions: [
    'addMember',
    'deleteAnyMessage',
    'destroyChannel',
    'editAnyMessage',
    'editAnyMessageAttributes',
    'editChannelAttributes',
    'editChannelName',
    'inviteMember',
    'leaveChannel',
    'removeMember',
    'sendMediaMessage',
    'sendMessage',
    'editNotificationLevel',
    'editAnyMemberAttributes',
  ],
}

const CHANNEL_USER: Template = {
  type: 'channel',
  friendlyName: 'channel user',
  permissions: [
    'sendMessage',
    'sendMediaMessage',
    'leaveChannel',
    'editOwnMessage',
    'editOwnMessageAttributes',
    'deleteOwnMessage',
    'editNotificationLevel',
  ],
}

type DefaultRoles = { serviceAdmin: Role; serviceUser: Role; channelAdmin: Role; channelUser: Role }

export function newDefaultRoles(serviceSid: Sid<'IS'>, now: number): DefaultRoles {
  const make = ({ type, friendlyName, permissions }: Template): Role => ({
    sid: newSid('RL'),
    serviceSid,
    type,
    friendlyName,
    permissions: JSON.stringify(permissions),
    createdAt: now,
    updatedAt: now,
  })
  return {
    serviceAdmin: make(SERVICE_ADMIN),
    serviceUser: make(SERVICE_USER),
    channelAdmin: make(CHANNEL_ADMIN),
    channelUser: make(CHANNEL_USER),
  }
}
