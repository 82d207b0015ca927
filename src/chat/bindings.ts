// Devices registered for push (rest-v2.md §2.10). Clients make them (push-registrations.ts); here they are read and deleted.
import { readSid } from '../lib/sid.ts'
import {
  type Binding,
  type BindingFilter,
  findBinding,
  listBindings as queryBindings,
  listUserBindings as queryUserBindings,
  deleteBinding as removeBinding,
} from '../store/bindings.ts'
import type { CredentialType } from '../store/credentials.ts'
import type { Page, PageRequest } from '../store/paging.ts'
import type { Service } from '../store/services.ts'
import { lockUser, type User } from '../store/users.ts'
import type { Caller } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { errors } from './errors.ts'
import { followBindings } from './notifiable.ts'
import { requireAccount } from './permissions.ts'

/** Throws notFound. */
export async function requireBinding(chat: Chat, service: Service, text: string): Promise<Binding> {
  const sid = readSid('BS', text)
  const binding = sid && (await findBinding(chat.db, service.sid, sid))
  if (!binding) throw errors.notFound()
  return binding
}

/** The binding when it is this user's. Throws notFound. */
export async function requireUserBinding(
  chat: Chat,
  service: Service,
  user: User,
  text: string,
): Promise<Binding> {
  const binding = await requireBinding(chat, service, text)
  if (binding.userSid !== user.sid) throw errors.notFound()
  return binding
}

export function listBindings(
  chat: Chat,
  service: Service,
  filter: BindingFilter,
  page: PageRequest,
): Promise<Page<Binding>> {
  return queryBindings(chat.db, service.sid, filter, page)
}

export function listUserBindings(
  chat: Chat,
  user: User,
  types: readonly CredentialType[],
  page: PageRequest,
): Promise<Page<Binding>> {
  return queryUserBindings(chat.db, user.sid, types, page)
}

/**
 * The device gets no more pushes until it registers again; after the last one the user is not notifiable, of which webhooks
 * are told as of every change of reachability (§2.4).
 */
export async function deleteBinding(chat: Chat, caller: Caller, binding: Binding): Promise<void> {
  requireAccount(caller)
  const by = { ...caller, webhooks: true }
  await commit(chat, { by, serviceSid: binding.serviceSid, budget: null }, async (tx, emit, now) => {
    await lockUser(tx, binding.userSid)
    if (!(await removeBinding(tx, binding.sid))) throw errors.notFound()
    emit({ type: 'binding.removed', binding })
    await followBindings(tx, emit, binding.userSid, now)
  })
}
