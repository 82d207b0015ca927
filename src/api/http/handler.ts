// From a declared operation to an answer: read path, query and form, run, present.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { errors } from '../../chat/errors.ts'
import { toJson } from '../../lib/json.ts'
import type { Page } from '../../store/paging.ts'
import { parseFormBody, parsePairs, readFields, type Values } from './form.ts'
import type { ListShape, Operation, PresentContext } from './operation.ts'
import { presentPage, readPaging } from './paging.ts'

export type Handler = (request: FastifyRequest, reply: FastifyReply, caller: Caller) => Promise<FastifyReply>

export function createHandler(operation: Operation, chat: Chat, baseUrl: string): Handler {
  return async (request, reply, caller) => {
    const context = { baseUrl, accountSid: caller.accountSid }
    const queryValues = parsePairs(request.query as string)
    const query = readFields(operation.query, queryValues)
    const path = readPath(request)
    if (isList(operation)) {
      const paging = readPaging(operation.list, queryValues)
      const page = (await operation.run({
        chat,
        caller,
        path,
        form: {},
        query,
        page: paging.request,
      })) as Page<unknown, string | number>
      const filters = shownFilters(operation, queryValues, query)
      return sendJson(reply, 200, presentPage(operation, pathOf(request), filters, paging, page, context))
    }
    const form = readFields(operation.form, parseFormBody(request.body))
    const item = await operation.run({ chat, caller, path, form, query })
    return sendItem(reply, operation, item, context)
  }
}

/** No name has a NUL character in it, and PostgreSQL would not even look for one. */
function readPath({ params }: FastifyRequest): Record<string, string> {
  const path = params as Record<string, string>
  for (const value of Object.values(path)) if (value.includes('\0')) throw errors.notFound()
  return path
}

/** The request's path as it came, without the query. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

export function sendJson(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').send(toJson(body))
}

function sendItem(
  reply: FastifyReply,
  operation: Operation,
  item: unknown,
  context: PresentContext,
): FastifyReply {
  if (!operation.resource) return reply.code(operation.status).send()
  return sendJson(reply, operation.status, operation.resource.present(item, context))
}

function shownFilters(
  operation: Operation & { list: ListShape },
  values: Values,
  query: Record<string, unknown>,
): [string, string][] {
  const always = operation.list.alwaysShown(query)
  const given = Object.keys(operation.query)
    .filter((name) => !(name in always))
    .flatMap((name) => (values.get(name) ?? []).map((value): [string, string] => [name, value]))
  return [...Object.entries(always), ...given]
}

function isList(operation: Operation): operation is Operation & { list: ListShape } {
  return operation.list !== null
}
