// When acknowledgements are read. Every client of a busy room acknowledges every notification by itself, so after each
// tick they trickle in for milliseconds, and waking up for each costs several times what reading it does. While many
// come, the event loop therefore turns once in a millisecond and takes all that has gathered, as network cards do
// with their interrupts (decision 19). What that gives: docs/performance.md.

/** Milliseconds from one rest to the end of the next: what a request may wait longer while acknowledgements pour in. */
const REST_MS = 1
/** Many are so many acknowledgements … */
const MANY = 32
/** … in so many milliseconds. Fewer are not worth a rest. */
const WITHIN_MS = 2

export type AckCoalescing = {
  /** To be called for every acknowledgement. */
  count(): void
}

/** Of one event loop. `sleep` stops it for so many milliseconds; `now` is a time in milliseconds. */
export function createAckCoalescing(sleep = sleepHere, now = () => performance.now()): AckCoalescing {
  let counted = 0
  let countedSince = now()
  let restedAt = countedSince
  let isSet = false

  function rest(): void {
    isSet = false
    const left = restedAt + REST_MS - now()
    if (left > 0) sleep(left)
    restedAt = now()
    countedSince = restedAt
  }

  return {
    count() {
      if (++counted < MANY) return
      counted = 0
      const before = countedSince
      countedSince = now()
      if (isSet || countedSince - before > WITHIN_MS) return
      isSet = true
      // Not before what this turn still has to write.
      setImmediate(() => setImmediate(rest))
    },
  }
}

const cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

function sleepHere(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds)
}
