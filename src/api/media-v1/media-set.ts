// Several records at once, as the conversations SDKs ask for them (realtime-protocol.md §11).
import { errors } from '../../chat/errors.ts'
import { parseObject } from '../../lib/json.ts'
import { readSid, type Sid } from '../../lib/sid.ts'
import type { Media } from '../../store/media.ts'
import { presentRecord, type RecordContext } from './record.ts'

const MAX_SET = 100

/** The sids as the client spelled them. Throws badRequest. */
export function readMediaSet(body: Buffer): string[] {
  const request = parseObject(body.toString('utf8'))
  if (!request) throw errors.badRequest('The body is no JSON object')
  const { command, list } = request
  if (command !== 'get') throw errors.badRequest('The command of a media set is get')
  if (!Array.isArray(list) || list.length > MAX_SET) {
    throw errors.badRequest(`The list of a media set has at most ${MAX_SET} entries`)
  }
  return list.map((entry: unknown) => {
    const sid = (entry as { media_sid?: unknown } | null)?.media_sid
    if (typeof sid !== 'string') throw errors.badRequest('Each entry of a media set has a media_sid')
    return sid
  })
}

export function knownSids(texts: readonly string[]): Sid<'ME'>[] {
  return texts.map((text) => readSid('ME', text)).filter((sid) => sid !== undefined)
}

/** In the order of the request; what is not there, or not for the caller, is 404 with its sid. */
export function presentMediaSet(
  texts: readonly string[],
  found: ReadonlyMap<string, Media>,
  context: RecordContext,
): Promise<object[]> {
  return Promise.all(
    texts.map(async (text) => {
      const media = found.get(readSid('ME', text) ?? '')
      if (!media) return { code: 404, media_record: { sid: text } }
      return { code: 200, media_record: await presentRecord(media, context) }
    }),
  )
}
