// A tunnelled request gets its answer, whatever happens: the client would wait 30 s for it.
import { errors, explain } from '../chat/errors.ts'
import { toJson } from '../lib/json.ts'
import type { Connection } from './connection.ts'
import type { Peer } from './peer.ts'
import { findRoute } from './routes.ts'
import { type Answer, readTunnelRequest, type TunnelRequest, toAnswer } from './tunnel.ts'
import type { Frame } from './twilsock/frame.ts'
import { httpReply, reply } from './twilsock/messages.ts'

export function answerRequest(connection: Connection, frame: Frame, id: string): void {
  const { peer, requests } = connection
  const request = readTunnelRequest(frame.header, frame.payload)
  if (!peer || !request) {
    connection.answer(reply(id, { code: 400, status: 'Bad Request', description: 'No http_request' }))
    return
  }
  const queued = requests.add({
    // Messages that a client sends one after the other get their indexes in that order.
    lane: request.method === 'GET' ? null : request.path,
    bytes: frame.bytes,
    run: async (release) => connection.answer(encode(id, await answer(connection, peer, request, release))),
  })
  if (!queued) connection.answer(encode(id, toAnswer(errors.tooManyRequests())))
}

/** `release` lets the next request of the lane go, as soon as a message has its place in the channel. */
async function answer(
  connection: Connection,
  peer: Peer,
  request: TunnelRequest,
  release: () => void,
): Promise<Answer> {
  const { metrics, logger, logOutage } = connection.context
  const started = performance.now()
  const found = findRoute(request.method, request.path)
  let result: Answer
  try {
    if (!found) throw errors.notFound()
    result = await found.route.handle({ ...request, params: found.params, release }, peer)
  } catch (thrown) {
    const known = explain(thrown)
    if (known?.isOutage) logOutage(thrown)
    if (!known) {
      const about = { err: thrown, method: request.method, path: found?.route.pattern }
      logger.error(about, 'socket request failed')
    }
    result = toAnswer(known?.error)
  }
  metrics.observe(found?.route.pattern ?? 'none', result.status, (performance.now() - started) / 1000)
  return result
}

function encode(id: string, { status, body }: Answer): Buffer {
  if (body === null) return httpReply(id, status, '')
  return httpReply(id, status, Buffer.isBuffer(body) ? body : toJson(body))
}
