// The fields of a form or a query, declared once: they parse, and they describe themselves for /openapi.json.
import { type ChatError, errors } from '../../chat/errors.ts'
import { parseInstant } from '../../lib/iso-date.ts'
import { readSid, type Sid } from '../../lib/sid.ts'

export type Schema = Record<string, unknown>

export type Field<T> = {
  readonly required: boolean
  readonly schema: Schema
  /** From the values under the field's name, in the order in which they came. */
  read(values: readonly string[], name: string): T
}

/** A field that must be there, with its variants. */
type FieldKind<T> = Field<T> & {
  readonly optional: Field<T | undefined>
  /** All the values; an absent field is an empty list. */
  readonly list: Field<T[]>
  /** All the values, or undefined for an absent field. A single empty value is an empty list. */
  readonly optionalList: Field<T[] | undefined>
  readonly requiredList: Field<T[]>
  /** Empty and `null` mean null. */
  readonly nullable: Field<T | null | undefined>
}

export type Fields = Record<string, Field<unknown>>
export type FieldValues<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never }

type Parse<T> = (value: string, name: string) => T

function fieldKind<T>(schema: Schema, parse: Parse<T>): FieldKind<T> {
  const one = (values: readonly string[], name: string): string => {
    if (values.length > 1) throw errors.invalidParameter(name, 'one value, not several')
    return values[0] as string
  }
  const all = (values: readonly string[], name: string): T[] => values.map((value) => parse(value, name))
  const items = { type: 'array', items: schema }
  return {
    required: true,
    schema,
    read(values, name) {
      if (values.length === 0 || values[0] === '') throw errors.missingParameter(name)
      return parse(one(values, name), name)
    },
    optional: {
      required: false,
      schema,
      read: (values, name) => (values.length === 0 ? undefined : parse(one(values, name), name)),
    },
    nullable: {
      required: false,
      schema: { ...schema, nullable: true },
      read(values, name) {
        if (values.length === 0) return undefined
        const value = one(values, name)
        return value === '' || value === 'null' ? null : parse(value, name)
      },
    },
    list: { required: false, schema: items, read: all },
    optionalList: {
      required: false,
      schema: items,
      read(values, name) {
        if (values.length === 0) return undefined
        return values.length === 1 && values[0] === '' ? [] : all(values, name)
      },
    },
    requiredList: {
      required: true,
      schema: items,
      read(values, name) {
        if (values.length === 0) throw errors.missingParameter(name)
        return all(values, name)
      },
    },
  }
}

export const text = fieldKind<string>({ type: 'string' }, (value) => value)

/** Empty means null; any other text is itself, also the word `null`. */
export const clearableText: Field<string | null | undefined> = {
  required: false,
  schema: { type: 'string' },
  read(values, name) {
    const value = text.optional.read(values, name)
    return value === '' ? null : value
  },
}

export const boolean = fieldKind<boolean>({ type: 'boolean' }, (value, name) => {
  const lower = value.toLowerCase()
  if (lower === 'true' || lower === 'false') return lower === 'true'
  throw errors.invalidParameter(name, 'true or false')
})

/** Decimal digits with an optional minus, within the safe range. */
export function integer(wrong?: () => ChatError): FieldKind<number> {
  return fieldKind<number>({ type: 'integer' }, (value, name) => {
    const number = /^-?\d{1,16}$/.test(value) ? Number(value) : Number.NaN
    if (Number.isSafeInteger(number)) return number === 0 ? 0 : number
    throw wrong?.() ?? errors.invalidParameter(name, 'an integer')
  })
}

export function oneOf<const T extends string>(choices: readonly T[], wrong?: () => ChatError): FieldKind<T> {
  return fieldKind<T>({ type: 'string', enum: [...choices] }, (value, name) => {
    const choice = choices.find((candidate) => candidate === value)
    if (choice !== undefined) return choice
    throw wrong?.() ?? errors.invalidParameter(name, `one of ${choices.join(', ')}`)
  })
}

/** Milliseconds from an ISO 8601 instant with a zone. */
export function instant(wrong: () => ChatError): FieldKind<number> {
  return fieldKind<number>({ type: 'string', format: 'date-time' }, (value) => {
    const milliseconds = parseInstant(value)
    if (milliseconds === undefined) throw wrong()
    return milliseconds
  })
}

export function sid<P extends string>(prefix: P, wrong?: () => ChatError): FieldKind<Sid<P>> {
  const schema = { type: 'string', minLength: 34, maxLength: 34, pattern: `^${prefix}[0-9a-fA-F]{32}$` }
  return fieldKind<Sid<P>>(schema, (value, name) => {
    const found = readSid(prefix, value)
    if (found !== undefined) return found
    throw wrong?.() ?? errors.invalidParameter(name, `a SID that starts with ${prefix}`)
  })
}
