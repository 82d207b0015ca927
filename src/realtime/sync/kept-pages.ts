// Pages of messages and members as they go to clients, kept while nothing changes in them: everyone who opens a channel
// asks for its newest messages, and in a big room for all of the roster. Each change of either counts as an event, so a
// page is good for whoever finds the list at the same event. All pages are in one buffer, where the newest takes the
// place of the oldest: thousands of buffers that stay for a while would be dear to collect (a page 419 us instead of 240).
import { toJson } from '../../lib/json.ts'
import { type SyncKind, syncSidOf } from './objects.ts'
import type { OpenedObject } from './open.ts'

const BUFFER_BYTES = 16_777_216
/** Longer ones are not kept. */
const MAX_PAGE_BYTES = 1_048_576
/** And then all are forgotten. */
const MAX_ENTRIES = 10_000
/** Clients choose what a page is kept under: nothing of ours needs more, and all of it may be 3 MB. */
const MAX_KEY_LENGTH = 300
/** What was changed by hand in the database, which counts no event, is seen after this. */
const MAX_AGE_MS = 5_000
/** These look the same to everyone. */
const KINDS: ReadonlySet<SyncKind> = new Set(['messages', 'roster'])

type Query = Readonly<Record<string, string>>
/** Where a page is in the buffer, counted in bytes since the beginning of all pages. */
type Place = { start: number; length: number }
type Entry = { lastEvent: number; madeAt: number; page: Promise<Buffer> | Place }

export type KeptPages = {
  /** A kept page as JSON, whose bytes are good during this turn, or what `read` resolves with. Rejects with what that rejects with. */
  get(opened: OpenedObject, query: Query, read: () => Promise<object>): Promise<object | Buffer>
}

/** Of one server; `now` is in milliseconds. */
export function createKeptPages(now = (): number => performance.now()): KeptPages {
  const entries = new Map<string, Entry>()
  let store: PageStore | undefined
  let arrived: { key: string; entry: Entry; bytes: Buffer }[] = []

  /** Between turns: within one, pages stay where they are, so nobody has to copy them. */
  function storeArrived(): void {
    store ??= createPageStore()
    for (const { key, entry, bytes } of arrived) {
      const place = store.put(bytes)
      if (place) entry.page = place
      else entries.delete(key)
    }
    arrived = []
  }

  function remember(key: string, lastEvent: number, page: Promise<Buffer>): Promise<Buffer> {
    if (entries.size >= MAX_ENTRIES) entries.clear()
    const entry: Entry = { lastEvent, madeAt: now(), page }
    entries.set(key, entry)
    page.then(
      (bytes) => {
        if (arrived.length === 0) setImmediate(storeArrived)
        arrived.push({ key, entry, bytes })
      },
      () => entries.delete(key),
    )
    return page
  }

  return {
    async get(opened, query, read) {
      if (!KINDS.has(opened.object.kind)) return read()
      const key = JSON.stringify([syncSidOf(opened.object), ...placeIn(query)])
      if (key.length > MAX_KEY_LENGTH) return read()
      const known = entries.get(key)
      if (known?.lastEvent === opened.lastEvent && now() - known.madeAt < MAX_AGE_MS) {
        const page = 'start' in known.page ? store?.get(known.page) : known.page
        if (page) return page
      }
      return remember(key, opened.lastEvent, read().then(encode))
    },
  }
}

/** All that makes one page another, without parameters that are not read beside the others. */
function placeIn({ Key, Index, PageSize, Order, From, PageToken }: Query): (string | undefined)[] {
  const single = Key ?? Index
  if (single !== undefined) return ['item', single]
  return PageToken ? ['token', PageToken] : ['page', PageSize, Order, From]
}

type PageStore = ReturnType<typeof createPageStore>

/** Takes its memory once, and never more. Bytes that it gives are good until the next `put`. */
function createPageStore() {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  let end = 0
  return {
    /** Where it is now, or undefined when it is too long. */
    put(bytes: Buffer): Place | undefined {
      const { length } = bytes
      if (length > MAX_PAGE_BYTES) return undefined
      // A page is in one piece.
      if ((end % BUFFER_BYTES) + length > BUFFER_BYTES) end += BUFFER_BYTES - (end % BUFFER_BYTES)
      const start = end
      end += length
      bytes.copy(buffer, start % BUFFER_BYTES)
      return { start, length }
    },
    /** The page, or undefined once others have taken its place. */
    get({ start, length }: Place): Buffer | undefined {
      if (start < end - BUFFER_BYTES) return undefined
      const offset = start % BUFFER_BYTES
      return buffer.subarray(offset, offset + length)
    },
  }
}

function encode(page: object): Buffer {
  const json = toJson(page)
  return typeof json === 'string' ? Buffer.from(json) : json
}
