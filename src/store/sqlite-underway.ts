/** Counts what has left for the disk and is not known to be there yet. */
export class Underway {
  #count = 0
  #emptied = Promise.withResolvers<void>()

  constructor() {
    this.#emptied.resolve()
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  /** Something leaves. What is returned is to be called once it is there, or has failed. */
  leave(): () => void {
    if (this.#count++ === 0) this.#emptied = Promise.withResolvers()
    return () => {
      if (--this.#count === 0) this.#emptied.resolve()
    }
  }

  /** Resolves once there is nothing. */
  end(): Promise<void> {
    return this.#emptied.promise
  }
}
