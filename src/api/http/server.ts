// The HTTP server: routes from the operations, one form of error, one log line for each request.
import type { IncomingMessage } from 'node:http'
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type HTTPMethods,
  type onRequestHookHandler,
} from 'fastify'
import type { AccountCaller, Caller } from '../../chat/caller.ts'
import type { Chat } from '../../chat/chat.ts'
import { errors } from '../../chat/errors.ts'
import type { Logger } from '../../lib/logger.ts'
import type { LogOutage } from '../../lib/outage-log.ts'
import { newSid } from '../../lib/sid.ts'
import { type Authenticate, CONSOLE_HEADER } from './auth.ts'
import { type BodyTimeouts, createBodyTimeouts, type Pace } from './body-timeouts.ts'
import { handleClientError } from './client-errors.ts'
import type { CorsHeaders } from './cors.ts'
import { toFault } from './errors.ts'
import { createHandler, type Handler, pathOf, sendJson } from './handler.ts'
import { addIncomingHooks } from './incoming.ts'
import type { HttpMetrics } from './metrics.ts'
import type { Operation } from './operation.ts'

export type HttpServerOptions = {
  chat: Chat
  operations: readonly Operation[]
  authenticate: Authenticate
  /** Base of every `url` and `links` value; known once the port is. */
  baseUrl: () => string
  cors: CorsHeaders
  logger: Logger
  logOutage: LogOutage
  /** Takes a line for each request. */
  accessLog: Logger
  metrics: HttpMetrics
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
    operation: string
  }
  interface FastifyInstance {
    bodyTimeouts: BodyTimeouts
  }
}

/** Bytes of a request body: a full message with its attributes, each byte percent-encoded, fits several times. */
const BODY_LIMIT = 1_048_576
/** Bytes of the request line and the headers. */
const HEADER_LIMIT = 65_536
/** For any request; most have the pace of forms. */
const REQUEST_TIMEOUT_MS = 3_600_000
const FORM_PACE: Pace = { totalMs: 60_000, idleMs: 60_000 }
const KEEP_ALIVE_MS = 72_000
/** A request line may name a whole URL; the host does not matter. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i
const API_PATH = /^(\/parley)?\/v\d+(\/|\?|$)/
export const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    genReqId: () => newSid('RQ'),
    http: { maxHeaderSize: HEADER_LIMIT, shouldUpgradeCallback: wantsWebSocket },
    clientErrorHandler: handleClientError,
    frameworkErrors: (error, request, reply) => {
      // Hooks do not run for these.
      begin(options, request, reply)
      showDuration(reply)
      sendError(options, request, reply, error)
      finish(options, request, reply)
    },
    rewriteUrl: ({ url = '/' }) => url.replace(ABSOLUTE_FORM, '') || '/',
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: HEADER_LIMIT,
      querystringParser: (query) => query as unknown as Record<string, unknown>,
    },
  })
  acceptBodies(server)
  addIncomingHooks(server)
  addBodyTimeouts(server)
  server.decorateRequest('caller', null)
  server.decorateRequest('operation', 'none')
  addHooks(server, options)
  server.setErrorHandler((error, request, reply) => sendError(options, request, reply, error))
  server.setNotFoundHandler((request) => {
    // Who may not ask does not learn either what there is.
    if (API_PATH.test(request.url)) callerOf(options, request)
    throw errors.notFound()
  })
  server.options('*', (_request, reply) => reply.code(204).send())
  addOperations(server, options)
  return server
}

/** Some HTTP clients offer to speak HTTP/2 with every request: that is an ordinary request here. */
function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}

/** With callbacks: a promise for each hook would cost more than the hook itself. */
function addHooks(server: FastifyInstance, options: HttpServerOptions): void {
  server.addHook('onRequest', (request, reply, done) => {
    begin(options, request, reply)
    // Verbs of other protocols have no routes at all.
    const isKnown = METHODS.has(request.method) || request.method === 'OPTIONS'
    done(isKnown ? undefined : errors.methodNotAllowed())
  })
  let closing = false
  server.addHook('preClose', (done) => {
    closing = true
    done()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    // A kept connection would hold up the end until it times out.
    if (closing) reply.header('connection', 'close')
    showDuration(reply)
    done(null, payload)
  })
  server.addHook('onResponse', (request, reply, done) => {
    finish(options, request, reply)
    done()
  })
}

function addBodyTimeouts(server: FastifyInstance): void {
  const timeouts = createBodyTimeouts((socket) =>
    handleClientError(Object.assign(new Error('body timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket),
  )
  server.decorate('bodyTimeouts', timeouts)
  server.addHook('onRequest', ({ raw }, reply, done) => {
    const hasBody =
      Number(raw.headers['content-length']) > 0 || raw.headers['transfer-encoding'] !== undefined
    if (hasBody) timeouts.watch(raw, reply.raw, FORM_PACE)
    done()
  })
  server.addHook('onClose', (_server, done) => {
    timeouts.stop()
    done()
  })
}

/** Forms are kept as bytes and read by the handler; anything else is read and left aside. */
function acceptBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  const form = 'application/x-www-form-urlencoded'
  server.addContentTypeParser(form, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
}

function addOperations(server: FastifyInstance, options: HttpServerOptions): void {
  /** Before the body is read. Only some operations take the webhook header (rest-v2.md §1.11). */
  const authenticate =
    (takesHeader: boolean): onRequestHookHandler =>
    (request, _reply, done) => {
      try {
        const caller = callerOf(options, request)
        request.caller = takesHeader ? caller : { ...caller, webhooks: false }
        done()
      } catch (error) {
        done(error as Error)
      }
    }
  const byPath = Map.groupBy(options.operations, ({ path }) => path)
  for (const [path, operations] of byPath) {
    for (const operation of operations) {
      let handler: Handler | undefined
      server.route({
        method: operation.method,
        url: path,
        onRequest: authenticate(operation.webhookHeader === true),
        handler: (request, reply) => {
          request.operation = operation.id
          handler ??= createHandler(operation, options.chat, options.baseUrl())
          return handler(request, reply, requireCaller(request))
        },
      })
    }
    const allowed: string[] = operations.map(({ method }) => method)
    server.route({
      method: [...METHODS].filter((method) => !allowed.includes(method)) as HTTPMethods[],
      url: path,
      onRequest: authenticate(false),
      handler: (_request, reply) => {
        reply.header('allow', [...allowed, 'OPTIONS'].join(', '))
        throw errors.methodNotAllowed()
      },
    })
  }
}

function begin({ cors }: HttpServerOptions, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(cors(request.headers.origin))
  reply.header('twilio-request-id', request.id)
}

/** Seconds. */
function showDuration(reply: FastifyReply): void {
  reply.header('twilio-request-duration', (reply.elapsedTime / 1000).toFixed(3))
}

function callerOf({ authenticate }: HttpServerOptions, { headers }: FastifyRequest): AccountCaller {
  const webhooks = String(headers['x-twilio-webhook-enabled']).toLowerCase() === 'true'
  return authenticate(headers, webhooks)
}

function requireCaller({ caller }: FastifyRequest): Caller {
  if (!caller) throw errors.authenticate()
  return caller
}

function sendError(
  { logger, logOutage }: HttpServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const fault = toFault(error, pathOf(request), BODY_LIMIT)
  if (fault.isOutage) logOutage(error)
  if (fault.unexpected) logger.error({ requestId: request.id, err: error }, 'request failed')
  // A browser would answer it with a dialog of its own; the console has a page for that.
  if (request.headers[CONSOLE_HEADER] !== undefined) delete fault.headers['www-authenticate']
  return sendJson(reply.headers(fault.headers), fault.status, fault.body)
}

function finish(
  { accessLog, metrics }: HttpServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000
  metrics.observe(request.operation, reply.statusCode, milliseconds / 1000)
  accessLog.info(
    {
      requestId: request.id,
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: milliseconds,
    },
    'request',
  )
}
