// The other processes on the bus, and what has come of each: where numbers are missing, something was said unheard.
import { type Envelope, type Letter, readLetter } from './envelope.ts'

/** `isSilent`: nothing has come for long. Its number is kept, as it may only have been out of reach. */
type Peer = { heardAt: number; number: number; slices: string[]; isSilent: boolean }
/** The letter is there with its last slice. */
export type Heard = {
  /** It was not known to be there. */
  isNew: boolean
  /** Something before this was not heard; of one who was never heard, that cannot be told. */
  hasMissed: boolean
  wasKnown: boolean
  letter: Letter | undefined
}

/** After so long a silent one has ended. */
const FORGOTTEN_AFTER_MS = 3_600_000

export class Peers {
  readonly #peers = new Map<string, Peer>()
  #present = 0

  /** Without those that are silent. */
  get count(): number {
    return this.#present
  }

  /** Takes what has come of another process; `now` is in milliseconds. */
  hear({ sender, number, index, count, slice }: Envelope, now: number): Heard {
    const known = this.#peers.get(sender)
    const peer = known ?? { heardAt: now, number: number - 1, slices: [], isSilent: true }
    const isNew = peer.isSilent
    if (isNew) this.#present++
    this.#peers.set(sender, peer)
    const hasMissed = number !== peer.number + 1
    // A slice whose beginning was not heard says nothing.
    if (index === 0 || hasMissed) peer.slices = []
    if (index === peer.slices.length) peer.slices.push(slice)
    Object.assign(peer, { heardAt: now, number, isSilent: false })
    const isWhole = peer.slices.length === count && index === count - 1
    const letter = isWhole ? readLetter(peer.slices) : undefined
    return { isNew, hasMissed, wasKnown: known !== undefined, letter }
  }

  /** It has ended. */
  forget(sender: string): void {
    if (this.#peers.get(sender)?.isSilent === false) this.#present--
    this.#peers.delete(sender)
  }

  /** Those who have said nothing since the time `since` are silent from now on; true when there are any. */
  findSilent(since: number): boolean {
    let found = false
    for (const [sender, peer] of this.#peers) {
      if (peer.heardAt < since - FORGOTTEN_AFTER_MS) this.#peers.delete(sender)
      if (peer.isSilent || peer.heardAt >= since) continue
      peer.isSilent = true
      this.#present--
      found = true
    }
    return found
  }
}
