// A webhook receiver: keeps what came, checks every signature with the official library, answers as it is told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import twilio from 'twilio'
import { AUTH_TOKEN } from './server.ts'

export type Received = {
  method: string
  /** Path and query as they came. */
  url: string
  headers: Record<string, string>
  parameters: Record<string, string>
}

export type Reply = { status?: number; body?: string; headers?: Record<string, string> }
/** Returns an answer, or nothing to leave the request open. */
export type Responder = (received: Received, count: number) => Reply | null | Promise<Reply | null>

export type Receiver = AsyncDisposable & {
  /** Its address with this path. */
  url(path?: string): string
  received: Received[]
  /** What came with this event name, in order. */
  of(event: string): Received[]
  /** Changes the answers from now on. */
  answer(responder: Responder): void
  /** Resolves once this many requests have come; fails loudly when that takes too long. */
  waitFor(count: number, event?: string): Promise<Received[]>
}

const PATIENCE_MS = 25_000

export async function startReceiver(responder: Responder = () => ({})): Promise<Receiver> {
  let respond = responder
  const received: Received[] = []
  const watchers = new Set<() => void>()
  const problems: string[] = []
  const server = createServer((request, response) => {
    void handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const select = (event?: string): Received[] =>
    event === undefined ? received : received.filter(({ parameters }) => parameters.EventType === event)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const one = await read(request)
    const signature = one.headers['x-twilio-signature'] ?? ''
    const signed = one.method === 'POST' ? one.parameters : {}
    if (!twilio.validateRequest(AUTH_TOKEN, signature, base + one.url, signed)) {
      problems.push(`wrong signature on ${one.method} ${one.url} ${JSON.stringify(one.parameters)}`)
    }
    received.push(one)
    for (const watcher of watchers) watcher()
    const reply = await respond(one, received.length)
    if (reply === null) return
    response.writeHead(reply.status ?? 200, reply.headers ?? {}).end(reply.body ?? '')
  }

  return {
    url: (path = '/hook') => base + path,
    received,
    of: (event) => select(event),
    answer(next) {
      respond = next
    },
    waitFor(count, event) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(check)
          const seen = received.map(({ parameters }) => parameters.EventType).join(', ')
          reject(new Error(`${select(event).length} of ${count} webhooks came: ${seen}`))
        }, PATIENCE_MS)
        const check = (): void => {
          if (select(event).length < count) return
          clearTimeout(timer)
          watchers.delete(check)
          resolve(select(event))
        }
        watchers.add(check)
        check()
      })
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
  }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const url = request.url ?? ''
  const encoded = request.method === 'POST' ? body : (url.split('?')[1] ?? '')
  return {
    method: request.method ?? '',
    url,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    parameters: Object.fromEntries(new URLSearchParams(encoded)),
  }
}
