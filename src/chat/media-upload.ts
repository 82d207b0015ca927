// An upload: first the row, then the file, then the row says that the file is here.
import { Readable } from 'node:stream'
import { newSid } from '../lib/sid.ts'
import type { Tx } from '../store/database.ts'
import {
  countUnattachedMedia,
  deleteMedia,
  finishMedia,
  insertMedia,
  type Media,
  type MediaCategory,
} from '../store/media.ts'
import { type MediaStore, MediaStoreUnavailable } from '../store/media-store.ts'
import { holdService, type Service } from '../store/services.ts'
import { type Caller, identityOf } from './caller.ts'
import type { Chat } from './chat.ts'
import { commit } from './commit.ts'
import { type ChatError, errors } from './errors.ts'
import { MEGABYTE } from './limits.ts'
import { checkContentType, checkFilename } from './media-values.ts'

type MediaDraft = {
  filename?: string
  contentType?: string
  category?: MediaCategory
  /** Bytes, when the client tells; a larger file is then refused before it is read. */
  size?: number
}

/**
 * Keeps all of `content`; the media once it is on disk. When it fails nothing stays, and `content` is left where it was.
 * Throws mediaTooLarge, invalidMediaType, filenameTooLong, uploadCut, tooManyRequests, serviceNotFound, MediaStoreUnavailable.
 */
export async function createMedia(
  chat: Chat,
  store: MediaStore,
  caller: Caller,
  service: Service,
  draft: MediaDraft,
  content: Readable,
): Promise<Media> {
  const limit = service.mediaSizeLimitMb * MEGABYTE
  if (draft.size !== undefined && draft.size > limit) throw errors.mediaTooLarge(service.mediaSizeLimitMb)
  const media = newMedia(chat, caller, service, draft)
  const scope = { by: caller, serviceSid: service.sid, budget: null }
  await commit(chat, scope, async (tx, _emit, now) => {
    if (!(await holdService(tx, service.sid))) throw errors.serviceNotFound()
    await requireRoom(chat, tx, caller)
    await insertMedia(tx, { ...media, createdAt: now, updatedAt: now })
  })
  try {
    const size = await keep(store, media, content, service.mediaSizeLimitMb)
    const finished = await commit(chat, scope, (tx, _emit, now) => finishMedia(tx, media.sid, size, now))
    // The service was deleted meanwhile.
    if (!finished) throw errors.serviceNotFound()
    return finished
  } catch (error) {
    await forget(chat, store, media)
    throw error
  }
}

/** Users may not fill the disk with files that they never send. */
async function requireRoom({ limits }: Chat, tx: Tx, caller: Caller): Promise<void> {
  if (caller.kind !== 'user') return
  const count = await countUnattachedMedia(tx, caller.serviceSid, caller.identity)
  if (count >= limits.unattachedMedia) throw errors.tooManyRequests()
}

function newMedia(chat: Chat, caller: Caller, service: Service, draft: MediaDraft): Media {
  return {
    sid: newSid('ME'),
    serviceSid: service.sid,
    channelSid: null,
    messageSid: null,
    author: identityOf(caller),
    filename: checkFilename(draft.filename, chat.limits),
    contentType: checkContentType(draft.contentType, chat.limits),
    category: draft.category ?? 'media',
    size: 0,
    uploadedAt: null,
    discarded: 0,
    createdAt: 0,
    updatedAt: 0,
  }
}

/** Writes the file; its size in bytes. */
async function keep(store: MediaStore, media: Media, content: Readable, limitMb: number): Promise<number> {
  const measured = { size: 0, fault: undefined as ChatError | undefined }
  try {
    await store.write(media, Readable.from(measure(content, limitMb, measured), { objectMode: false }))
    return measured.size
  } catch (cause) {
    throw measured.fault ?? new MediaStoreUnavailable('the media store did not keep a file', { cause })
  }
}

/** Notes in `measured` how much has come, and what was wrong with it. What the reader throws in is not its fault. */
async function* measure(
  content: Readable,
  limitMb: number,
  measured: { size: number; fault: ChatError | undefined },
): AsyncGenerator<Buffer> {
  // `content` stays open when the reader stops: it may be a request that has to be answered.
  const chunks = content.iterator({ destroyOnReturn: false })
  const next = (): Promise<IteratorResult<Buffer>> =>
    chunks.next().catch((error) => {
      measured.fault = errors.uploadCut()
      throw error
    })
  try {
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      measured.size += chunk.value.length
      if (measured.size > limitMb * MEGABYTE) {
        measured.fault = errors.mediaTooLarge(limitMb)
        throw measured.fault
      }
      yield chunk.value
    }
  } finally {
    await chunks.return?.()
  }
}

/** The store has cleaned up after itself. What cannot be deleted now is found by the collector. */
async function forget({ db }: Chat, store: MediaStore, media: Media): Promise<void> {
  try {
    await store.removeUnfinished(media)
    await db.transaction((tx) => deleteMedia(tx, media.sid))
  } catch {
    // The error that led here is the one to tell.
  }
}
