// Names and types of files come from anybody: they are brought to a form that is safe to keep and to send on.
import { MIMEType } from 'node:util'
import { errors } from './errors.ts'
import type { Limits } from './limits.ts'
import { isLongerThan } from './values.ts'

const FALLBACK_TYPE = 'application/octet-stream'
/** Control characters, and those that turn the direction of writing, with which a name can hide its ending. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that we are after
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** The last part of a path, without what cannot be seen; null for nothing. Throws filenameTooLong. */
export function checkFilename(given: string | undefined, limits: Limits): string | null {
  const name = (given ?? '')
    .toWellFormed()
    .replace(UNSAFE, '')
    .replace(/^.*[/\\]/, '')
    .trim()
  if (name === '') return null
  if (isLongerThan(name, limits.name)) throw errors.filenameTooLong()
  return name
}

/** The type in its usual spelling, with its parameters. Throws invalidMediaType. */
export function checkContentType(given: string | undefined, limits: Limits): string {
  if (!given) return FALLBACK_TYPE
  if (given.length > limits.name) throw errors.invalidMediaType()
  try {
    return new MIMEType(given).toString()
  } catch {
    throw errors.invalidMediaType()
  }
}
