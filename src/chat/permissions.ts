// Who may do what (rest-v2.md §3). A role is data: a list of these names.
import type { Sid } from '../lib/sid.ts'
import type { ChannelRef } from '../store/channels.ts'
import { findPermissions, type RoleType } from '../store/roles.ts'
import { type AccountCaller, type Caller, isWithin } from './caller.ts'
import type { Chat } from './chat.ts'
import { errors } from './errors.ts'

const EVERYWHERE = ['deployment', 'channel'] as const
const SERVICE_ONLY = ['deployment'] as const
const CHANNEL_ONLY = ['channel'] as const

/** Each permission and the types of role that can hold it (§3.3). */
const CATALOGUE = {
  addMember: EVERYWHERE,
  createChannel: SERVICE_ONLY,
  joinChannel: SERVICE_ONLY,
  destroyChannel: EVERYWHERE,
  inviteMember: EVERYWHERE,
  removeMember: EVERYWHERE,
  leaveChannel: CHANNEL_ONLY,
  editChannelName: EVERYWHERE,
  editChannelAttributes: EVERYWHERE,
  sendMessage: CHANNEL_ONLY,
  sendMediaMessage: CHANNEL_ONLY,
  editOwnMessage: EVERYWHERE,
  editAnyMessage: EVERYWHERE,
  editOwnMessageAttributes: EVERYWHERE,
  editAnyMessageAttributes: EVERYWHERE,
  deleteOwnMessage: CHANNEL_ONLY,
  deleteAnyMessage: EVERYWHERE,
  editOwnUserInfo: EVERYWHERE,
  editAnyUserInfo: EVERYWHERE,
  editOwnMemberAttributes: CHANNEL_ONLY,
  editAnyMemberAttributes: EVERYWHERE,
  editNotificationLevel: CHANNEL_ONLY,
} satisfies Record<string, readonly RoleType[]>

export type Permission = keyof typeof CATALOGUE

/** The list without repeats. Throws permissionNotFound for a name that this type of role cannot hold. */
export function checkPermissions(type: RoleType, names: readonly string[]): Permission[] {
  for (const name of names) {
    const holders: readonly RoleType[] = Object.hasOwn(CATALOGUE, name) ? CATALOGUE[name as Permission] : []
    if (!holders.includes(type)) throw errors.permissionNotFound(name)
  }
  return [...new Set(names)] as Permission[]
}

/** What allows something: on one's own, either of the two. */
export function ownOrAny(isOwn: boolean, own: Permission, any: Permission): Permission[] {
  return isOwn ? [own, any] : [any]
}

/** The account may do everything. Throws notAuthorized unless one of the user's two roles grants one of `wanted`. */
export function requirePermission(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
  ...wanted: Permission[]
): Promise<void> {
  return requireOne(chat, caller, channel.serviceSid, channel.sid, wanted)
}

/** Likewise for what belongs to no channel: the user's service role decides. */
export function requireServicePermission(
  chat: Chat,
  caller: Caller,
  serviceSid: Sid<'IS'>,
  ...wanted: Permission[]
): Promise<void> {
  return requireOne(chat, caller, serviceSid, null, wanted)
}

/** For what no client can do. Throws notAuthorized. */
export function requireAccount(caller: Caller): asserts caller is AccountCaller {
  if (caller.kind !== 'account') throw errors.notAuthorized()
}

/** For what only a member may do, whatever the roles. Throws notAuthorized. */
export async function requireMembership(chat: Chat, caller: Caller, channel: ChannelRef): Promise<void> {
  if (caller.kind === 'account') return
  if (!isWithin(caller, channel.serviceSid)) throw errors.notAuthorized()
  const lists = await findPermissions(chat.db, caller.userSid, channel.sid)
  if (!lists?.channel) throw errors.notAuthorized()
}

/** The caller as a member of the channel; null for the account and for who is none. */
export async function findOwnMember(
  chat: Chat,
  caller: Caller,
  channel: ChannelRef,
): Promise<Sid<'MB'> | null> {
  if (caller.kind === 'account') return null
  return (await findPermissions(chat.db, caller.userSid, channel.sid))?.memberSid ?? null
}

async function requireOne(
  chat: Chat,
  caller: Caller,
  serviceSid: Sid<'IS'>,
  channelSid: Sid<'CH'> | null,
  wanted: readonly Permission[],
): Promise<void> {
  if (caller.kind === 'account') return
  if (!isWithin(caller, serviceSid)) throw errors.notAuthorized()
  const lists = await findPermissions(chat.db, caller.userSid, channelSid)
  if (!wanted.some((one) => grants(lists?.service, one) || grants(lists?.channel, one))) {
    throw errors.notAuthorized()
  }
}

/** `list` is a JSON list of permissions, and these are words without any escape. */
function grants(list: string | null | undefined, permission: Permission): boolean {
  return list?.includes(`"${permission}"`) ?? false
}
