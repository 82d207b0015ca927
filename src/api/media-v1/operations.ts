// The operations of the media API (rest-v2.md §8, realtime-protocol.md §11).
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { errors } from '../../chat/errors.ts'
import { findMediaSet, requireLinkedMedia, requireMedia } from '../../chat/media.ts'
import { createMedia } from '../../chat/media-upload.ts'
import { requireService } from '../../chat/services.ts'
import { readSid } from '../../lib/sid.ts'
import type { Media } from '../../store/media.ts'
import type { MediaStore } from '../../store/media-store.ts'
import { oneOf, text } from '../http/fields.ts'
import { parsePairs, readFields } from '../http/form.ts'
import { sendJson } from '../http/handler.ts'
import { sendContent } from './content.ts'
import { LINK_SECONDS, type LinkedFile, type LinkSigner } from './links.ts'
import { knownSids, presentMediaSet, readMediaSet } from './media-set.ts'
import { withFormFile } from './multipart.ts'
import { mediaUrl, presentRecord, type RecordContext } from './record.ts'
import { servingOf } from './serving.ts'

export type MediaApi = {
  chat: Chat
  store: MediaStore
  links: LinkSigner
  /** Base of the URLs in records. */
  baseUrl(): string
  /** Throws the errors of bad credentials. */
  callerOf(request: FastifyRequest): Promise<Caller>
}

type Handler = (api: MediaApi, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const uploadQuery = {
  Filename: text.optional,
  Category: oneOf(['media', 'body', 'history']).optional,
}
const linkQuery = { expires: text.optional, sig: text.optional }
const MULTIPART = /^multipart\/form-data/i

/** `POST …/Media`: the file is the body, or the first file of a form. */
export const create: Handler = async (api, request, reply) => {
  const { chat, store } = api
  const caller = await api.callerOf(request)
  const service = await requireService(chat, caller, pathOf(request).ServiceSid)
  const query = readFields(uploadQuery, parsePairs(request.query as string))
  const { contentType } = request
  const given = { filename: query.Filename, category: query.Category }
  const media = MULTIPART.test(contentType ?? '')
    ? await withFormFile(request.raw, ({ content, filename, contentType: ofFile }) => {
        const draft = { ...given, filename: query.Filename ?? filename, contentType: ofFile }
        return createMedia(chat, store, caller, service, draft, content)
      })
    : await createMedia(
        chat,
        store,
        caller,
        service,
        { ...given, contentType, size: sizeOf(request) },
        request.raw,
      )
  return sendJson(reply, 201, await presentRecord(media, recordContext(api, caller)))
}

export const fetchRecord: Handler = async (api, request, reply) => {
  const caller = await api.callerOf(request)
  const { ServiceSid, Sid } = pathOf(request)
  const service = await requireService(api.chat, caller, ServiceSid)
  const media = await requireMedia(api.chat, caller, service, Sid)
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, await presentRecord(media, recordContext(api, caller)))
}

/** With a signature instead of credentials it is the temporary link of a record. */
export const fetchContent: Handler = async (api, request, reply) => {
  const { expires, sig } = readFields(linkQuery, parsePairs(request.query as string))
  const { ServiceSid, Sid } = pathOf(request)
  if (sig !== undefined) {
    const file = readLinkedFile(ServiceSid, Sid)
    const seconds = file && api.links.check(file, expires ?? '', sig, api.chat.now())
    if (!file || seconds === undefined) throw errors.linkExpired()
    const media = await requireLinkedMedia(api.chat, file.serviceSid, file.sid)
    return sendContent(api.store, media, seconds, request, reply)
  }
  const caller = await api.callerOf(request)
  const service = await requireService(api.chat, caller, ServiceSid)
  const media = await requireMedia(api.chat, caller, service, Sid)
  return sendContent(api.store, media, LINK_SECONDS, request, reply)
}

/** `POST …/MediaSet`. */
export const fetchSet: Handler = async (api, request, reply) => {
  const caller = await api.callerOf(request)
  const service = await requireService(api.chat, caller, pathOf(request).ServiceSid)
  const texts = readMediaSet(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
  const found = await findMediaSet(api.chat, caller, service, knownSids(texts))
  return sendJson(reply, 200, await presentMediaSet(texts, found, recordContext(api, caller)))
}

function recordContext({ chat, store, links, baseUrl }: MediaApi, caller: Caller): RecordContext {
  const { delivery } = store
  return {
    accountSid: caller.accountSid,
    baseUrl: baseUrl(),
    temporaryUrl: async (media: Media) =>
      delivery.kind === 'link'
        ? delivery.link(media, { ...servingOf(media), seconds: LINK_SECONDS })
        : `${mediaUrl(baseUrl(), media)}/Content?${links.sign(media, chat.now())}`,
  }
}

function pathOf({ params }: FastifyRequest): { ServiceSid: string; Sid: string } {
  return params as { ServiceSid: string; Sid: string }
}

function sizeOf({ headers }: FastifyRequest): number | undefined {
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}

function readLinkedFile(serviceText: string, mediaText: string): LinkedFile | undefined {
  const serviceSid = readSid('IS', serviceText)
  const sid = readSid('ME', mediaText)
  return serviceSid && sid && { serviceSid, sid }
}
