import { createHash, randomBytes } from 'node:crypto'

export type OneTimeCodes = {
  /** A new code, valid once within the next ten minutes. */
  issue(): string
  /** True once for each code that is still valid. */
  redeem(code: string): boolean
}

const LIFE_MS = 600_000

/** Codes live and die with the process, and only as digests. */
export function createOneTimeCodes(now: () => number): OneTimeCodes {
  const expiries = new Map<string, number>()
  return {
    issue() {
      const code = randomBytes(24).toString('base64url')
      expiries.set(digest(code), now() + LIFE_MS)
      return code
    },
    redeem(code) {
      const key = digest(code)
      const expiry = expiries.get(key)
      expiries.delete(key)
      return expiry !== undefined && now() < expiry
    },
  }
}

function digest(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}
