// How the parts of a server, and later several servers, hear of each other.

export type Bus = {
  /**
   * Tells everyone who is subscribed to `topic`. `encode` is called at most once, and only when somebody may listen.
   *
   * What an engine promises:
   * - Messages that one process publishes on one topic arrive at every subscriber in the order of publishing.
   * - A message arrives at most once at each subscription.
   * - Whoever subscribed before `publish` was called gets the message, unless the engine loses its connection: then
   *   messages may be missing, and never only be late or out of order. Subscribers find that out by the event numbers
   *   inside, which have no gaps, and must not rely on the bus alone for anything that has to be kept.
   * - Messages of different topics may arrive in any order between engines; within one process, in the order of publishing.
   * - Nothing is stored: a subscription hears what comes after it.
   */
  publish(topic: string, encode: () => Buffer): void
  /** Calls `onMessage`, which must be quick and must not throw. Returns what ends the subscription; calling it again does nothing. */
  subscribe(topic: string, onMessage: (message: Buffer) => void): () => void
}
