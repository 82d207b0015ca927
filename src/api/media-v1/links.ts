// Links to content that work for a while and need no credentials: whoever has one may read.
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Sid } from '../../lib/sid.ts'

export const LINK_SECONDS = 300

export type LinkSigner = {
  /** The query of a link that works for LINK_SECONDS from `now`, in milliseconds. */
  sign(file: LinkedFile, now: number): string
  /** Seconds that the link still works; undefined when it has expired or was not signed here. */
  check(file: LinkedFile, expires: string, signature: string, now: number): number | undefined
}

export type LinkedFile = { serviceSid: Sid<'IS'>; sid: Sid<'ME'> }

/** Servers with the same secret accept each other's links. */
export function createLinkSigner(secret: string): LinkSigner {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'parley media links', 32))
  const signatureOf = ({ serviceSid, sid }: LinkedFile, expires: string): Buffer =>
    createHmac('sha256', key).update(`${serviceSid}/${sid}/${expires}`).digest()
  return {
    sign(file, now) {
      const expires = String(Math.floor(now / 1000) + LINK_SECONDS)
      return `expires=${expires}&sig=${signatureOf(file, expires).toString('base64url')}`
    },
    check(file, expires, signature, now) {
      const expected = signatureOf(file, expires)
      const given = Buffer.from(signature, 'base64url')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      const seconds = Number(expires) - Math.floor(now / 1000)
      return seconds > 0 ? seconds : undefined
    },
  }
}
