// A form with a file in it, as browsers send it: the first file counts, whatever else there is is left aside.
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { Busboy, type BusboyFileStream, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { errors } from '../../chat/errors.ts'

type FormFile = {
  filename: string | undefined
  contentType: string
  /** Ends when the form does; fails when the form is malformed or cut, also after the file. */
  content: Readable
}

const LIMITS = { files: 1, fields: 20, fieldNameSize: 200, fieldSize: 4096, parts: 40, headerPairs: 50 }

/** What `use` makes of the form's first file. Throws fileMissing, badRequest, uploadCut and what `use` throws. */
export async function withFormFile<T>(
  request: IncomingMessage,
  use: (file: FormFile) => Promise<T>,
): Promise<T> {
  const parser = createParser(request)
  const over = Promise.withResolvers<void>()
  const found = Promise.withResolvers<FormFile>()
  // Whoever waits hears of it; nobody needs to.
  over.promise.catch(() => {})
  let file: BusboyFileStream | undefined
  const fail = (error: Error): void => {
    over.reject(error)
    found.reject(error)
    file?.destroy(error)
  }
  parser.once('file', (_field, stream, filename, _encoding, contentType) => {
    file = stream
    stream.on('error', () => fail(errors.badRequest('The form is malformed')))
    found.resolve({
      filename: asWritten(filename),
      contentType,
      content: Readable.from(whole(stream, over.promise)),
    })
  })
  parser.on('error', () => fail(errors.badRequest('The form is malformed')))
  parser.once('finish', () => {
    over.resolve()
    found.reject(errors.fileMissing())
  })
  const onClose = (): void => {
    if (!request.complete) fail(errors.uploadCut())
  }
  request.once('close', onClose)
  request.pipe(parser)
  try {
    return await use(await found.promise)
  } finally {
    request.off('close', onClose)
    request.unpipe(parser)
    file?.destroy()
  }
}

/** Throws badRequest. */
function createParser(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS })
  } catch {
    throw errors.badRequest('The form has no boundary')
  }
}

/** Browsers write quotes and line ends in names like this, and nothing else. */
function asWritten(filename: string | undefined): string | undefined {
  return filename?.replace(/%(22|0A|0D)/gi, (code) => decodeURIComponent(code))
}

async function* whole(file: Readable, formEnd: Promise<void>): AsyncGenerator<Buffer> {
  yield* file
  await formEnd
}
