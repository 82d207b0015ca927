// A plain HTTP server that keeps what came; the fakes of FCM and of browsers' push services are made of it.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './pushed.ts'

export type HttpRequest = { method: string; path: string; headers: Record<string, string>; body: Buffer }
export type FakeHttp = AsyncDisposable & { url: string }

/** A handler that returns null leaves the request without an answer. */
export async function startHttp(handle: (request: HttpRequest) => Promise<Answer | null>): Promise<FakeHttp> {
  const server = createServer(async (request, response) => {
    request.on('error', () => {})
    const answer = await handle(await read(request))
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body ?? '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function read(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  }
}
