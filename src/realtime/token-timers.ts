// The end of a token's life (realtime-protocol.md §2.6): a warning three minutes before, then the end.

const WARNING_MS = 180_000
/** For a token that was taken although it had just expired, as clocks differ. */
const LEEWAY_MS = 60_000

export type TokenTimers = {
  /** For a new token; `expiresAt` is milliseconds since 1970. */
  arm(expiresAt: number): void
  stop(): void
}

export function createTokenTimers(now: () => number, onWarning: () => void, onEnd: () => void): TokenTimers {
  let warning: NodeJS.Timeout | undefined
  let end: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(warning)
    clearTimeout(end)
  }
  return {
    arm(expiresAt) {
      stop()
      const left = expiresAt - now()
      warning = setTimeout(onWarning, Math.max(0, left - WARNING_MS))
      end = setTimeout(onEnd, left > 0 ? left : left + LEEWAY_MS)
    },
    stop,
  }
}
