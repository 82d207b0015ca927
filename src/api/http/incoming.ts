// What is put in order about a request before anything reads it.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isUnderWay, watchSockets } from './open-sockets.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** As it came. */
    contentType: string | undefined
  }
}

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;.*)?$/s
const UNKNOWN_TYPE = 'application/octet-stream'

export function addIncomingHooks(server: FastifyInstance): void {
  const sockets = watchSockets(server)
  server.decorateRequest('contentType', undefined)
  server.addHook('onRequest', (request, reply, done) => {
    request.contentType = request.raw.headers['content-type']
    replaceBrokenType(request.raw)
    const before = sockets.begin(request.raw.socket, reply.raw)
    // A client that sends the next request before it has the answer may rely on the change before it (RFC 9112 §9.3.2).
    if (isUnderWay(before)) before.once('close', () => done())
    else done()
  })
}

/** A body of a type that nobody can read has no parameters, as one of a type that is not a form's (decision 5). */
function replaceBrokenType({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  if (type !== undefined && !MEDIA_TYPE.test(type)) headers['content-type'] = UNKNOWN_TYPE
}
