// Checks of single values. Each returns the value to store, or throws the error that belongs to it.
import { isSid } from '../lib/sid.ts'
import { type ChatError, errors } from './errors.ts'
import type { Limits } from './limits.ts'

export const SYSTEM_IDENTITY = 'system'
export const EMPTY_ATTRIBUTES = '{}'

/** True when `text` has more than `limit` code points. */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit && (text.length > limit * 2 || [...text].length > limit)
}

/** The name, or null for an empty one. */
export function checkName(name: string | null, limit: number, tooLong: () => ChatError): string | null {
  if (name === null || name === '') return null
  if (isLongerThan(name, limit)) throw tooLong()
  return name
}

/** A friendly name that cannot be empty. */
export function checkRequiredName(name: string, limit: number): string {
  if (name === '') throw errors.missingParameter('FriendlyName')
  if (isLongerThan(name, limit)) throw errors.friendlyNameTooLong()
  return name
}

export function checkIdentity(identity: string, limits: Limits): string {
  if (identity === '') throw errors.missingParameter('Identity')
  // A database replaces half a character: all such identities would be the same user.
  if (!identity.isWellFormed()) throw errors.invalidParameter('Identity', 'a text of whole characters')
  if (isLongerThan(identity, limits.name)) throw errors.identityTooLong()
  if (isSid('US', identity)) throw errors.identityLooksLikeSid()
  if (identity === SYSTEM_IDENTITY) throw errors.identityReserved()
  return identity
}

export function checkUniqueName(name: string | null, limits: Limits): string | null {
  const checked = checkName(name, limits.name, errors.uniqueNameTooLong)
  if (checked !== null && isSid('CH', checked)) throw errors.uniqueNameLooksLikeSid()
  return checked
}

/** The text of an author, which need not be a user; `system` when there is none. */
export function checkAuthor(
  author: string | undefined,
  limits: Limits,
  tooLong = errors.authorTooLong,
): string {
  if (author === undefined || author === '') return SYSTEM_IDENTITY
  if (isLongerThan(author, limits.name)) throw tooLong()
  return author
}

/** Attributes are kept as the text that came in; empty means `{}`. `limit` counts UTF-8 bytes. */
export function checkAttributes(text: string, limit: number): string {
  if (text === '') return EMPTY_ATTRIBUTES
  if (Buffer.byteLength(text) > limit) throw errors.attributesTooLong()
  try {
    JSON.parse(text)
    return text
  } catch {
    throw errors.attributesNotJson()
  }
}

export function checkBody(body: string, limits: Limits): string {
  if (Buffer.byteLength(body) > limits.messageBody) throw errors.bodyTooLong()
  return body
}

/** A read horizon: null, or an index that need not exist. */
export function checkReadIndex(index: number | null): number | null {
  if (index !== null && (!Number.isSafeInteger(index) || index < 0)) throw errors.invalidReadIndex()
  return index
}

/** True for an absolute http or https URL with a host. */
export function isWebUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s/?#\\]\S*$/i.test(text)) return false
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== ''
}
