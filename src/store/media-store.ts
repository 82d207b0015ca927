// Where the bytes of media are kept. The rows (media.ts) say which keys there are; a store never lists its files.
import type { Readable } from 'node:stream'
import type { BucketAddress } from '../lib/bucket-url.ts'
import type { Sid } from '../lib/sid.ts'
import { openDiskStore } from './media-store-disk.ts'

export type MediaKey = { serviceSid: Sid<'IS'>; sid: Sid<'ME'> }

export type MediaStore = {
  /** Keeps all of `content`; on disk once it resolves. When it rejects, nothing of it stays. */
  write(key: MediaKey, content: Readable): Promise<void>
  /** Deletes the file. Nothing there is fine. */
  remove(key: MediaKey): Promise<void>
  /** Deletes whatever a write has left that was cut by the end of its process. */
  removeUnfinished(key: MediaKey): Promise<void>
  /** Rejects with the reason when the store cannot be used as it is set up. */
  check(): Promise<void>
  close(): void
  /** How files get to those who ask for them. */
  readonly delivery: Streaming | Linking
}

/** The server reads the file and sends it. */
export type Streaming = {
  kind: 'stream'
  /** The bytes from `start` to `end`, both included; undefined when there is no such file. */
  read(key: MediaKey, start: number, end: number): Promise<Readable | undefined>
}

/** The store serves the file itself, under a URL that needs no credentials. */
type Linking = {
  kind: 'link'
  link(key: MediaKey, answer: LinkAnswer): Promise<string>
}

/** What the answer under a link says of the file, and for how long the link works. */
type LinkAnswer = { contentType: string; contentDisposition: string; seconds: number }

export type MediaStoreSettings = { kind: 'disk'; folder: string } | ({ kind: 's3' } & BucketAddress)

/** The store cannot be reached, or cannot keep what it gets; the request may be tried again. */
export class MediaStoreUnavailable extends Error {
  override readonly name = 'MediaStoreUnavailable'
}

/** The bucket's library is loaded only where there is a bucket: it takes half the time of a start. */
export async function openMediaStore(settings: MediaStoreSettings): Promise<MediaStore> {
  if (settings.kind === 'disk') return openDiskStore(settings.folder)
  const { openS3Store } = await import('./media-store-s3.ts')
  return openS3Store(settings)
}
