// The hosted service's limit on actions: 30 a second on average over five seconds (rest-v2.md §6.3).
import { errors } from './errors.ts'

const ACTIONS_PER_SECOND = 30
const WINDOW_MS = 5_000
const ACTIONS_PER_WINDOW = (ACTIONS_PER_SECOND * WINDOW_MS) / 1000

/** A ring: `next` is the place of the oldest time. */
type Recent = { times: Float64Array; next: number }

export type RateLimiter = {
  /** Counts one action of a channel or a service. Throws tooManyRequests when its window is full. */
  spend(key: string): void
}

/** Remembers when the last actions of each key were, as many as fit a window: the oldest must have left it. */
export function createRateLimiter(now: () => number): RateLimiter {
  const actions = new Map<string, Recent>()
  let swept = 0

  function sweep(time: number): void {
    if (time - swept < WINDOW_MS) return
    swept = time
    for (const [key, { times, next }] of actions) {
      const newest = times[(next + ACTIONS_PER_WINDOW - 1) % ACTIONS_PER_WINDOW] ?? -Infinity
      if (newest <= time - WINDOW_MS) actions.delete(key)
    }
  }

  return {
    spend(key) {
      const time = now()
      sweep(time)
      const recent = actions.get(key) ?? {
        times: new Float64Array(ACTIONS_PER_WINDOW).fill(-Infinity),
        next: 0,
      }
      actions.set(key, recent)
      const oldest = recent.times[recent.next] ?? -Infinity
      if (oldest > time - WINDOW_MS) throw errors.tooManyRequests()
      recent.times[recent.next] = time
      recent.next = (recent.next + 1) % ACTIONS_PER_WINDOW
    },
  }
}
