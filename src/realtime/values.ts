// Reading values that come from clients: each function gives the value in its type, or undefined, or throws badRequest.
import { errors } from '../chat/errors.ts'
import { asObject, backToJson } from '../lib/json.ts'

export { asObject }

type Fields = Readonly<Record<string, unknown>>

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Missing and null count as not given; half a character is replaced, as a database would. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw errors.invalidParameter(name, 'a text')
  if (value.includes('\0')) throw errors.invalidParameter(name, 'a text without NUL characters')
  return value.toWellFormed()
}

export function requiredText(fields: Fields, name: string): string {
  const value = optionalText(fields, name)
  if (value === undefined || value === '') throw errors.missingParameter(name)
  return value
}

/** Null stays null. */
export function nullableText(fields: Fields, name: string): string | null | undefined {
  return fields[name] === null ? null : optionalText(fields, name)
}

/** Attributes: a text that holds JSON, or the value itself. */
export function optionalAttributes(fields: Fields, name = 'attributes'): string | undefined {
  const value = fields[name]
  if (value === undefined || value === null || typeof value === 'string') return optionalText(fields, name)
  return toText(value, errors.attributesNotJson)
}

/** The JSON of what came as JSON. Throws `tooDeep` where it is nested so deeply that it can be read but not written. */
export function toText(value: unknown, tooDeep: () => Error): string {
  const text = backToJson(value)
  if (text === undefined) throw tooDeep()
  return text
}

/** A message index as a number or its text; null stays null. */
export function nullableIndex(fields: Fields, name: string): number | null | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return value
  const index = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof index !== 'number') throw errors.invalidReadIndex()
  return index
}
