// Work in the background that is done in rounds: at the start, when it is asked for, and every so often. A round that
// fails is made up for by the next.

type RoundsOptions = {
  /** One round; a long one ends early once it is stopped. */
  round(isStopped: () => boolean): Promise<void>
  everyMs: number
  onError(error: unknown): void
}

export type Rounds = {
  /** A round now, and from now on one every so often. */
  start(): void
  /** A round now, or one more after the round that runs. */
  run(): void
  /** Resolves once no round runs. */
  idle(): Promise<void>
  /** No more rounds; resolves once the running one is over. */
  stop(): Promise<void>
}

export function createRounds({ round, everyMs, onError }: RoundsOptions): Rounds {
  let running: Promise<void> | undefined
  let wanted = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  async function runWanted(): Promise<void> {
    while (wanted && !stopped) {
      wanted = false
      await round(() => stopped).catch(onError)
    }
    // In the same turn as the last look: whoever asks later finds nothing running.
    running = undefined
  }

  function run(): void {
    if (stopped) return
    wanted = true
    running ??= runWanted()
  }

  return {
    start() {
      timer = setInterval(run, everyMs)
      run()
    },
    run,
    async idle() {
      await running
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}
