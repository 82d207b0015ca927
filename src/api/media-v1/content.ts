// The bytes of a medium: whole or in part, from this server or from the bucket.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errors } from '../../chat/errors.ts'
import type { Media } from '../../store/media.ts'
import type { MediaStore, Streaming } from '../../store/media-store.ts'
import { type Version, wantedOf } from './conditions.ts'
import { LINK_SECONDS } from './links.ts'
import { PROTECTION, servingOf } from './serving.ts'

/** `seconds`: how long the answer may be kept. Throws preconditionFailed, rangeNotSatisfiable, notFound. */
export async function sendContent(
  store: MediaStore,
  media: Media,
  seconds: number,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { delivery } = store
  if (delivery.kind === 'link' && request.method !== 'HEAD') {
    const location = await delivery.link(media, { ...servingOf(media), seconds: LINK_SECONDS })
    return reply.code(307).headers({ location, 'cache-control': 'no-store' }).send()
  }
  const version = versionOf(media)
  const wanted = wantedOf(request.headers, version)
  if (wanted.status === 412) throw errors.preconditionFailed()
  if (wanted.status === 416) {
    reply.header('content-range', `bytes */${media.size}`)
    throw errors.rangeNotSatisfiable()
  }
  if (wanted.status === 304) return reply.code(304).headers(headersOf(version, seconds)).send()
  const [start, end] = wanted.status === 206 ? [wanted.start, wanted.end] : [0, media.size - 1]
  // Before there is any header of the file: an error must not be kept as long as the file.
  const content = request.method === 'HEAD' ? null : await open(delivery as Streaming, media, start, end)
  reply.headers({ ...headersOf(version, seconds), ...describe(media) })
  if (content === null) return reply.code(200).header('content-length', media.size).send()
  if (wanted.status === 206) reply.header('content-range', `bytes ${start}-${end}/${media.size}`)
  return reply
    .code(wanted.status)
    .header('content-length', end - start + 1)
    .send(content)
}

/** A medium never changes: its sid tells one version from another. */
function versionOf({ sid, uploadedAt, createdAt, size }: Media): Version {
  return { etag: `"${sid}"`, lastModified: uploadedAt ?? createdAt, size }
}

function headersOf({ etag, lastModified }: Version, seconds: number): Record<string, string> {
  return {
    etag,
    'last-modified': new Date(lastModified).toUTCString(),
    'cache-control': `private, max-age=${seconds}, immutable`,
    ...PROTECTION,
  }
}

function describe(media: Media): Record<string, string> {
  const { contentType, contentDisposition } = servingOf(media)
  return {
    'accept-ranges': 'bytes',
    'content-type': contentType,
    'content-disposition': contentDisposition,
  }
}

async function open(delivery: Streaming, media: Media, start: number, end: number) {
  if (media.size === 0) return Buffer.alloc(0)
  const content = await delivery.read(media, start, end)
  if (!content) throw errors.notFound()
  return content
}
