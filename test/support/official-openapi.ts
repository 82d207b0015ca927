// Every answer in every test is held against the vendor's own description of the API.
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'

const require = createRequire(import.meta.url)
const FILES = ['twilio_chat_v2.json', 'twilio_chat_v3.json']
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/
const CORS = ['origin', 'methods', 'headers', 'credentials'].map((name) => `access-control-allow-${name}`)

type Schema = {
  $ref?: string
  type?: string
  nullable?: boolean
  properties?: Record<string, Schema>
  items?: Schema
  required?: string[]
}
type Spec = {
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, Schema & { enum?: string[]; additionalProperties?: boolean }> }
}
type OperationObject = {
  operationId: string
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
type Described = {
  id: string
  method: string
  path: RegExp
  success: Map<number, ValidateFunction | null>
}

export type Answer = { status: number; headers: Record<string, string>; body: unknown }

const operations: Described[] = FILES.flatMap(describeFile)

/** The operations of version 2, by the vendor's names. */
export const officialOperations: readonly string[] = operations
  .filter(({ id }) => !id.endsWith('V3'))
  .map(({ id }) => id)

/** Operations that have answered with success in this process. */
export const exercised = new Set<string>()

/** Throws unless the answer has the form that the vendor describes. */
export function checkAnswer(method: string, url: string, answer: Answer): void {
  const where = `${method} ${url} -> ${answer.status}`
  checkHeaders(where, answer)
  if (answer.status >= 400) {
    checkError(where, answer)
    return
  }
  const { pathname } = new URL(url)
  const found = operations.find((candidate) => candidate.method === method && candidate.path.test(pathname))
  if (!found) return
  const validate = found.success.get(answer.status)
  if (validate === undefined) throw new Error(`${where}: ${found.id} has no such status`)
  if (validate === null && answer.body !== '') throw new Error(`${where}: expected no body`)
  if (validate && !validate(answer.body)) {
    throw new Error(`${where}: ${JSON.stringify(validate.errors, null, 1)} in ${JSON.stringify(answer.body)}`)
  }
  exercised.add(found.id)
}

function checkHeaders(where: string, { headers }: Answer): void {
  for (const name of CORS) if (!headers[name]) throw new Error(`${where}: ${name} is missing`)
  if (!/^RQ[0-9a-f]{32}$/.test(headers['twilio-request-id'] ?? '')) {
    throw new Error(`${where}: Twilio-Request-Id is missing`)
  }
}

function checkError(where: string, { status, body }: Answer): void {
  const { code, message, more_info, ...rest } = body as Record<string, unknown>
  const fits =
    typeof code === 'number' &&
    typeof message === 'string' &&
    more_info === `https://www.twilio.com/docs/errors/${code}` &&
    rest.status === status &&
    Object.keys(rest).length === 1
  if (!fits) throw new Error(`${where}: not an error body: ${JSON.stringify(body)}`)
}

function describeFile(file: string): Described[] {
  const spec = require(`@twilio/cli-core/src/services/twilio-api/${file}`) as Spec
  tighten(spec)
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addFormat('date-time', DATE_TIME)
  ajv.addFormat('uri', { validate: (text: string) => URL.canParse(text) })
  ajv.addFormat('uri-map', true)
  ajv.addFormat('int64', { type: 'number', validate: Number.isInteger })
  ajv.addSchema(spec, file)
  const suffix = file.includes('v3') ? 'V3' : ''
  return Object.entries(spec.paths).flatMap(([template, byMethod]) =>
    Object.entries(byMethod)
      .filter(([method]) => ['get', 'post', 'delete'].includes(method))
      .map(([method, described]) => ({
        id: described.operationId + suffix,
        method: method.toUpperCase(),
        path: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
        success: readSuccess(ajv, file, template, method, described),
      })),
  )
}

/** Answers must have every member that is described, and no other. */
function tighten(spec: Spec): void {
  for (const [name, schema] of Object.entries(spec.components.schemas)) {
    if (schema.properties) {
      schema.required = Object.keys(schema.properties)
      schema.additionalProperties = false
      // "nullable" of anything at all says nothing, and the validator does not take it.
      for (const member of Object.values(schema.properties)) if (!member.type) delete member.nullable
    }
    // The project's reference pages spell the third status differently, and they win.
    if (name.endsWith('user_channel_enum_channel_status'))
      schema.enum = ['joined', 'invited', 'not_participating']
  }
}

function readSuccess(
  ajv: Ajv,
  file: string,
  template: string,
  method: string,
  described: OperationObject,
): Map<number, ValidateFunction | null> {
  const success = new Map<number, ValidateFunction | null>()
  for (const [status, response] of Object.entries(described.responses)) {
    const hasBody = response.content?.['application/json'] !== undefined
    const pointer = ['paths', template, method, 'responses', status, 'content', 'application/json', 'schema']
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/')
    success.set(Number(status), hasBody ? ajv.compile({ $ref: `${file}#/${pointer}` }) : null)
  }
  return success
}
