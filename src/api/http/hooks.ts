// What is done around every request: its headers, its line in the log, and how long its body may take.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errors } from '../../chat/errors.ts'
import type { Logger } from '../../lib/logger.ts'
import { type BodyTimeouts, createBodyTimeouts, type Pace } from './body-timeouts.ts'
import { handleClientError } from './client-errors.ts'
import type { CorsHeaders } from './cors.ts'
import { pathOf } from './handler.ts'
import type { HttpMetrics } from './metrics.ts'
import { METHODS } from './routes.ts'

export type HookOptions = {
  cors: CorsHeaders
  /** Takes a line for each request. */
  accessLog: Logger
  metrics: HttpMetrics
}

declare module 'fastify' {
  interface FastifyRequest {
    operation: string
  }
  interface FastifyInstance {
    bodyTimeouts: BodyTimeouts
  }
}

/** Of a path, so many characters are logged: anybody may ask for any. */
const LOGGED_PATH = 1_024
/** Most requests have the pace of forms. */
const FORM_PACE: Pace = { totalMs: 60_000, idleMs: 60_000 }

/** With callbacks: a promise for each hook would cost more than the hook itself. */
export function addHooks(server: FastifyInstance, options: HookOptions): void {
  server.decorateRequest('operation', 'none')
  server.addHook('onRequest', (request, reply, done) => {
    beginRequest(options, request, reply)
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
    finishRequest(options, request, reply)
    done()
  })
}

export function addBodyTimeouts(server: FastifyInstance): void {
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

export function beginRequest({ cors }: HookOptions, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(cors(request.headers.origin))
  reply.header('twilio-request-id', request.id)
}

/** Seconds. */
export function showDuration(reply: FastifyReply): void {
  reply.header('twilio-request-duration', (reply.elapsedTime / 1000).toFixed(3))
}

export function finishRequest(
  { accessLog, metrics }: HookOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const milliseconds = Math.round(reply.elapsedTime * 1000) / 1000
  metrics.observe(request.operation, reply.statusCode, milliseconds / 1000)
  accessLog.info(
    {
      requestId: request.id,
      method: request.method,
      path: pathOf(request).slice(0, LOGGED_PATH),
      status: reply.statusCode,
      ms: milliseconds,
    },
    'request',
  )
}
