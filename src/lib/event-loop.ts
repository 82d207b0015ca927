// Turns of the event loop. Reads of SQLite end in the turn in which they start, so whoever does one after the other
// keeps everybody else waiting, unless it stops in between.

/** After that many milliseconds others have their turn. */
const LONG_TURN_MS = 20

/** Another object in every turn. */
export type Turn = { readonly startedAt: number }

/** Of this process, as the event loop is: all connections share it. */
let current: Turn | null = null
const waiting: (() => void)[] = []

/** The turn that is running, which counts as begun when it is asked for first. */
export function thisTurn(): Turn {
  if (current === null) {
    current = { startedAt: performance.now() }
    setImmediate(() => {
      current = null
    })
  }
  return current
}

export function isLongTurn(): boolean {
  return performance.now() - thisTurn().startedAt >= LONG_TURN_MS
}

/** Resolves in this turn while it is short, otherwise in a later one: who has waited longest comes first. */
export async function fairTurn(): Promise<void> {
  if (!isLongTurn()) return
  await new Promise<void>((resolve) => {
    waiting.push(resolve)
    setImmediate(resumeNext)
  })
}

/** Set once for each that waits. */
function resumeNext(): void {
  if (isLongTurn()) setImmediate(resumeNext)
  else waiting.shift()?.()
}

/** Resolves in this turn, when everything has been done that needs to wait for nothing. */
export function afterMicrotasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

const atEnd: (() => void)[] = []

/**
 * Resolves at the end of this turn, together with all others, or sooner where that is a long one. For what is written to
 * clients: a write may wake another process, which costs a virtual machine up to 50 us, and one that is awake takes the next
 * ones as they come.
 */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => {
    if (atEnd.push(resolve) === 1) setImmediate(resolveAtEnd)
    if (isLongTurn()) resolveAtEnd()
  })
}

function resolveAtEnd(): void {
  for (const resolve of atEnd.splice(0)) resolve()
}
