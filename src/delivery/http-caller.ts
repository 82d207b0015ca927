// Calls a webhook: one request, no redirects, a limit on time and on what is read.
import type { WebhookParameters } from '../chat/webhook-dialect.ts'
import { createHttpExchange, describeFailure, type OutgoingRequest } from './http-exchange.ts'
import { lookUpPublic, PrivateAddress, refusePrivateHost } from './private-addresses.ts'
import { signWebhook } from './signature.ts'

type WebhookRequest = {
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

type CallerOptions = { authToken: string; blockPrivate: boolean; timeoutMs?: number }

export type WebhookCaller = {
  call(request: WebhookRequest): Promise<WebhookResult>
  close(): void
}

const TIMEOUT_MS = 5_000
const USER_AGENT = 'TwilioProxy/1.1'

export function createWebhookCaller(options: CallerOptions): WebhookCaller {
  const http = createHttpExchange(options.blockPrivate ? { lookup: lookUpPublic } : {})
  return {
    async call(request) {
      const started = performance.now()
      const elapsed = (): number => Math.round(performance.now() - started)
      const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)
      try {
        const outgoing = compose(request, options)
        if (options.blockPrivate) refusePrivateHost(outgoing.url.hostname)
        const { status, body, cut } = await http.send(outgoing, signal)
        return { answered: true, status, body, cut, milliseconds: elapsed() }
      } catch (error) {
        const why = error instanceof PrivateAddress ? ', and PARLEY_WEBHOOK_BLOCK_PRIVATE is on' : ''
        return { answered: false, reason: describeFailure(error, signal) + why, milliseconds: elapsed() }
      }
    },
    close: http.close,
  }
}

function compose(request: WebhookRequest, { authToken }: CallerOptions): OutgoingRequest {
  const { url, body } = encode(request)
  const { method } = request
  const signed = method === 'POST' ? request.parameters : []
  const signedUrl = method === 'POST' ? request.url : url.href
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': USER_AGENT,
    'x-twilio-signature': signWebhook(authToken, signedUrl, signed),
    'i-twilio-idempotency-token': request.idempotencyToken,
  }
  if (method === 'POST') {
    headers['content-type'] = 'application/x-www-form-urlencoded; charset=UTF-8'
    headers['content-length'] = String(Buffer.byteLength(body))
  }
  return { url, method, headers, body }
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
