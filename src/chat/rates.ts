// The hosted service's limit on actions: 30 a second on average over five seconds (rest-v2.md §6.3).
import { errors } from './errors.ts'

const ACTIONS_PER_SECOND = 30
const WINDOW_SECONDS = 5
const ACTIONS_PER_WINDOW = ACTIONS_PER_SECOND * WINDOW_SECONDS

export type RateLimiter = {
  /** Counts one action of a channel or a service. Throws tooManyRequests when its window is full. */
  spend(key: string): void
}

/** Counts in slots of a second; an old slot counts by the part of it that is still inside the window. */
export function createRateLimiter(now: () => number): RateLimiter {
  const windows = new Map<string, Map<number, number>>()
  let swept = 0

  function sweep(second: number): void {
    if (second - swept < WINDOW_SECONDS) return
    swept = second
    for (const [key, slots] of windows) {
      if (Math.max(...slots.keys()) < second - WINDOW_SECONDS) windows.delete(key)
    }
  }

  return {
    spend(key) {
      const time = now() / 1000
      const second = Math.floor(time)
      sweep(second)
      const slots = windows.get(key) ?? new Map<number, number>()
      windows.set(key, slots)
      const oldest = second - WINDOW_SECONDS
      let spent = 0
      for (const [slot, count] of slots) {
        if (slot < oldest) slots.delete(slot)
        else spent += slot === oldest ? count * (1 - (time - second)) : count
      }
      if (spent + 1 > ACTIONS_PER_WINDOW) throw errors.tooManyRequests()
      slots.set(second, (slots.get(second) ?? 0) + 1)
    },
  }
}
