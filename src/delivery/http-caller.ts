// Calls a webhook: one request, no redirects, a limit on time and on what is read.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { WebhookParameters } from '../chat/webhook-dialect.ts'
import { lookUpPublic, refusePrivateHost } from './private-addresses.ts'
import { signWebhook } from './signature.ts'

export type WebhookRequest = {
  url: string
  method: 'GET' | 'POST'
  parameters: WebhookParameters
  idempotencyToken: string
}

export type WebhookResult =
  /** `cut` when the answer was longer than the limit. */
  | { answered: true; status: number; body: string; cut: boolean; milliseconds: number }
  /** Nothing, or not in time. */
  | { answered: false; reason: string; milliseconds: number }

export type CallerOptions = { authToken: string; blockPrivate: boolean; timeoutMs?: number }

export type WebhookCaller = {
  call(request: WebhookRequest): Promise<WebhookResult>
  close(): void
}

const TIMEOUT_MS = 5_000
/** A full message body with its attributes fits several times. */
const MAX_ANSWER_BYTES = 262_144
const USER_AGENT = 'TwilioProxy/1.1'

export function createWebhookCaller(options: CallerOptions): WebhookCaller {
  const lookup = options.blockPrivate ? lookUpPublic : undefined
  const agentOptions = { keepAlive: true, maxFreeSockets: 64, ...(lookup && { lookup }) }
  const agents = { 'http:': new HttpAgent(agentOptions), 'https:': new HttpsAgent(agentOptions) }

  function open(request: WebhookRequest, signal: AbortSignal): { outgoing: ClientRequest; body: string } {
    const { url, body } = encode(request)
    if (options.blockPrivate) refusePrivateHost(url.hostname)
    const signed = request.method === 'POST' ? request.parameters : []
    const signedUrl = request.method === 'POST' ? request.url : url.href
    const headers: Record<string, string> = {
      accept: '*/*',
      'user-agent': USER_AGENT,
      'x-twilio-signature': signWebhook(options.authToken, signedUrl, signed),
      'i-twilio-idempotency-token': request.idempotencyToken,
    }
    if (request.method === 'POST') {
      headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8'
      headers['content-length'] = String(Buffer.byteLength(body))
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const agent = agents[url.protocol as 'http:' | 'https:']
    return { outgoing: send(url, { method: request.method, headers, agent, signal }), body }
  }

  return {
    async call(request) {
      const started = performance.now()
      const elapsed = (): number => Math.round(performance.now() - started)
      const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
      try {
        const { outgoing, body } = open(request, signal)
        const response = await send(outgoing, body)
        return {
          answered: true,
          status: response.statusCode ?? 0,
          ...(await readBody(response)),
          milliseconds: elapsed(),
        }
      } catch (error) {
        const reason = signal.aborted ? 'no answer in time' : describe(error)
        return { answered: false, reason, milliseconds: elapsed() }
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  }
}

/** GET carries the parameters behind the URL's own query. */
function encode({ url, method, parameters }: WebhookRequest): { url: URL; body: string } {
  const encoded = new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString()
  const target = new URL(url)
  if (method === 'POST') return { url: target, body: encoded }
  target.search = target.search === '' ? encoded : `${target.search}&${encoded}`
  target.hash = ''
  return { url: target, body: '' }
}

function send(outgoing: ClientRequest, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', reject)
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

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? 'connection failed'
}
