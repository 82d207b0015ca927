// HTTP requests inside Twilsock frames (realtime-protocol.md §2.8): read here, routed by path, answered.
import { type ChatError, errors } from '../chat/errors.ts'
import { parseObject } from '../lib/json.ts'
import { asObject, asText } from './values.ts'

export type TunnelRequest = {
  method: string
  /** Still percent-encoded, never with a query. */
  path: string
  /** Decoded; of a repeated name the last value. */
  query: Readonly<Record<string, string>>
  /** The body: a JSON object or a form. Throws badRequest. */
  body(): Readonly<Record<string, unknown>>
}

/** The body is JSON already where it is a Buffer, and null for an answer without one. */
export type Answer = { status: number; body: object | Buffer | null }

/** Undefined when the frame carries no request. */
export function readTunnelRequest(
  header: Readonly<Record<string, unknown>>,
  payload: string,
): TunnelRequest | undefined {
  const request = asObject(header.http_request)
  const path = asText(request?.path)
  if (!request || path === undefined || !path.startsWith('/')) return undefined
  const [plainPath = '', inlineQuery] = path.split('?', 2)
  const inline = inlineQuery === undefined ? {} : Object.fromEntries(new URLSearchParams(inlineQuery))
  return {
    method: asText(request.method)?.toUpperCase() ?? 'GET',
    path: plainPath,
    query: { ...inline, ...readParams(request.params) },
    body: () => readBody(asText(header.payload_type) ?? '', payload),
  }
}

/** The values are still percent-encoded; a name without a value is absent. */
function readParams(params: unknown): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of Object.entries(asObject(params) ?? {})) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string' || typeof last === 'number') query[name] = decodePart(String(last))
  }
  return query
}

function readBody(type: string, text: string): Record<string, unknown> {
  if (text.includes('\0')) throw errors.badRequest('The body must not contain NUL characters')
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    return Object.fromEntries(new URLSearchParams(text))
  }
  if (text === '') return {}
  const body = parseObject(text)
  if (!body) throw errors.badRequest('The body is no JSON object')
  return body
}

/** The text without percent-encoding, or as it is where it has none or a broken one. */
export function decodePart(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Undefined stands for a fault of our own, of which nothing is told. */
export function toAnswer(error: ChatError | undefined): Answer {
  if (!error) return { status: 500, body: { status: 500, code: 20500, message: 'Internal server error' } }
  const { status, code, message, hint } = error
  return {
    status,
    body: {
      status,
      code,
      message: hint ? `${message}: ${hint}` : message,
      more_info: `https://www.twilio.com/docs/errors/${code}`,
    },
  }
}
