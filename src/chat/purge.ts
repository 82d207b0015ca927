// Deleted channels and services vanish at once; their rows go here, in small steps between other work.
import { createRounds, type Rounds } from '../lib/rounds.ts'
import { findChannelToPurge, findServiceToPurge, purgeChannelStep, purgeServiceStep } from '../store/purge.ts'
import type { Chat, Listener } from './chat.ts'

const EVERY_MS = 60_000
const ROWS_PER_STEP = 200

/** Purges at once what is deleted, and in a round what a failure or an earlier process has left. */
type Purger = Rounds & { listener: Listener }

/** `afterwards` is told of each round in which something was purged. */
export function createPurger(
  chat: Chat,
  onError: (error: unknown) => void,
  afterwards: () => void = () => {},
): Purger {
  const rounds = createRounds({
    everyMs: EVERY_MS,
    onError,
    async round(isStopped) {
      let purged = false
      while (!isStopped() && (await purgeStep(chat))) purged = true
      if (purged) afterwards()
    },
  })
  const listener: Listener = {
    publish: (events) => {
      if (events.some(({ type }) => type === 'channel.removed' || type === 'service.removed')) rounds.run()
    },
  }
  return { ...rounds, listener }
}

/** False when nothing is left to purge. */
async function purgeStep({ db }: Chat): Promise<boolean> {
  const service = await findServiceToPurge(db)
  if (service) return db.transaction((tx) => purgeServiceStep(tx, service.sid, ROWS_PER_STEP))
  const channel = await findChannelToPurge(db)
  if (!channel) return false
  return db.transaction((tx) => purgeChannelStep(tx, channel.sid, ROWS_PER_STEP))
}
