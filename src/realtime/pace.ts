// Under load, what is told waits a little for more of its kind: a notification costs the server its acknowledgement
// and a write costs a system call, whatever they hold. Where it is quiet nothing waits.

/** Milliseconds between two writes of one kind. */
export const PACE_MS = 20

export type Paced = { flush(): void }

const waiting = new Set<Paced>()

/** Calls `flush` within PACE_MS, together with everything else that waits. */
export function flushLater(paced: Paced): void {
  if (waiting.size === 0) setTimeout(flushAll, PACE_MS)
  waiting.add(paced)
}

/** It is flushed already. */
export function forget(paced: Paced): void {
  waiting.delete(paced)
}

function flushAll(): void {
  const all = [...waiting]
  waiting.clear()
  for (const paced of all) paced.flush()
}
