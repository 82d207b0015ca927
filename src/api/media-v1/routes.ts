// The paths of the media API. Bodies of uploads are streams; nothing reads them before the handler does.
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Pace } from '../http/body-timeouts.ts'
import { addMethodNotAllowed } from '../http/routes.ts'
import { create, fetchContent, fetchRecord, fetchSet, type MediaApi } from './operations.ts'

type Handler = typeof create
type Route = { path: string; id: string; methods: HTTPMethods[]; run: Handler }

const COLLECTION = '/v1/Services/:ServiceSid/Media'
const UPLOADS: Route = { path: COLLECTION, id: 'CreateMedia', methods: ['POST'], run: create }
const SETS: Route = {
  path: '/v1/Services/:ServiceSid/MediaSet',
  id: 'FetchMediaSet',
  methods: ['POST'],
  run: fetchSet,
}
const READS: Route[] = [
  { path: `${COLLECTION}/:Sid`, id: 'FetchMedia', methods: ['GET'], run: fetchRecord },
  {
    path: `${COLLECTION}/:Sid/Content`,
    id: 'FetchMediaContent',
    methods: ['GET', 'HEAD'],
    run: fetchContent,
  },
]
/** The largest file at a third of a megabit per second, and no minute without a byte. */
const UPLOAD_PACE: Pace = { totalMs: 3_600_000, idleMs: 60_000 }

export function addMediaRoutes(server: FastifyInstance, api: MediaApi): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _body, done) => done(null))
    addRoute(scope, api, UPLOADS)
  })
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    addRoute(scope, api, SETS)
  })
  for (const route of READS) addRoute(server, api, route)
}

function addRoute(server: FastifyInstance, api: MediaApi, { path, id, methods, run }: Route): void {
  server.route({
    method: methods,
    url: path,
    ...(id === UPLOADS.id && { onRequest: slowly }),
    async handler(request, reply) {
      request.operation = id
      try {
        return await run(api, request, reply)
      } finally {
        // What an error left unread goes by, so that the client comes to read the answer.
        request.raw.resume()
      }
    },
  })
  addMethodNotAllowed(server, path, methods, async (request: FastifyRequest) => {
    await api.callerOf(request)
  })
}

function slowly(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  request.server.bodyTimeouts.watch(request.raw, reply.raw, UPLOAD_PACE)
  done()
}
