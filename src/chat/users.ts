import { newSid, readSid, type Sid } from '../lib/sid.ts'
import { deleteBindingsOf } from '../store/bindings.ts'
import { lockChannel } from '../store/channels.ts'
import type { Tx } from '../store/database.ts'
import { deleteInvite, listInvitesOf } from '../store/invites.ts'
import { listMembershipsOf } from '../store/members.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import type { Service } from '../store/services.ts'
import { deleteUserChannelsOf } from '../store/user-channels.ts'
import {
  findUser,
  findUserBySid,
  insertUser,
  lockUser,
  listUsers as queryUsers,
  deleteUser as removeUser,
  updateUser as saveUser,
  type User,
} from '../store/users.ts'
import { type Caller, isUser } from './caller.ts'
import { applyChange, ifGiven } from './changes.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import type { Emit } from './events.ts'
import { askBefore } from './intents.ts'
import { endMembership } from './membership.ts'
import { ownOrAny, requireAccount, requireServicePermission } from './permissions.ts'
import { checkRole } from './roles.ts'
import { checkAttributes, checkIdentity, checkName, EMPTY_ATTRIBUTES } from './values.ts'

export type UserChange = { friendlyName?: string | null; attributes?: string; roleSid?: Sid<'RL'> }
export type UserDraft = UserChange & { identity: string }

/** The user with this sid or identity. Throws userNotFound. */
export async function requireUser(chat: Chat, service: Pick<Service, 'sid'>, key: string): Promise<User> {
  const sid = readSid('US', key)
  const user = sid
    ? await findUserBySid(chat.db, service.sid, sid)
    : await findUser(chat.db, service.sid, key)
  if (!user) throw errors.userNotFound()
  return user
}

export function listUsers(chat: Chat, service: Service, page: PageRequest): Promise<Page<User>> {
  return queryUsers(chat.db, service.sid, page)
}

/** Throws userExists and the errors of single values (§2.4). */
export async function createUser(
  chat: Chat,
  caller: Caller,
  service: Service,
  draft: UserDraft,
): Promise<User> {
  requireAccount(caller)
  const identity = checkIdentity(draft.identity, chat.limits)
  const change = checkUserChange(chat, draft)
  return commit(chat, { by: caller, serviceSid: service.sid, budget: service.sid }, async (tx, emit, now) => {
    const roleSid = await checkRole(tx, service, 'deployment', draft.roleSid ?? service.defaultServiceRoleSid)
    const user = newUser(service.sid, identity, roleSid, now, change)
    if (!(await insertUser(tx, user))) throw errors.userExists()
    emit({ type: 'user.added', user })
    return user
  })
}

/** Throws mayNotSetRole, notAuthorized and the errors of single values. */
export async function updateUser(
  chat: Chat,
  caller: Caller,
  service: Pick<Service, 'sid'>,
  user: User,
  change: UserChange,
): Promise<User> {
  await requireToUpdateUser(chat, caller, user, change)
  const asked = await askBefore(chat, caller, { type: 'user.update', user, change })
  const checked = checkUserChange(chat, asked.change)
  return commit(chat, { by: caller, serviceSid: service.sid, budget: service.sid }, async (tx, emit, now) => {
    const current = await lockUser(tx, user.sid)
    if (!current) throw errors.userNotFound()
    const wanted = asked.change.roleSid
    const roleSid = wanted === undefined ? undefined : await checkRole(tx, service, 'deployment', wanted)
    const applied = applyChange(current, { ...checked, roleSid })
    if (!applied.changed) return current
    const updated = { ...countInfoChanges(current, applied.row), updatedAt: now }
    await saveUser(tx, current, updated)
    emit({ type: 'user.updated', user: updated })
    return updated
  })
}

/** Takes the user out of every channel and deletes invites and bindings; messages stay (§2.4). */
export async function deleteUser(chat: Chat, caller: Caller, user: User): Promise<void> {
  requireAccount(caller)
  const scope = { by: caller, serviceSid: user.serviceSid, budget: user.serviceSid }
  await commit(chat, scope, async (tx, emit, now) => {
    // Channels before the user, as whoever joins or leaves does.
    for (const { channelSid } of await listMembershipsOf(tx, user.sid)) await lockChannel(tx, channelSid)
    const current = await lockUser(tx, user.sid)
    if (!current) throw errors.userNotFound()
    for (const member of await listMembershipsOf(tx, user.sid)) await endMembership(tx, emit, member, now)
    for (const invite of await listInvitesOf(tx, user.sid)) {
      await deleteInvite(tx, invite.channelSid, invite.identity)
    }
    await deleteBindingsOf(tx, user.sid)
    await deleteUserChannelsOf(tx, user.sid)
    await removeUser(tx, user.sid)
    emit({ type: 'user.removed', user: current })
  })
}

/** The user with this identity, made now if there was none, with the role given or the service's default. */
export async function ensureUser(
  tx: Tx,
  emit: Emit,
  service: Service,
  identity: string,
  now: number,
  given: { sid?: Sid<'US'>; roleSid?: Sid<'RL'> } = {},
): Promise<User> {
  const known = await findUser(tx, service.sid, identity)
  if (known) return known
  const roleSid = await checkRole(tx, service, 'deployment', given.roleSid ?? service.defaultServiceRoleSid)
  const sid = given.sid ?? newSid('US')
  const user: User = { ...newUser(service.sid, identity, roleSid, now, {}), sid }
  if (await insertUser(tx, user)) {
    emit({ type: 'user.added', user })
    return user
  }
  const other = await findUser(tx, service.sid, identity)
  if (!other) throw errors.userConflict()
  return other
}

function newUser(
  serviceSid: Sid<'IS'>,
  identity: string,
  roleSid: Sid<'RL'>,
  now: number,
  given: Pick<UserChange, 'friendlyName' | 'attributes'>,
): User {
  return {
    sid: newSid('US'),
    serviceSid,
    identity,
    friendlyName: given.friendlyName ?? null,
    attributes: given.attributes ?? EMPTY_ATTRIBUTES,
    roleSid,
    isOnline: null,
    isNotifiable: null,
    joinedChannelsCount: 0,
    channelsEvent: 0,
    infoEvent: 0,
    friendlyNameEvent: 0,
    attributesEvent: 0,
    reachabilityEvent: 0,
    createdAt: now,
    updatedAt: now,
  }
}

function checkUserChange(chat: Chat, change: UserChange): Pick<UserChange, 'friendlyName' | 'attributes'> {
  const { limits } = chat
  return {
    friendlyName: ifGiven(change.friendlyName, (name) =>
      checkName(name, limits.name, errors.friendlyNameTooLong),
    ),
    attributes: ifGiven(change.attributes, (text) => checkAttributes(text, limits.userAttributes)),
  }
}

async function requireToUpdateUser(
  chat: Chat,
  caller: Caller,
  user: User,
  change: UserChange,
): Promise<void> {
  if (caller.kind === 'user' && change.roleSid !== undefined) throw errors.mayNotSetRole()
  const own = isUser(caller, user.serviceSid, user.identity)
  const wanted = ownOrAny(own, 'editOwnUserInfo', 'editAnyUserInfo')
  await requireServicePermission(chat, caller, user.serviceSid, ...wanted)
}

/** Each of the user's own items that changed gets an event number of its own (realtime-protocol.md §6.5). */
function countInfoChanges(before: User, after: User): User {
  let event = before.infoEvent
  const friendlyNameEvent = before.friendlyName === after.friendlyName ? before.friendlyNameEvent : ++event
  const attributesEvent = before.attributes === after.attributes ? before.attributesEvent : ++event
  return { ...after, friendlyNameEvent, attributesEvent, infoEvent: event }
}
