/** Counts transactions that have left for the disk and are not known to be there yet. */
export class Underway {
  #count = 0
  #emptied = Promise.withResolvers<void>()

  constructor() {
    this.#emptied.resolve()
  }

  get count(): number {
    return this.#count
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** So many leave; a batch of none is underway as well. What is returned is to be called once they are there, or have failed. */
  leave(transactions: number): () => void {
    const count = Math.max(1, transactions)
    if (this.#count === 0) this.#emptied = Promise.withResolvers()
    this.#count += count
    return () => {
      this.#count -= count
      if (this.#count === 0) this.#emptied.resolve()
    }
  }

  /** Resolves once there are none. */
  end(): Promise<void> {
    return this.#emptied.promise
  }
}
