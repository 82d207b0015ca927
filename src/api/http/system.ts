// Routes for whoever operates the server; no credentials needed.
import type { FastifyInstance } from 'fastify'
import { sendJson } from './handler.ts'
import type { HttpMetrics } from './metrics.ts'

type SystemOptions = {
  metrics: HttpMetrics
  /** Resolves while the database answers, rejects otherwise. */
  checkDatabase(): Promise<void>
  openApi(): object
}

export function addSystemRoutes(server: FastifyInstance, options: SystemOptions): void {
  let closing = false
  server.addHook('preClose', async () => {
    closing = true
  })
  server.get('/healthz', { exposeHeadRoute: true }, (_request, reply) =>
    sendJson(reply, 200, { status: 'ok' }),
  )
  server.get('/readyz', { exposeHeadRoute: true }, async (_request, reply) => {
    if (closing) return sendJson(reply, 503, { status: 'stopping' })
    try {
      await options.checkDatabase()
      return sendJson(reply, 200, { status: 'ready' })
    } catch {
      return sendJson(reply, 503, { status: 'database unavailable' })
    }
  })
  server.get('/metrics', async (_request, reply) => {
    const { registry } = options.metrics
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
  let openApi: object | undefined
  server.get('/openapi.json', (_request, reply) => {
    openApi ??= options.openApi()
    return sendJson(reply, 200, openApi)
  })
}
