// The events that one client has emitted, in plain data, and waiting for the next.
import { setTimeout as pause } from 'node:timers/promises'

export type Seen = { event: string; [fact: string]: unknown }
/** Facts that the event must have, or a test of it. */
export type Match = Partial<Seen> | ((seen: Seen) => boolean)

const PATIENCE_MS = 30_000
const SHOWN = 25

export class Recorder {
  readonly seen: Seen[] = []
  private readonly name: string
  private waiting = new Set<() => void>()

  constructor(name: string) {
    this.name = name
  }

  record(event: string, facts: object): void {
    this.seen.push({ event, ...facts })
    for (const wake of this.waiting) wake()
  }

  /** Where events that come from now on begin. */
  mark(): number {
    return this.seen.length
  }

  all(event: string, match: Match = {}, since = 0): Seen[] {
    return this.seen.slice(since).filter((one) => one.event === event && fits(one, match))
  }

  /** The first that fits since the mark, also when it came before; the error tells what came instead. */
  async waitFor(event: string, match: Match = {}, ms = PATIENCE_MS, since = 0): Promise<Seen> {
    const deadline = Date.now() + ms
    for (;;) {
      const [found] = this.all(event, match, since)
      if (found) return found
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(this.complaint(event, match, ms, since))
      await this.change(left)
    }
  }

  private async change(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.waiting.add(resolve)
    const timer = new AbortController()
    await Promise.race([promise, pause(ms, undefined, { signal: timer.signal }).catch(() => {})])
    timer.abort()
    this.waiting.delete(resolve)
  }

  private complaint(event: string, match: Match, ms: number, since: number): string {
    const wanted = typeof match === 'function' ? match.toString() : JSON.stringify(match)
    const recent = this.seen.slice(Math.max(since, this.seen.length - SHOWN))
    const lines = recent.map((one) => `    ${JSON.stringify(one)}`).join('\n')
    return `${this.name} did not see ${event} ${wanted} within ${ms} ms; seen:\n${lines}`
  }
}

function fits(seen: Seen, match: Match): boolean {
  if (typeof match === 'function') return match(seen)
  return Object.entries(match).every(([name, value]) => holds(seen[name], value))
}

/** A list holds what it must contain. */
function holds(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return Array.isArray(actual) && wanted.every((one) => actual.includes(one))
  return JSON.stringify(actual) === JSON.stringify(wanted)
}
