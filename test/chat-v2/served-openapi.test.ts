// The document at /openapi.json against the vendor's own description of the API.
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { givenFurnishedService } from '../support/furnished-service.ts'
import { startServer, type TestServer } from '../support/server.ts'

type Schema = {
  $ref?: string
  type?: string
  items?: Schema
  enum?: string[]
  properties?: Record<string, Schema>
  required?: string[]
  maximum?: number
}
type Parameter = { name: string; in: string; required?: boolean; schema: Schema }
type Content = { content?: Record<string, { schema: Schema }> }
type OperationObject = {
  operationId: string
  parameters?: Parameter[]
  requestBody?: Content
  responses: Record<string, Content & { description?: string }>
}
type Document = {
  openapi: string
  info: { title: string; version: string }
  servers: { url: string }[]
  security: Record<string, string[]>[]
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> }
}

const VERBS = ['get', 'post', 'delete', 'put', 'patch']
const FORM = 'application/x-www-form-urlencoded'
const require = createRequire(import.meta.url)
const official = require('@twilio/cli-core/src/services/twilio-api/twilio_chat_v2.json') as Document
const officialV3 = require('@twilio/cli-core/src/services/twilio-api/twilio_chat_v3.json') as Document

test('the document has the shape of OpenAPI 3 and all its references lead somewhere', async () => {
  await using server = await startServer({ PARLEY_PUBLIC_URL: 'https://chat.example.org' })
  const { openapi, info, servers, security, paths, components } = await readDocument(server)

  expect(openapi).toMatch(/^3\.0\.\d$/)
  expect(info).toMatchObject({ title: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  expect(servers).toEqual([{ url: 'https://chat.example.org' }])
  for (const scheme of security.flatMap(Object.keys)) {
    expect(components.securitySchemes[scheme]).toEqual({ type: 'http', scheme: 'basic' })
  }
  const ids = Object.values(paths).flatMap((byVerb) => Object.values(byVerb).map((it) => it.operationId))
  expect(new Set(ids).size).toBe(ids.length)
  for (const [path, byVerb] of Object.entries(paths)) {
    expect(path).toMatch(/^\/[\w/{}-]+$/)
    for (const [verb, operation] of Object.entries(byVerb)) {
      expect(VERBS).toContain(verb)
      expectComplete(path, operation)
    }
  }
  const references = JSON.stringify([paths, components]).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
  for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name)
})

test('it lists the official operations of v2, and no other in v2', async () => {
  await using server = await startServer()
  const served = await readDocument(server)

  const ofVersion2 = list(served).filter((line) => line.includes(' /v2/'))
  expect(ofVersion2).toEqual(list(official))
  expect(list(served)).toEqual(expect.arrayContaining(list(officialV3)))
})

test('each operation has the official parameters, of the same types', async () => {
  await using server = await startServer()
  const served = await readDocument(server)

  for (const document of [withLongerLists(official), officialV3]) {
    for (const [path, byVerb] of Object.entries(document.paths)) {
      for (const verb of VERBS.filter((verb) => byVerb[verb])) {
        const ours = served.paths[path]?.[verb] as OperationObject
        const theirs = byVerb[verb] as OperationObject
        expect([verb, path, summarise(served, ours)]).toEqual([verb, path, summarise(document, theirs)])
        expect([verb, path, wordsOf(served, ours)]).toMatchObject([verb, path, wordsOf(document, theirs)])
      }
    }
  }
})

test('what the server answers fits its own document', async () => {
  await using server = await startServer()
  const { sids } = await givenFurnishedService(server)
  const { paths, components } = await readDocument(server)
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema({ components }, 'document')
  const misfitsOf = (schema: Schema, body: unknown) => {
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')) as object
    const validate = ajv.compile(absolute)
    return validate(body) ? [] : validate.errors
  }

  const misfits: unknown[] = []
  for (const [path, { get }] of Object.entries(paths)) {
    if (!get || !path.startsWith('/v2/')) continue
    const target = path.replace(/(\w+)\/\{\w+\}/g, (_, key: keyof typeof sids) => `${key}/${sids[key]}`)
    const { status, body } = await server.request('GET', target)
    const schema = get.responses[status]?.content?.['application/json']?.schema as Schema
    expect([target, status]).toEqual([target, 200])
    misfits.push(...(misfitsOf(schema, body) ?? []))
  }
  expect(misfits).toEqual([])
  const error = await server.request('GET', '/v2/Services/nothing')
  expect(misfitsOf({ $ref: '#/components/schemas/Error' }, error.body)).toEqual([])
  expect(misfitsOf({ $ref: '#/components/schemas/Service' }, error.body)).not.toEqual([])
})

async function readDocument({ request }: TestServer): Promise<Document> {
  const { status, headers, body } = await request('GET', '/openapi.json', { auth: null })
  expect([status, headers['content-type']]).toEqual([200, expect.stringMatching(/^application\/json/)])
  return body
}

/** `GET /v2/Services 200 ListService` for each operation. */
function list({ paths }: Document): string[] {
  return Object.entries(paths)
    .flatMap(([path, byVerb]) =>
      VERBS.filter((verb) => byVerb[verb]).map((verb) => {
        const { operationId, responses } = byVerb[verb] as OperationObject
        const id = path.startsWith('/v3/') ? '' : operationId
        return `${verb.toUpperCase()} ${path} ${successOf(responses)} ${id}`
      }),
    )
    .sort()
}

function successOf(responses: OperationObject['responses']): string | undefined {
  return Object.keys(responses).find((status) => status.startsWith('2'))
}

function expectComplete(path: string, operation: OperationObject): void {
  const { parameters = [], responses } = operation
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const declared = parameters.filter((parameter) => parameter.in === 'path')
  expect(declared.map(({ name }) => name)).toEqual(inPath)
  expect(declared.every(({ required }) => required === true)).toBe(true)
  for (const { schema } of parameters) expect(schema.type).toEqual(expect.any(String))
  for (const { description } of Object.values(responses)) expect(description).toEqual(expect.any(String))
  const success = responses[successOf(responses) ?? '']
  expect(success?.content !== undefined).toBe(responses[204] === undefined)
  const { properties = {}, required = [] } = formOf(operation)
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(required))
}

/** Names, types and what is required, in one form for both documents. */
/** A user's channels come 1,000 to a page when asked for, officially 50 (docs/differences.md). */
function withLongerLists(document: Document): Document {
  const copy = structuredClone(document)
  const { parameters = [] } = copy.paths['/v2/Services/{ServiceSid}/Users/{UserSid}/Channels']?.get ?? {}
  const size = parameters.find(({ name }) => name === 'PageSize')
  if (size?.schema.maximum !== 50) throw new Error('The official list of user channels has another page size')
  size.schema.maximum = 1000
  return copy
}

function summarise(document: Document, operation: OperationObject): object {
  const { parameters = [] } = operation
  const form = formOf(operation)
  const typeOf = (schema: Schema): string => {
    const { type, items, maximum } = resolve(document, schema)
    if (items) return `list of ${typeOf(items)}`
    return maximum === undefined ? `${type}` : `${type} <= ${maximum}`
  }
  return {
    parameters: parameters.map(({ in: place, name, schema }) => `${place} ${name} ${typeOf(schema)}`).sort(),
    form: Object.entries(form.properties ?? {})
      .map(([name, schema]) => `${name}${form.required?.includes(name) ? '*' : ''} ${typeOf(schema)}`)
      .sort(),
  }
}

/** The words that a parameter may have, where they are named. */
function wordsOf(document: Document, operation: OperationObject): Record<string, string[]> {
  const inForm = Object.entries(formOf(operation).properties ?? {})
  const others = (operation.parameters ?? []).map(({ name, schema }): [string, Schema] => [name, schema])
  return Object.fromEntries(
    [...inForm, ...others].flatMap(([name, schema]) => {
      const { items, enum: words } = resolve(document, schema)
      const named = words ?? (items && resolve(document, items).enum)
      return named ? [[name, named.toSorted()]] : []
    }),
  )
}

function formOf({ requestBody }: OperationObject): Schema {
  return requestBody?.content?.[FORM]?.schema ?? {}
}

function resolve({ components }: Document, schema: Schema): Schema {
  return schema.$ref ? (components.schemas[schema.$ref.split('/').at(-1) as string] as Schema) : schema
}
