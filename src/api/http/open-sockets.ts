// The sockets that a stop need not wait for: those on which no request waits for its answer. Node.js closes only those on
// which a request has ended whole, and not one that has sent nothing or half of one.
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

type OpenSockets = {
  /** The answer that is under way or over, if any, before this one. */
  begin(socket: Socket, answer: ServerResponse): ServerResponse | undefined
}

export function isUnderWay(answer: ServerResponse | undefined): answer is ServerResponse {
  return answer !== undefined && !answer.writableFinished && !answer.destroyed
}

export function watchSockets(server: FastifyInstance): OpenSockets {
  const lastAnswers = new Map<Socket, ServerResponse | undefined>()
  server.server.on('connection', (socket) => {
    lastAnswers.set(socket, undefined)
    socket.once('close', () => lastAnswers.delete(socket))
  })
  // Those are no business of HTTP any more.
  server.server.on('upgrade', (_request, socket) => lastAnswers.delete(socket as Socket))
  server.addHook('preClose', (done) => {
    for (const [socket, answer] of lastAnswers) if (!isUnderWay(answer)) socket.destroy()
    done()
  })
  return {
    begin(socket, answer) {
      const before = lastAnswers.get(socket)
      if (lastAnswers.has(socket)) lastAnswers.set(socket, answer)
      return before
    },
  }
}
