// Form bodies and query strings, read strictly: what is malformed is refused, not guessed (rest-v2.md §1.3).
import { isUtf8 } from 'node:buffer'
import { errors } from '../../chat/errors.ts'
import type { Fields, FieldValues } from './fields.ts'

export type Values = ReadonlyMap<string, string[]>

const NO_VALUES: Values = new Map()

/**
 * A body of any other content type is not here, and counts as no parameters, as the hosted service has it (rest-v2.md §1.3).
 * Throws badRequest for bytes that are not UTF-8.
 */
export function parseFormBody(body: unknown): Values {
  if (!Buffer.isBuffer(body) || body.length === 0) return NO_VALUES
  if (!isUtf8(body)) throw errors.badRequest('The post body is not valid UTF-8')
  return parsePairs(body.toString('utf8'))
}

/** Throws badRequest for malformed percent-encoding, UTF-8 and NUL characters. */
export function parsePairs(encoded: string): Values {
  if (encoded === '') return NO_VALUES
  const values = new Map<string, string[]>()
  for (const pair of encoded.split('&')) {
    if (pair === '') continue
    const split = pair.indexOf('=')
    const name = decodeText(split < 0 ? pair : pair.slice(0, split))
    const value = split < 0 ? '' : decodeText(pair.slice(split + 1))
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return values
}

/** The declared fields; names that are not declared are ignored. */
export function readFields<F extends Fields>(fields: F, values: Values): FieldValues<F> {
  const read: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) read[name] = field.read(values.get(name) ?? [], name)
  return read as FieldValues<F>
}

function decodeText(encoded: string): string {
  const spaced = encoded.includes('+') ? encoded.replaceAll('+', ' ') : encoded
  const text = spaced.includes('%') ? decodePercents(spaced) : spaced
  if (text.includes('\0')) throw errors.badRequest('Parameters must not contain NUL characters')
  return text
}

function decodePercents(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    throw errors.badRequest('A parameter is not valid percent-encoded UTF-8')
  }
}
