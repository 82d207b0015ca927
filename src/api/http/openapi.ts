// The REST API as an OpenAPI 3 document, made from the operations.
import type { Fields, Schema } from './fields.ts'
import type { Operation } from './operation.ts'
import { pagingFields } from './paging.ts'

const URL_OR_NULL: Schema = { type: 'string', format: 'uri', nullable: true }
const ERROR: Schema = {
  type: 'object',
  properties: {
    code: { type: 'integer' },
    message: { type: 'string' },
    more_info: { type: 'string', format: 'uri' },
    status: { type: 'integer' },
  },
  required: ['message', 'status'],
}

export function buildOpenApi(operations: readonly Operation[], baseUrl: string, version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  const schemas: Record<string, Schema> = { Error: ERROR }
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] ??= {}
    paths[path][operation.method.toLowerCase()] = describe(operation)
    if (operation.resource) schemas[operation.resource.name] = operation.resource.schema
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Parley', version, description: 'Programmable Chat REST API v2' },
    servers: [{ url: baseUrl }],
    security: [{ account: [] }],
    paths,
    components: { schemas, securitySchemes: { account: { type: 'http', scheme: 'basic' } } },
  }
}

function describe(operation: Operation): object {
  const body = Object.keys(operation.form).length > 0 ? { requestBody: describeForm(operation.form) } : {}
  return {
    operationId: operation.id,
    summary: operation.summary,
    parameters: describeParameters(operation),
    ...body,
    responses: {
      [operation.status]: describeAnswer(operation),
      default: { description: 'Error', content: json({ $ref: '#/components/schemas/Error' }) },
    },
  }
}

function describeParameters(operation: Operation): object[] {
  const inPath = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const query: Fields = operation.list ? { ...operation.query, ...pagingFields } : operation.query
  const inQuery = Object.entries(query).map(([name, { required, schema }]) => ({
    name,
    in: 'query',
    required,
    schema: name === 'PageSize' ? { ...schema, maximum: operation.list?.maxPageSize } : schema,
  }))
  const header = {
    name: 'X-Twilio-Webhook-Enabled',
    in: 'header',
    schema: { type: 'string', enum: ['true', 'false'] },
  }
  return [...inPath, ...inQuery, ...(operation.webhookHeader ? [header] : [])]
}

function describeForm(form: Fields): object {
  const entries = Object.entries(form)
  const required = entries.filter(([, field]) => field.required).map(([name]) => name)
  const schema = {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, field.schema])),
    ...(required.length > 0 && { required }),
  }
  return { content: { 'application/x-www-form-urlencoded': { schema } } }
}

function describeAnswer({ status, resource, list }: Operation): object {
  if (!resource) return { description: 'Done' }
  const item = { $ref: `#/components/schemas/${resource.name}` }
  return {
    description: status === 201 ? 'Created' : 'OK',
    content: json(list ? describePage(list.key, item) : item),
  }
}

function describePage(key: string, item: Schema): Schema {
  const meta = {
    type: 'object',
    properties: {
      page: { type: 'integer' },
      page_size: { type: 'integer' },
      first_page_url: { type: 'string', format: 'uri' },
      previous_page_url: URL_OR_NULL,
      url: { type: 'string', format: 'uri' },
      next_page_url: URL_OR_NULL,
      key: { type: 'string' },
    },
  }
  return { type: 'object', properties: { meta, [key]: { type: 'array', items: item } } }
}

function json(schema: Schema): object {
  return { 'application/json': { schema } }
}
