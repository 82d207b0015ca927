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

export function isUser(caller: Caller, identity: string | null): boolean {
  return caller.kind === 'user' && caller.identity === identity
}
