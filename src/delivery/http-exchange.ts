// One request over HTTP/1.1 and its answer, of which no more is read than is of use.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'

export type OutgoingRequest = {
  url: URL
  method: string
  headers: Record<string, string>
  body: string | Buffer
}
/** `cut` when the body was longer than the limit. */
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string; cut: boolean }

type ExchangeOptions = {
  /** How names become addresses, where not every address will do. */
  lookup?: LookupFunction
  /** Certificate authorities in PEM form, instead of the usual ones. */
  ca?: string[]
}

export type HttpExchange = {
  /** Follows no redirects. Throws when there is no answer. */
  send(request: OutgoingRequest, signal: AbortSignal): Promise<Answer>
  close(): void
}

/** A full message body with its attributes fits several times. */
const MAX_ANSWER_BYTES = 262_144

export function createHttpExchange({ lookup, ca }: ExchangeOptions): HttpExchange {
  const common = { keepAlive: true, maxFreeSockets: 64, ...(lookup && { lookup }) }
  const agents = {
    'http:': new HttpAgent(common),
    'https:': new HttpsAgent({ ...common, ...(ca && { ca }) }),
  }
  return {
    async send({ url, method, headers, body }, signal) {
      const request = url.protocol === 'https:' ? httpsRequest : httpRequest
      const agent = agents[url.protocol as 'http:' | 'https:']
      const response = await finish(request(url, { method, headers, agent, signal }), body)
      return { status: response.statusCode ?? 0, headers: response.headers, ...(await readBody(response)) }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

/** Why there was no answer. */
export function describeFailure(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'no answer in time'
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? 'connection failed'
}

function finish(outgoing: ClientRequest, body: string | Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new Error('the answer was 101, which nobody has asked for'))
    })
    // Whatever else ends it without an answer.
    outgoing.once('close', () => reject(new Error('the connection ended')))
    outgoing.end(body)
  })
}

async function readBody(response: IncomingMessage): Promise<{ body: string; cut: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) {
      response.destroy()
      break
    }
  }
  const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8')
  return { body, cut: size > MAX_ANSWER_BYTES }
}
