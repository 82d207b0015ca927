// The other processes on the bus, and what has come of each: where numbers are missing, something was said unheard.
import { type Envelope, type Letter, readLetter } from './envelope.ts'

type Peer = { heardAt: number; number: number; slices: string[] }
/** The letter is there with its last slice. */
export type Heard = { isNew: boolean; hasMissed: boolean; letter: Letter | undefined }

export class Peers {
  readonly #peers = new Map<string, Peer>()
  /** Forgotten because they said nothing. Perhaps it was this process that could not hear, or they told nobody. */
  readonly #silent = new Set<string>()

  get count(): number {
    return this.#peers.size
  }

  /** Takes what has come of another process; `now` is in milliseconds. */
  hear({ sender, number, index, count, slice }: Envelope, now: number): Heard {
    const known = this.#peers.get(sender)
    const peer = known ?? { heardAt: now, number: number - 1, slices: [] }
    if (!known) this.#peers.set(sender, peer)
    const hasMissed = this.#silent.delete(sender) || number !== peer.number + 1
    // A slice whose beginning was not heard says nothing.
    if (index === 0 || hasMissed) peer.slices = []
    if (index === peer.slices.length) peer.slices.push(slice)
    peer.heardAt = now
    peer.number = number
    const isWhole = peer.slices.length === count && index === count - 1
    return { isNew: !known, hasMissed, letter: isWhole ? readLetter(peer.slices) : undefined }
  }

  /** True when it was known. */
  forget(sender: string): boolean {
    return this.#peers.delete(sender)
  }

  clear(): void {
    this.#peers.clear()
    this.#silent.clear()
  }

  /** Forgets those who have said nothing since the time `since`; true when there are any. */
  forgetSilent(since: number): boolean {
    const silent = [...this.#peers].filter(([, { heardAt }]) => heardAt < since)
    for (const [sender] of silent) {
      this.#peers.delete(sender)
      this.#silent.add(sender)
    }
    return silent.length > 0
  }
}
