// The JSON of a resource: what it looks like, and the one function that writes it.
import type { Schema } from './fields.ts'
import type { PresentContext } from './operation.ts'

export type Resource<Item> = {
  name: string
  schema: Schema
  present(item: Item, context: PresentContext): object
}

type Shape = Record<string, Schema>

/** `present` must return exactly the members of `shape`. */
export function resource<S extends Shape, Item>(
  name: string,
  shape: S,
  present: (item: Item, context: PresentContext) => { [K in keyof S]: unknown },
): Resource<Item> {
  return { name, schema: { type: 'object', properties: shape, required: Object.keys(shape) }, present }
}

export const string: Schema = { type: 'string' }
export const integerSchema: Schema = { type: 'integer' }
export const booleanSchema: Schema = { type: 'boolean' }
export const dateTime: Schema = { type: 'string', format: 'date-time' }
export const uri: Schema = { type: 'string', format: 'uri' }
export const links: Schema = {
  type: 'object',
  additionalProperties: { type: 'string', format: 'uri', nullable: true },
}
export const object: Schema = { type: 'object' }
export const strings: Schema = { type: 'array', items: string }

export function sidSchema(prefix: string): Schema {
  return { type: 'string', minLength: 34, maxLength: 34, pattern: `^${prefix}[0-9a-fA-F]{32}$` }
}

export function nullable(schema: Schema): Schema {
  // A list of choices has to name null itself.
  const choices = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
  return { ...schema, ...choices, nullable: true }
}

export function enumSchema(...values: string[]): Schema {
  return { type: 'string', enum: values }
}
