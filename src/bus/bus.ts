// How the parts of a server, and several servers, hear of each other.

export type Bus = {
  /**
   * Tells everyone who is subscribed to `topic`, which has no spaces. `encode` is called at most once, and only when
   * somebody may listen.
   *
   * What an engine promises:
   * - Messages that one process publishes on one topic arrive at every subscriber in the order of publishing.
   * - A message arrives at most once at each subscription.
   * - Whoever subscribed before `publish` was called gets the message, unless the engine loses its connection: then
   *   messages may be missing, and `onMissed` of every attendant is called. Subscribers must not rely on the bus alone for
   *   anything that has to be kept.
   * - Messages of different topics, or of different processes, may arrive in any order; within one process, in the order of
   *   publishing.
   * - Nothing is stored: a subscription hears what comes after it.
   */
  publish(topic: string, encode: () => Buffer): void
  /** Calls `onMessage`, which must be quick and must not throw. Returns what ends the subscription; calling it again does nothing. */
  subscribe(topic: string, onMessage: (message: Buffer) => void): () => void
  /** True while other processes are on the bus, or may be. */
  readonly isShared: boolean
  /** Tells of what belongs to no topic, from now on. */
  attend(attendant: Attendant): void
  /** Resolves once the others tell this process what they publish. Rejects when the engine cannot be reached. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Its functions must be quick and must not throw. */
export type Attendant = {
  /** Messages of other processes are missing. */
  onMissed(): void
  /** Another process has ended, or cannot be heard any more. */
  onPeerGone(): void
}
