// What a server needs and cannot reach is logged at most once a second, however many requests meet that.
import type { Logger } from './logger.ts'

const EVERY_MS = 1_000

export type LogOutage = (error: unknown) => void

/** Errors of each name have a second of their own: one outage does not hide another. */
export function createOutageLog(logger: Logger): LogOutage {
  const lastAt = new Map<string, number>()
  return (err) => {
    const { name } = err as Error
    const now = performance.now()
    if (now - (lastAt.get(name) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return
    lastAt.set(name, now)
    logger.error({ err }, 'storage unavailable')
  }
}
