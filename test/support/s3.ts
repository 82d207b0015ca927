// An S3-compatible server for tests: s3rver from npm, which checks signatures, on a free port with one empty bucket.
// Two operations that it lacks are added here: listing uploads in parts, and giving one up. It reads the signature of a
// bare bucket name differently from the AWS SDK, so that is answered here as well.
import { globSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import S3rver, { type Context } from '@20minutes/s3rver'
import { givenFolder } from './databases.ts'

export type TestBucket = AsyncDisposable & {
  /** For PARLEY_MEDIA_STORE. */
  address: string
  url: string
  /** The keys of the objects. */
  keys(): string[]
  /** The keys of uploads in parts that are neither finished nor given up. */
  unfinished(): string[]
  /** While it is set, each request that changes something is refused. */
  refuse: boolean
}

const BUCKET = 'parley-media'
const OBJECT_FILE = '._S3rver_object'
/** The only credentials that s3rver knows; the AWS SDK reads them from the environment. */
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' }

export async function givenBucket(prefix = 'files'): Promise<TestBucket> {
  Object.assign(process.env, CREDENTIALS)
  const folder = await givenFolder()
  const root = join(folder.path, BUCKET)
  const uploads = openUploads(join(root, '._S3rver_uploads'))
  const s3 = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder.path,
    configureBuckets: [{ name: BUCKET, configs: [] }],
  })
  const state = { refuse: false }
  s3.middleware.unshift(async (context, next) => {
    const isChange = !['GET', 'HEAD'].includes(context.method)
    if (state.refuse && isChange) context.status = 403
    else if (!(await answerInstead(context, uploads))) await next()
  })
  const { port } = await s3.run()
  const url = `http://127.0.0.1:${port}`
  return Object.assign(state, {
    url,
    address: `s3://${BUCKET}/${prefix}?endpoint=${url}&region=us-east-1&path-style=on`,
    keys: () =>
      globSync(`**/*${OBJECT_FILE}`, { cwd: root }).map((path) => path.slice(0, -OBJECT_FILE.length)),
    unfinished: () => uploads.list().map(({ key }) => key),
    async [Symbol.asyncDispose]() {
      await s3.close()
      await folder[Symbol.asyncDispose]()
    },
  })
}

/** True when the request was one of those that s3rver cannot answer. */
async function answerInstead(context: Context, uploads: Uploads): Promise<boolean> {
  const { method, path, query } = context
  if (method === 'HEAD' && path.split('/').length === 2) {
    context.status = path === `/${BUCKET}` ? 200 : 404
    return true
  }
  if (method === 'GET' && query.uploads !== undefined) {
    context.type = 'application/xml'
    context.body = uploads.present(query.prefix ?? '')
    return true
  }
  if (method !== 'DELETE' || !query.uploadId) return false
  await uploads.abort(query.uploadId)
  context.status = 204
  return true
}

type Uploads = ReturnType<typeof openUploads>

/** The folder in which s3rver keeps a folder for each upload in parts. */
function openUploads(folder: string) {
  const list = (): { id: string; key: string }[] => {
    const ids = globSync('*/key', { cwd: folder }).map((path) => path.split('/')[0] ?? '')
    return ids.map((id) => ({ id, key: readFileSync(join(folder, id, 'key'), 'utf8') }))
  }
  return {
    list,
    abort: (id: string) => rm(join(folder, id.replace(/\W/g, '')), { recursive: true, force: true }),
    present(prefix: string): string {
      const found = list().filter(({ key }) => key.startsWith(prefix))
      const items = found.map(({ id, key }) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`)
      return `<?xml version="1.0" encoding="UTF-8"?><ListMultipartUploadsResult>${items.join('')}</ListMultipartUploadsResult>`
    },
  }
}
