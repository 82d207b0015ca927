// The requests of the load as bytes on the wire: Parley and the bare servers get the very same ones.
import type { DataSet } from './seed.ts'

export const ACCOUNT_SID = `AC${'0'.repeat(31)}1`
export const AUTH_TOKEN = 'bench-auth-token'
export const AUTHORIZATION = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`
export const PAGE_SIZE = 50
/** So many different pages are asked for, in turn. */
const PAGES = 4096

export const MESSAGE_BODY =
  'The quick brown fox jumps over the lazy dog, and nobody in this channel is surprised by it'

const HEADERS = [
  'Host: localhost',
  'Accept: application/json',
  'User-Agent: bench',
  `Authorization: ${AUTHORIZATION}`,
]

/** A message for each channel. */
export function sendRequests(set: DataSet): string[] {
  return set.channelSids.map((channelSid, i) => {
    const form = new URLSearchParams({
      From: `user-${i % 10}`,
      Body: MESSAGE_BODY,
      Attributes: '{}',
    }).toString()
    const type = 'Content-Type: application/x-www-form-urlencoded'
    return request('POST', messagesPath(set, channelSid), [type, `Content-Length: ${form.length}`], form)
  })
}

/** Pages of the channels in turn, each from a random place. */
export function pageRequests(set: DataSet): string[] {
  return Array.from({ length: PAGES }, (_, i) => {
    const channelSid = set.channelSids[i % set.channelSids.length]
    const query = `PageSize=${PAGE_SIZE}&PageToken=PT${randomStart(set)}`
    return request('GET', `${messagesPath(set, channelSid)}?${query}`, [], '')
  })
}

export function getRequest(path: string): string {
  return request('GET', path, [], '')
}

/** An index with a full page after it. */
export function randomStart({ messages, channelSids }: DataSet): number {
  return Math.floor(Math.random() * (messages / channelSids.length - PAGE_SIZE - 1))
}

/** One of `count` indexes that are spread over a channel, with a full page after it. */
export function startOf({ messages, channelSids }: DataSet, place: number, count: number): number {
  return Math.floor((place * (messages / channelSids.length - PAGE_SIZE - 1)) / count)
}

/** The path of a request, with the query. */
export function pathOf(request: string): string {
  return request.split(' ')[1] ?? ''
}

export function bodyOf(request: string): string {
  return request.slice(request.indexOf('\r\n\r\n') + 4)
}

function messagesPath({ serviceSid }: DataSet, channelSid: string | undefined): string {
  return `/v2/Services/${serviceSid}/Channels/${channelSid}/Messages`
}

function request(method: string, path: string, headers: string[], body: string): string {
  return [`${method} ${path} HTTP/1.1`, ...HEADERS, ...headers, '', body].join('\r\n')
}
