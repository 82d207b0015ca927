// A disk to which commits come when told to.
import { until } from './until.ts'

export type SlowDisk = {
  /** For the database. */
  sync(): Promise<void>
  /** From now on, commits wait for `arrive` or `fail`. */
  slow(): void
  /** Resolves once a commit is on its way. */
  underway(): Promise<unknown>
  arrive(): void
  fail(): void
  /** All that waits arrives, and nothing waits any more. */
  end(): void
}

export function createSlowDisk(): SlowDisk {
  let waiting: { resolve(): void; reject(error: Error): void }[] = []
  let isSlow = false
  const settle = (how: (one: (typeof waiting)[number]) => void): void => {
    const all = waiting
    waiting = []
    all.forEach(how)
  }
  return {
    sync: () =>
      new Promise<void>((resolve, reject) => {
        if (isSlow) waiting.push({ resolve, reject })
        else resolve()
      }),
    slow: () => {
      isSlow = true
    },
    underway: () => until('a commit', () => waiting.length > 0),
    arrive: () => settle(({ resolve }) => resolve()),
    fail: () => settle(({ reject }) => reject(new Error('input/output error'))),
    end: () => {
      isSlow = false
      settle(({ resolve }) => resolve())
    },
  }
}
