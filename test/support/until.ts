// Waiting for what another process or a socket does; never for a time to pass.
import { setTimeout as pause } from 'node:timers/promises'

const PATIENCE_MS = 30_000
const EVERY_MS = 15

/** Resolves with the first truthy value; fails with `what` and, when given, what is to be seen instead. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { ms = PATIENCE_MS, seen }: { ms?: number; seen?: () => unknown } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + ms
  for (;;) {
    const value = await look()
    if (value) return value as Exclude<T, false | null | undefined>
    if (Date.now() > deadline) {
      const instead = seen ? `; seen: ${JSON.stringify(await seen())?.slice(0, 4_000)}` : ''
      throw new Error(`Waited ${ms} ms in vain for ${what}${instead}`)
    }
    await pause(EVERY_MS)
  }
}
