// Page tokens: two letters for the side and the key of the row at the edge. A page starts after it (`PT`) or from it
// on (`PF`), or it ends before it (`PB`) or goes up to it (`PU`).
import { errors } from '../../chat/errors.ts'
import { readSid } from '../../lib/sid.ts'
import type { PageTokens } from './operation.ts'

const SIDES = { PT: 'after', PF: 'from', PB: 'before', PU: 'upTo' } as const
const LETTERS = { after: 'PT', from: 'PF', before: 'PB', upTo: 'PU' } as const

type Side = keyof typeof LETTERS

/** For a list whose keys are sids of one kind. */
export function sidTokens(prefix: string): PageTokens<string> {
  return {
    write: ({ side, key }) => `${LETTERS[side]}${key}`,
    read(token) {
      const key = readSid(prefix, token.slice(2))
      if (key === undefined) throw errors.invalidPageToken()
      return { side: readSide(token), key }
    },
  }
}

/** For messages, whose key is their index. Throws negativePageToken where the number is below zero. */
export const indexTokens: PageTokens<number> = {
  write: ({ side, key }) => `${LETTERS[side]}${key}`,
  read(token) {
    const digits = token.slice(2)
    if (/^-\d+$/.test(digits)) throw errors.negativePageToken()
    if (!/^\d{1,15}$/.test(digits)) throw errors.invalidPageToken()
    return { side: readSide(token), key: Number(digits) }
  },
}

function readSide(token: string): Side {
  const letters = token.slice(0, 2)
  if (!Object.hasOwn(SIDES, letters)) throw errors.invalidPageToken()
  return SIDES[letters as keyof typeof SIDES]
}
