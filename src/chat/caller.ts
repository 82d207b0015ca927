// Who asks: the account (REST, full rights) or a user (an SDK, rights by roles).
import type { Sid } from '../lib/sid.ts'
import { SYSTEM_IDENTITY } from './values.ts'

export type AccountCaller = {
  kind: 'account'
  accountSid: Sid<'AC'>
  /** Post-event webhooks are wanted: REST's `X-Twilio-Webhook-Enabled: true` (rest-v2.md §1.11). */
  webhooks: boolean
}

export type UserCaller = {
  kind: 'user'
  accountSid: Sid<'AC'>
  serviceSid: Sid<'IS'>
  userSid: Sid<'US'>
  identity: string
}

export type Caller = AccountCaller | UserCaller

/** The name under which the caller acts. */
export function identityOf(caller: Caller): string {
  return caller.kind === 'user' ? caller.identity : SYSTEM_IDENTITY
}

/** True when the caller is the user with this identity in this service. */
export function isUser(caller: Caller, serviceSid: Sid<'IS'>, identity: string | null): boolean {
  return isWithin(caller, serviceSid) && caller.kind === 'user' && caller.identity === identity
}

/** A user acts in one service only. */
export function isWithin(caller: Caller, serviceSid: Sid<'IS'>): boolean {
  return caller.kind === 'account' || caller.serviceSid === serviceSid
}
