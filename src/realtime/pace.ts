// When news is told. Under load it waits a little for more of its kind: a notification costs the server its
// acknowledgement, and a write costs a system call, whatever they hold. Where it is quiet nothing waits.
//
//   an object that was told of less than a tick ago      its next events wait for the tick (hub.ts)
//   a socket that was written to less than a tick ago    its next news wait for the end of the tick (outbox.ts)
//   any other object or socket                           at once, and at the end of this turn
//   answers, and whatever waits at the same socket       at the end of this turn

/** Milliseconds between two ticks, at least and at most. */
const SHORTEST_MS = 20
const LONGEST_MS = 60
/** A tick that took a millisecond is followed by so many without one: news leaves most of the time to requests. */
const REST = 10
/** Milliseconds of writing, until others have their turn. */
const SLICE_MS = 8

/** Tells what has gathered. */
type Paced = { flush(): void }

/** One for each server. */
export class Pace {
  readonly #objects = new Set<Paced>()
  readonly #sockets = new Set<Paced>()
  #interval = SHORTEST_MS
  /** A tick is set or running. */
  #isSet = false
  #isTelling = false

  /** True where news was told less than a tick ago: then the next waits. `lastTold` is a reading of `performance.now()`. */
  isBusy(lastTold: number): boolean {
    return performance.now() - lastTold < this.#interval
  }

  /** Flushes the object at the next tick, before the sockets. */
  tellAtTick(object: Paced): void {
    this.#objects.add(object)
    this.#setTick()
  }

  /** Flushes the socket at the next tick; during one, at its end. */
  writeAtTick(socket: Paced): void {
    this.#sockets.add(socket)
    this.#setTick()
  }

  /** True while a tick tells: what is told now leaves with it. */
  get inTick(): boolean {
    return this.#isTelling
  }

  /** It is flushed already. */
  forget(paced: Paced): void {
    this.#objects.delete(paced)
    this.#sockets.delete(paced)
  }

  #setTick(): void {
    if (this.#isSet) return
    this.#isSet = true
    setTimeout(() => this.#tick(), this.#interval)
  }

  #tick(): void {
    const started = performance.now()
    this.#isTelling = true
    for (const object of takeAll(this.#objects)) object.flush()
    this.#isTelling = false
    this.#write(takeAll(this.#sockets), 0, started, 0)
  }

  /** Writes in slices; `spent` is milliseconds of slices before this one. */
  #write(list: readonly Paced[], next: number, started: number, spent: number): void {
    let at = next
    let elapsed = 0
    while (at < list.length && elapsed < SLICE_MS) {
      list[at++]?.flush()
      elapsed = performance.now() - started
    }
    if (at < list.length) setImmediate(() => this.#write(list, at, performance.now(), spent + elapsed))
    else this.#end(spent + elapsed)
  }

  #end(tookMs: number): void {
    this.#interval = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, REST * tookMs))
    this.#isSet = false
    if (this.#objects.size > 0 || this.#sockets.size > 0) this.#setTick()
  }
}

function takeAll(waiting: Set<Paced>): Paced[] {
  const all = [...waiting]
  waiting.clear()
  return all
}
