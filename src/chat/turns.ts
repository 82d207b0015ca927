// The order in which changes are told. Two answers of a database may overtake each other on their way here;
// what is told to watchers must not, so each change takes its turn while it still holds its locks.

export type Turn = {
  /** Runs `action` once every earlier turn has been used or dropped. */
  use(action: () => void): void
  /** Gives the turn up, as after a failure; without effect once used. */
  drop(): void
}
export type Turns = { take(): Turn }

type Slot = { action: (() => void) | null }

export function createTurns(): Turns {
  const waiting: Slot[] = []
  let running = false

  function advance(): void {
    if (running) return
    running = true
    try {
      while (waiting[0]?.action) waiting.shift()?.action?.()
    } finally {
      running = false
    }
  }

  return {
    take() {
      const slot: Slot = { action: null }
      waiting.push(slot)
      const settle = (action: () => void): void => {
        if (slot.action !== null) return
        slot.action = action
        advance()
      }
      return { use: settle, drop: () => settle(() => {}) }
    },
  }
}
