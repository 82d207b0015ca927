// A webhook target in trouble that gets over it when it is told to. It notes down what it has accepted since.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const TROUBLES = ['is not there', 'never answers', 'answers 503'] as const
export type Trouble = (typeof TROUBLES)[number]

export type FailingTarget = AsyncDisposable & {
  url: string
  /** Parameters of what was answered with 200, in order. */
  accepted: Record<string, string>[]
  recover(): Promise<void>
}

export async function startFailingTarget(trouble: Trouble): Promise<FailingTarget> {
  let healthy = false
  const accepted: Record<string, string>[] = []
  const server = createServer((request, response) => void handle(request, response))
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    if (healthy) {
      accepted.push(Object.fromEntries(new URLSearchParams(body)))
      response.writeHead(200).end()
    } else if (trouble === 'answers 503') response.writeHead(503).end()
  }

  await listen(0)
  const { port } = server.address() as AddressInfo
  if (trouble === 'is not there') await close()
  return {
    url: `http://127.0.0.1:${port}/hook`,
    accepted,
    async recover() {
      healthy = true
      if (trouble === 'is not there') await listen(port)
    },
    [Symbol.asyncDispose]: close,
  }
}
