// Deleted channels and services vanish at once; their rows go here, in small steps between other work.
import { findChannelToPurge, findServiceToPurge, purgeChannelStep, purgeServiceStep } from '../store/purge.ts'
import type { Chat, Listener } from './chat.ts'

const ROWS_PER_STEP = 200

export type Purger = {
  /** Starts a purge when something has been deleted. */
  listener: Listener
  /** Also for what an earlier process left. */
  start(): void
  /** Resolves once the running step is over. */
  stop(): Promise<void>
}

/** `afterwards` is told each time when nothing is left to purge. */
export function createPurger(
  chat: Chat,
  onError: (error: unknown) => void,
  afterwards: () => void = () => {},
): Purger {
  let running: Promise<void> | undefined
  let again = false
  let stopped = false

  async function run(): Promise<void> {
    do {
      again = false
      while (!stopped && (await purgeStep(chat)));
    } while (again && !stopped)
    afterwards()
  }

  function start(): void {
    again = true
    running ??= run()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }

  return {
    listener: {
      publish: (events) => {
        if (events.some(({ type }) => type === 'channel.removed' || type === 'service.removed')) start()
      },
    },
    start,
    stop: async () => {
      stopped = true
      await running
    },
  }
}

/** False when nothing is left to purge. */
async function purgeStep({ db }: Chat): Promise<boolean> {
  const service = await findServiceToPurge(db)
  if (service) return db.transaction((tx) => purgeServiceStep(tx, service.sid, ROWS_PER_STEP))
  const channel = await findChannelToPurge(db)
  if (!channel) return false
  return db.transaction((tx) => purgeChannelStep(tx, channel.sid, ROWS_PER_STEP))
}
