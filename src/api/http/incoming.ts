// What is put in order about a request before anything reads it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** As it came. */
    contentType: string | undefined
  }
}

const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;.*)?$/s
const UNKNOWN_TYPE = 'application/octet-stream'

export function addIncomingHooks(server: FastifyInstance): void {
  const lastAnswers = new WeakMap<Socket, ServerResponse>()
  server.decorateRequest('contentType', undefined)
  server.addHook('onRequest', (request, reply, done) => {
    request.contentType = request.raw.headers['content-type']
    replaceBrokenType(request.raw)
    const before = lastAnswers.get(request.raw.socket)
    lastAnswers.set(request.raw.socket, reply.raw)
    // A client that sends the next request before it has the answer may rely on the change before it (RFC 9112 §9.3.2).
    if (before && !before.writableFinished && !before.destroyed) before.once('close', () => done())
    else done()
  })
}

/** A body of a type that nobody can read has no parameters, as one of a type that is not a form's (decision 5). */
function replaceBrokenType({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  if (type !== undefined && !MEDIA_TYPE.test(type)) headers['content-type'] = UNKNOWN_TYPE
}
