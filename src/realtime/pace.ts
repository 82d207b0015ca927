// When news is told. Under load it waits a little for more of its kind: a notification costs the server its
// acknowledgement, and a write costs a system call, whatever they hold. Where it is quiet nothing waits.

/** Milliseconds between two ticks, at least and at most. */
const SHORTEST_MS = 20
const LONGEST_MS = 60
/** A tick that took a millisecond is followed by so many without one: news leaves most of the time to requests. */
const REST = 10
/** Milliseconds of writing, until others have their turn. */
const SLICE_MS = 8

/** Tells what has gathered. */
export type Paced = { flush(): void }

const objects = new Set<Paced>()
const sockets = new Set<Paced>()
let interval = SHORTEST_MS
/** A tick is set or running. */
let isSet = false
let isTelling = false

/** True where news was told less than a tick ago: then the next waits. `lastTold` is a reading of `performance.now()`. */
export function isBusy(lastTold: number): boolean {
  return performance.now() - lastTold < interval
}

/** Flushes the object at the next tick, before the sockets. */
export function tellAtTick(object: Paced): void {
  objects.add(object)
  setTick()
}

/** Flushes the socket at the next tick; during one, at its end. */
export function writeAtTick(socket: Paced): void {
  sockets.add(socket)
  setTick()
}

/** True while a tick tells: what is told now leaves with it. */
export function inTick(): boolean {
  return isTelling
}

/** It is flushed already. */
export function forget(paced: Paced): void {
  objects.delete(paced)
  sockets.delete(paced)
}

function setTick(): void {
  if (isSet) return
  isSet = true
  setTimeout(tick, interval)
}

function tick(): void {
  const started = performance.now()
  isTelling = true
  for (const object of takeAll(objects)) object.flush()
  isTelling = false
  write(takeAll(sockets), 0, started, 0)
}

/** Writes in slices; `spent` is milliseconds of slices before this one. */
function write(list: readonly Paced[], next: number, started: number, spent: number): void {
  let at = next
  let elapsed = 0
  while (at < list.length && elapsed < SLICE_MS) {
    list[at++]?.flush()
    elapsed = performance.now() - started
  }
  if (at < list.length) setImmediate(() => write(list, at, performance.now(), spent + elapsed))
  else end(spent + elapsed)
}

function end(tookMs: number): void {
  interval = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, REST * tookMs))
  isSet = false
  if (objects.size > 0 || sockets.size > 0) setTick()
}

function takeAll(waiting: Set<Paced>): Paced[] {
  const all = [...waiting]
  waiting.clear()
  return all
}
