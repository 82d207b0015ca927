// Page tokens: `PT` and the key of the row that the page starts after, `PB` and the key it ends before.
import { errors } from '../../chat/errors.ts'
import { readSid } from '../../lib/sid.ts'
import type { PageTokens } from './operation.ts'

const SIDES = { PT: 'after', PB: 'before' } as const

/** For a list whose keys are sids of one kind. */
export function sidTokens(prefix: string): PageTokens<string> {
  return {
    write: ({ side, key }) => `${letters(side)}${key}`,
    read(token) {
      const key = readSid(prefix, token.slice(2))
      if (key === undefined) throw errors.invalidPageToken()
      return { side: readSide(token), key }
    },
  }
}

/** For messages, whose key is their index. Throws negativePageToken where the number is below zero. */
export const indexTokens: PageTokens<number> = {
  write: ({ side, key }) => `${letters(side)}${key}`,
  read(token) {
    const digits = token.slice(2)
    if (/^-\d+$/.test(digits)) throw errors.negativePageToken()
    if (!/^\d{1,15}$/.test(digits)) throw errors.invalidPageToken()
    return { side: readSide(token), key: Number(digits) }
  },
}

function letters(side: 'after' | 'before'): 'PT' | 'PB' {
  return side === 'after' ? 'PT' : 'PB'
}

function readSide(token: string): 'after' | 'before' {
  const prefix = token.slice(0, 2)
  if (prefix === 'PT' || prefix === 'PB') return SIDES[prefix]
  throw errors.invalidPageToken()
}
