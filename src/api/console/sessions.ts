// The console's session: a signed cookie that stands for the account. Nothing is kept for it, so that it outlives restarts and
// holds on every process; another auth token ends all sessions.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Sid } from '../../lib/sid.ts'
import { CONSOLE_HEADER } from '../http/auth.ts'

export type Sessions = {
  /** The `Set-Cookie` value of a new session. */
  open(): string
  /** The `Set-Cookie` value that ends the session in the browser. */
  close(): string
  /** The account, when the request carries a valid cookie and comes from the console's own pages. */
  read(headers: IncomingHttpHeaders): Sid<'AC'> | undefined
}

export type SessionOptions = {
  accountSid: Sid<'AC'>
  authToken: string
  /** Where browsers find the server; with https, the cookie is for TLS only. */
  publicUrl: () => string
  now: () => number
}

const LIFE_SECONDS = 12 * 3_600

export function createSessions({ accountSid, authToken, publicUrl, now }: SessionOptions): Sessions {
  const key = createHmac('sha256', authToken).update(`console session of ${accountSid}`).digest()
  // Cookies do not tell ports apart: servers on one machine would end each other's sessions.
  const name = `parley_console_${createHmac('sha256', key).update('name').digest('hex').slice(0, 8)}`
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('hex')
  const cookie = (value: string, seconds: number): string =>
    `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${publicUrl().startsWith('https:') ? '; Secure' : ''}`
  return {
    open() {
      const expires = String(Math.floor(now() / 1000) + LIFE_SECONDS)
      return cookie(`${expires}.${sign(expires)}`, LIFE_SECONDS)
    },
    close: () => cookie('', 0),
    read(headers) {
      if (headers[CONSOLE_HEADER] === undefined) return undefined
      const [expires = '', signature = ''] = findCookie(headers.cookie, name).split('.')
      if (!equal(signature, sign(expires)) || !(Number(expires) * 1000 > now())) return undefined
      return accountSid
    },
  }
}

function findCookie(header: string | undefined, name: string): string {
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key === name) return value ?? ''
  }
  return ''
}

function equal(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
