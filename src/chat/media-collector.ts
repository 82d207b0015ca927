// Files that nobody needs any more go here: of deleted messages, of uploads that were cut, and what no message took within a day.
import { type DiscardedMedia, deleteMedia, discardUnattached, listDiscarded } from '../store/media.ts'
import type { MediaStore } from '../store/media-store.ts'
import type { Chat, Listener } from './chat.ts'
import { mediaOf } from './media.ts'

const KEPT_UNATTACHED_MS = 86_400_000
const EVERY_MS = 60_000
const ROWS_PER_STEP = 100
/** So many files that cannot be deleted mean that the store is away. */
const FAILURES_PER_ROUND = 20

export type MediaCollector = {
  /** Collects when a message with media has been deleted. */
  listener: Listener
  /** Starts a collection, or lets the one that runs go around once more. */
  collect(): void
  /** Collects now and every minute, until it is stopped. */
  start(): void
  /** Resolves once no collection runs. */
  idle(): Promise<void>
  /** Resolves once the running step is over. */
  stop(): Promise<void>
}

export function createMediaCollector(
  chat: Chat,
  store: MediaStore,
  onError: (error: unknown) => void,
): MediaCollector {
  let running: Promise<void> | undefined
  let again = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  async function run(): Promise<void> {
    do {
      again = false
      await discardOld(chat, () => stopped)
      await deleteDiscarded(chat, store, () => stopped, onError)
    } while (again && !stopped)
  }

  function collect(): void {
    again = true
    if (stopped) return
    running ??= run()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }

  return {
    listener: {
      publish: (events) => {
        if (events.some((event) => event.type === 'message.removed' && mediaOf(event.message).length > 0)) {
          collect()
        }
      },
    },
    collect,
    start() {
      timer = setInterval(collect, EVERY_MS)
      collect()
    },
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
