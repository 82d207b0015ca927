// How long a client may take to send a body. Node.js has one limit for all requests, and large files need a longer one.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type Pace = {
  /** From the headers to the last byte. */
  totalMs: number
  /** Without any byte. */
  idleMs: number
}

export type BodyTimeouts = {
  /** Watches the request's body until it is here. The last call for a request counts. */
  watch(request: IncomingMessage, response: ServerResponse, pace: Pace): void
  stop(): void
}

type Watched = {
  request: IncomingMessage
  response: ServerResponse
  pace: Pace
  startedAt: number
  bytes: number
  progressAt: number
  answeredAt: number | null
}

const EVERY_MS = 2_000
/** A client that sends on after its answer may finish for this long, to see the answer at all. */
const LINGER_MS = 30_000

/** `onLate` gets the connection of a request whose body did not come in time. */
export function createBodyTimeouts(onLate: (socket: Socket) => void, now = Date.now): BodyTimeouts {
  // One request at a time on each connection: what is over is forgotten at the next round.
  const watched = new Map<Socket, Watched>()

  function checkAll(): void {
    const at = now()
    for (const [socket, one] of watched) {
      if (socket.destroyed || one.request.complete) watched.delete(socket)
      else if (one.response.writableEnded) linger(socket, one, at)
      else if (isLate(socket, one, at)) onLate(socket)
    }
  }

  const timer = setInterval(checkAll, EVERY_MS)
  timer.unref()
  return {
    watch(request, response, pace) {
      const { socket } = request
      const at = now()
      const bytes = socket.bytesRead
      watched.set(socket, {
        request,
        response,
        pace,
        bytes,
        startedAt: at,
        progressAt: at,
        answeredAt: null,
      })
    },
    stop: () => clearInterval(timer),
  }
}

function isLate(socket: Socket, one: Watched, at: number): boolean {
  if (socket.bytesRead !== one.bytes) {
    one.bytes = socket.bytesRead
    one.progressAt = at
  }
  return at - one.startedAt > one.pace.totalMs || at - one.progressAt > one.pace.idleMs
}

function linger(socket: Socket, one: Watched, at: number): void {
  one.answeredAt ??= at
  if (at - one.answeredAt > LINGER_MS) socket.destroy()
}
