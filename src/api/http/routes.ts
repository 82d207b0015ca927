// From the operations to routes. What a path does not have is answered with what it has.
import type {
  FastifyInstance,
  FastifyRequest,
  HTTPMethods,
  onRequestAsyncHookHandler,
  onRequestHookHandler,
} from 'fastify'
import type { AccountCaller, Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { errors } from '../../chat/errors.ts'
import type { Authenticate } from './auth.ts'
import { createHandler, type Handler } from './handler.ts'
import type { Operation } from './operation.ts'

export type RouteOptions = {
  chat: Chat
  operations: readonly Operation[]
  authenticate: Authenticate
  /** Base of every `url` and `links` value; known once the port is. */
  baseUrl: () => string
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

export function addOperations(server: FastifyInstance, options: RouteOptions): void {
  server.decorateRequest('caller', null)
  const byPath = Map.groupBy(options.operations, ({ path }) => path)
  for (const [path, operations] of byPath) {
    for (const operation of operations) addOperation(server, options, operation)
    const allowed = operations.map(({ method }) => method)
    addMethodNotAllowed(server, path, allowed, authenticateFor(options, false))
  }
}

/** Answers the other methods of a path with those that it has, to whom `onRequest` lets ask. */
export function addMethodNotAllowed(
  server: FastifyInstance,
  path: string,
  allowed: readonly string[],
  onRequest: onRequestHookHandler | onRequestAsyncHookHandler,
): void {
  server.route({
    method: [...METHODS].filter((method) => !allowed.includes(method)) as HTTPMethods[],
    url: path,
    onRequest,
    handler: (_request, reply) => {
      reply.header('allow', [...allowed, 'OPTIONS'].join(', '))
      throw errors.methodNotAllowed()
    },
  })
}

export function callerOf(authenticate: Authenticate, { headers }: FastifyRequest): AccountCaller {
  const webhooks = String(headers['x-twilio-webhook-enabled']).toLowerCase() === 'true'
  return authenticate(headers, webhooks)
}

function addOperation(server: FastifyInstance, options: RouteOptions, operation: Operation): void {
  let handler: Handler | undefined
  server.route({
    method: operation.method,
    url: operation.path,
    onRequest: authenticateFor(options, operation.webhookHeader === true),
    handler: (request, reply) => {
      request.operation = operation.id
      handler ??= createHandler(operation, options.chat, options.baseUrl())
      return handler(request, reply, requireCaller(request))
    },
  })
}

/** Before the body is read. Only some operations take the webhook header (rest-v2.md §1.11). */
function authenticateFor({ authenticate }: RouteOptions, takesHeader: boolean): onRequestHookHandler {
  return (request, _reply, done) => {
    try {
      const caller = callerOf(authenticate, request)
      request.caller = takesHeader ? caller : { ...caller, webhooks: false }
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

function requireCaller({ caller }: FastifyRequest): Caller {
  if (!caller) throw errors.authenticate()
  return caller
}
