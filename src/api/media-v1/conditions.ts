// Which part of a file a request wants, and whether it wants it at all (RFC 9110, sections 13 and 14).
import type { IncomingHttpHeaders } from 'node:http'
import fresh from 'fresh'
import { parse } from 'range-parser'

/** The file as caches know it; `lastModified` in milliseconds. */
export type Version = { etag: string; lastModified: number; size: number }

type Wanted =
  | { status: 200 }
  | { status: 206; start: number; end: number }
  /** The client has it; it has changed; there is no such part. */
  | { status: 304 | 412 | 416 }

export function wantedOf(headers: IncomingHttpHeaders, version: Version): Wanted {
  if (!meetsConditions(headers, version)) return { status: 412 }
  const known = { etag: version.etag, 'last-modified': new Date(version.lastModified).toUTCString() }
  // Not the whole headers: `fresh` takes "no-cache" for a wish to be sent what one has, and browsers add it.
  const { 'if-none-match': noneMatch, 'if-modified-since': since } = headers
  if (fresh({ 'if-none-match': noneMatch, 'if-modified-since': since }, known)) return { status: 304 }
  if (headers.range === undefined || !isSameVersion(headers['if-range'], version)) return { status: 200 }
  return partOf(headers.range, version.size)
}

/** What does not read as a range of bytes, and several ranges at once, get the whole file. */
function partOf(range: string, size: number): Wanted {
  const { code, type, ranges } = parse(size, range)
  if (type !== 'bytes' || (code & 1) !== 0 || ranges.length > 1) return { status: 200 }
  const [part] = ranges
  return part ? { status: 206, start: part.start, end: part.end } : { status: 416 }
}

function meetsConditions(headers: IncomingHttpHeaders, { etag, lastModified }: Version): boolean {
  const match = headers['if-match']
  if (match !== undefined) return match === '*' || match.split(',').some((tag) => tag.trim() === etag)
  const since = Date.parse(headers['if-unmodified-since'] ?? '')
  return Number.isNaN(since) || secondsOf(lastModified) <= secondsOf(since)
}

function isSameVersion(condition: string | string[] | undefined, { etag, lastModified }: Version): boolean {
  if (condition === undefined || condition === etag) return true
  return secondsOf(Date.parse(String(condition))) === secondsOf(lastModified)
}

/** Dates in headers have no milliseconds. */
function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000)
}
