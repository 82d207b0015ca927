// Media as clients and servers send and fetch them, over HTTP.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { readConfig } from '../../src/config.ts'
import { mintAccessToken } from '../../src/lib/access-token.ts'
import type { MediaStoreSettings } from '../../src/store/media-store.ts'
import type { Engine } from './databases.ts'
import { givenBucket, type TestBucket } from './s3.ts'
import {
  ACCOUNT_SID,
  API_KEY_SECRET,
  API_KEY_SID,
  AUTH_TOKEN,
  type RawAnswer,
  startServer,
  type TestServer,
} from './server.ts'

export type Store = 'disk' | 's3'
export const STORES: readonly Store[] = ['disk', 's3']

/** Who asks: the account, somebody without credentials, or a user by identity. */
export type Who = 'the account' | 'nobody' | (string & {})

export type Content = string | Uint8Array | FormData

export type Upload = {
  as?: Who
  type?: string | null
  /** Without `?`. */
  query?: string
  headers?: Record<string, string>
}

export type MediaScene = AsyncDisposable & {
  server: TestServer
  rest: ServiceContext
  serviceSid: string
  /** Null on disk. */
  bucket: TestBucket | null
  /** How the server's store is opened. */
  mediaSettings: MediaStoreSettings
  /** Path of the service's media. */
  path: string
  headersOf(who: Who): Promise<Record<string, string>>
  /** The answer to an upload of `content`. */
  upload(content: Content, options?: Upload): Promise<RawAnswer>
  /** The record of a new medium. */
  givenMedia(content?: string, options?: Upload): Promise<any>
  get(path: string, as?: Who): Promise<RawAnswer>
  /** What is kept of files: paths of the folder, or keys of the bucket. Also what is unfinished. */
  kept(): string[]
}

/** A server with a service, and its media on disk or in a bucket. */
export async function startMedia(
  store: Store = 'disk',
  settings: Record<string, string> = {},
  engine?: Engine,
): Promise<MediaScene> {
  const bucket = store === 's3' ? await givenBucket() : null
  const server = await startServer(
    { ...(bucket && { PARLEY_MEDIA_STORE: bucket.address }), ...settings },
    engine,
  )
  const rest = await server.givenService()
  const { sid: serviceSid } = await rest.fetch()
  const path = `/v1/Services/${serviceSid}/Media`
  const headersOf = (who: Who) => credentialsOf(who, serviceSid)
  const upload = async (content: Content, { as = 'the account', type, query, headers }: Upload = {}) => {
    const given: Record<string, string> =
      type === null || content instanceof FormData
        ? {}
        : { 'content-type': type ?? 'application/octet-stream' }
    return server.request('POST', query ? `${path}?${query}` : path, {
      auth: null,
      headers: { ...given, ...(await headersOf(as)), ...headers },
      body: content as Uint8Array,
    })
  }
  return {
    ...{ server, rest, serviceSid, bucket, path, headersOf, upload },
    mediaSettings: readConfig({
      PARLEY_DATA_DIR: server.dataDir,
      ...(bucket && { PARLEY_MEDIA_STORE: bucket.address }),
    }).media,
    async givenMedia(content = 'a file', options = {}) {
      const { status, body } = await upload(content, { type: 'text/plain', ...options })
      if (status !== 201) throw new Error(`The upload was answered ${status}: ${JSON.stringify(body)}`)
      return body
    },
    get: async (pathOrUrl, as = 'the account') => {
      const { pathname, search } = new URL(pathOrUrl, server.url)
      return server.request('GET', pathname + search, { auth: null, headers: await headersOf(as) })
    },
    kept: () =>
      bucket ? [...bucket.keys(), ...bucket.unfinished()] : filesIn(join(server.dataDir, 'media')),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await bucket?.[Symbol.asyncDispose]()
    },
  }
}

/** A token as the account's server gives it to a client. */
export function tokenFor(identity: string, serviceSid: string, issuedAt = Date.now()): Promise<string> {
  return mintAccessToken({
    ...{ accountSid: ACCOUNT_SID, apiKeySid: API_KEY_SID, apiKeySecret: API_KEY_SECRET },
    ...{ identity, serviceSid, ttl: 3600, issuedAt: Math.floor(issuedAt / 1000) },
  })
}

async function credentialsOf(who: Who, serviceSid: string): Promise<Record<string, string>> {
  if (who === 'nobody') return {}
  if (who !== 'the account') return { 'x-twilio-token': await tokenFor(who, serviceSid) }
  return { authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` }
}

function filesIn(folder: string): string[] {
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}
