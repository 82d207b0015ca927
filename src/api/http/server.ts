// The HTTP server: its limits, its routes, and one form of error.
import type { IncomingMessage } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { errors } from '../../chat/errors.ts'
import type { Logger } from '../../lib/logger.ts'
import type { LogOutage } from '../../lib/outage-log.ts'
import { newSid } from '../../lib/sid.ts'
import { CONSOLE_HEADER } from './auth.ts'
import { handleClientError } from './client-errors.ts'
import { toFault } from './errors.ts'
import { pathOf, sendJson } from './handler.ts'
import {
  addBodyTimeouts,
  addHooks,
  beginRequest,
  finishRequest,
  type HookOptions,
  showDuration,
} from './hooks.ts'
import { addIncomingHooks } from './incoming.ts'
import { addOperations, callerOf, type RouteOptions } from './routes.ts'

type HttpServerOptions = RouteOptions & HookOptions & { logger: Logger; logOutage: LogOutage }

/** Bytes of a request body: a full message with its attributes, each byte percent-encoded, fits several times. */
const BODY_LIMIT = 1_048_576
/** Bytes of the request line and the headers. */
const HEADER_LIMIT = 65_536
/** For any request; the bodies of most have less time (hooks.ts). */
const REQUEST_TIMEOUT_MS = 3_600_000
const KEEP_ALIVE_MS = 72_000
/** A request line may name a whole URL; the host does not matter. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i
const API_PATH = /^(\/parley)?\/v\d+(\/|\?|$)/

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
      beginRequest(options, request, reply)
      showDuration(reply)
      sendError(options, request, reply, error)
      finishRequest(options, request, reply)
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
  addHooks(server, options)
  server.setErrorHandler((error, request, reply) => sendError(options, request, reply, error))
  server.setNotFoundHandler((request) => {
    // Who may not ask does not learn either what there is.
    if (API_PATH.test(request.url)) callerOf(options.authenticate, request)
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

/** Forms are kept as bytes and read by the handler; anything else is read and left aside. */
function acceptBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  const form = 'application/x-www-form-urlencoded'
  server.addContentTypeParser(form, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined))
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
