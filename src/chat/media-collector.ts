// Files that nobody needs any more go here: of deleted messages, of uploads that were cut, and what no message took within a day.
import { createRounds, type Rounds } from '../lib/rounds.ts'
import { type DiscardedMedia, deleteMedia, discardUnattached, listDiscarded } from '../store/media.ts'
import type { MediaStore } from '../store/media-store.ts'
import type { Chat, Listener } from './chat.ts'
import { mediaOf } from './media.ts'

const KEPT_UNATTACHED_MS = 86_400_000
const EVERY_MS = 60_000
const ROWS_PER_STEP = 100
/** So many files that cannot be deleted mean that the store is away. */
const FAILURES_PER_ROUND = 20

/** Collects at once what a deleted message leaves, and all else with the next round. */
type MediaCollector = Rounds & { listener: Listener }

export function createMediaCollector(
  chat: Chat,
  store: MediaStore,
  onError: (error: unknown) => void,
): MediaCollector {
  const rounds = createRounds({
    everyMs: EVERY_MS,
    onError,
    async round(isStopped) {
      await discardOld(chat, isStopped)
      await deleteDiscarded(chat, store, isStopped, onError)
    },
  })
  const listener: Listener = {
    publish: (events) => {
      if (events.some((event) => event.type === 'message.removed' && mediaOf(event.message).length > 0)) {
        rounds.run()
      }
    },
  }
  return { ...rounds, listener }
}

async function discardOld({ db, now }: Chat, isStopped: () => boolean): Promise<void> {
  let discarded: number
  do {
    discarded = await db.transaction((tx) => discardUnattached(tx, now() - KEPT_UNATTACHED_MS, ROWS_PER_STEP))
  } while (discarded === ROWS_PER_STEP && !isStopped())
}

/** A file that cannot be deleted waits for the next round. */
async function deleteDiscarded(
  chat: Chat,
  store: MediaStore,
  isStopped: () => boolean,
  onError: (error: unknown) => void,
): Promise<void> {
  let failures = 0
  for await (const media of discarded(chat)) {
    if (isStopped()) return
    try {
      await deleteForGood(chat, store, media)
    } catch (error) {
      onError(error)
      if (++failures === FAILURES_PER_ROUND) return
    }
  }
}

async function* discarded({ db, now }: Chat): AsyncGenerator<DiscardedMedia> {
  let after = ''
  for (;;) {
    const rows = await listDiscarded(db, after, now() - KEPT_UNATTACHED_MS, ROWS_PER_STEP)
    yield* rows
    const last = rows.at(-1)
    if (!last) return
    after = last.sid
  }
}

/** The file first: a row without a file is found again, a file without a row never. */
async function deleteForGood({ db }: Chat, store: MediaStore, media: DiscardedMedia): Promise<void> {
  await (media.uploadedAt === null ? store.removeUnfinished(media) : store.remove(media))
  await db.transaction((tx) => deleteMedia(tx, media.sid))
}
