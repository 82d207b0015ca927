// Basic authentication with the account or an API key (rest-v2.md §1.2), or a session of the console.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { AccountCaller } from '../../chat/caller.ts'
import { errors } from '../../chat/errors.ts'
import type { Sid } from '../../lib/sid.ts'

/**
 * Marks requests of the console's own pages. No form or image of another page can set a header, and its scripts may not: this is
 * what stops forged requests.
 */
export const CONSOLE_HEADER = 'x-parley-console'

/** A pair of user name and password that stands for the account. */
type Login = { username: string; password: string; accountSid: Sid<'AC'> }

export type Authenticate = (headers: IncomingHttpHeaders, webhooks: boolean) => AccountCaller
/** The account whose session the request belongs to. */
type ReadSession = (headers: IncomingHttpHeaders) => Sid<'AC'> | undefined

type Known = { accountSid: Sid<'AC'>; header: Buffer; digest: Buffer }

/** Credentials come before sessions. The function it returns throws authenticate. */
export function createAuthenticator(
  logins: readonly Login[],
  readSession: ReadSession = () => undefined,
): Authenticate {
  const byUsername = new Map(logins.map((login) => [login.username, know(login)]))
  const known = [...byUsername.values()]
  return (headers, webhooks) => {
    const { authorization } = headers
    const login = findByHeader(known, authorization) ?? findByParts(byUsername, authorization)
    const accountSid = login?.accountSid ?? (authorization === undefined ? readSession(headers) : undefined)
    if (!accountSid) throw errors.authenticate()
    return { kind: 'account', accountSid, webhooks }
  }
}

function know({ username, password, accountSid }: Login): Known {
  const header = Buffer.from(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  return { accountSid, header, digest: digest(password) }
}

/** The header as every library writes it, compared as a whole: a tenth of the cost of taking it apart. */
function findByHeader(known: readonly Known[], authorization = ''): Known | undefined {
  const given = Buffer.from(authorization)
  return known.find(({ header }) => header.length === given.length && timingSafeEqual(header, given))
}

function findByParts(
  byUsername: ReadonlyMap<string, Known>,
  authorization: string | undefined,
): Known | undefined {
  const given = parseBasic(authorization)
  const login = given && byUsername.get(given.username)
  return login && timingSafeEqual(login.digest, digest(given.password)) ? login : undefined
}

function parseBasic(header: string | undefined): { username: string; password: string } | undefined {
  const match = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')
  if (!match?.[1]) return undefined
  const decoded = Buffer.from(match[1], 'base64').toString('utf8')
  const split = decoded.indexOf(':')
  return split < 0 ? undefined : { username: decoded.slice(0, split), password: decoded.slice(split + 1) }
}

/** Passwords are compared by digest, so that neither content nor length shows in the time it takes. */
function digest(password: string): Buffer {
  return createHash('sha256').update(password).digest()
}
