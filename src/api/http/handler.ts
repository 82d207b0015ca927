// From a declared operation to an answer: read path, query and form, run, present.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { errors } from '../../chat/errors.ts'
import { turnEnd } from '../../lib/event-loop.ts'
import { toJson } from '../../lib/json.ts'
import type { Page } from '../../store/paging.ts'
import { parseFormBody, parsePairs, readFields, type Values } from './form.ts'
import type { ListShape, Operation, PresentContext } from './operation.ts'
import { presentPage, readPaging } from './paging.ts'

export type Handler = (request: FastifyRequest, reply: FastifyReply, caller: Caller) => Promise<FastifyReply>

export function createHandler(operation: Operation, chat: Chat, baseUrl: string): Handler {
  const answer = isList(operation)
    ? (asked: Asked) => answerList(operation, asked)
    : (asked: Asked) => answerOne(operation, asked)
  return async (request, reply, caller) => {
    const body = await answer({ chat, caller, baseUrl, request })
    const json = body && toJson(body)
    // Answers to changes leave together as it is: with the commit that they waited for.
    if (operation.method === 'GET') await turnEnd()
    return json === null ? reply.code(operation.status).send() : send(reply, operation.status, json)
  }
}

type Asked = { chat: Chat; caller: Caller; baseUrl: string; request: FastifyRequest }

async function answerList(operation: Operation & { list: ListShape }, asked: Asked): Promise<object> {
  const { chat, caller, request } = asked
  const queryValues = parsePairs(request.query as string)
  const query = readFields(operation.query, queryValues)
  const path = readPath(request)
  const paging = readPaging(operation.list, queryValues)
  const page = (await operation.run({
    ...{ chat, caller, path, query },
    form: {},
    page: paging.request,
  })) as Page<unknown, string | number>
  const filters = shownFilters(operation, queryValues, query)
  return presentPage(operation, pathOf(request), filters, paging, page, contextOf(asked))
}

/** Null where the operation answers with nothing. */
async function answerOne(operation: Operation, asked: Asked): Promise<object | null> {
  const { chat, caller, request } = asked
  const query = readFields(operation.query, parsePairs(request.query as string))
  const path = readPath(request)
  const form = readFields(operation.form, parseFormBody(request.body))
  const item = await operation.run({ chat, caller, path, form, query })
  return operation.resource?.present(item, contextOf(asked)) ?? null
}

function contextOf({ baseUrl, caller }: Asked): PresentContext {
  return { baseUrl, accountSid: caller.accountSid }
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
  return send(reply, status, toJson(body))
}

function send(reply: FastifyReply, status: number, json: string | Buffer): FastifyReply {
  return reply.code(status).header('content-type', 'application/json').send(json)
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
