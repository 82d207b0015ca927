// APNs as a provider sees it: HTTP/2 with TLS, one request for each notification.
import { once } from 'node:events'
import { createSecureServer, type Http2ServerRequest, type ServerHttp2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Certified, makeCertificate } from './certificates.ts'
import { type Answer, Inbox, type Responder } from './pushed.ts'

export type ApnsRequest = {
  method: string
  path: string
  headers: Record<string, string>
  /** The bytes that came, as text. */
  body: string
  /** Whose certificate the connection was made with. */
  clientName: string | null
  /** Which connection it came on, from 1. */
  connection: number
}

export type FakeApns = AsyncDisposable & {
  url: string
  inbox: Inbox<ApnsRequest>
  /** Its certificate, which clients have to trust. */
  authority: string
  /** Ends every connection, with or without saying so first. */
  hangUp(how: 'goaway' | 'reset'): void
}

export async function startApns(
  respond: Responder<ApnsRequest> = () => ({ status: 200 }),
): Promise<FakeApns> {
  const certified: Certified = await makeCertificate('CN=fake APNs', ['127.0.0.1'])
  const inbox = new Inbox(respond)
  const sessions: ServerHttp2Session[] = []
  const server = createSecureServer({
    cert: certified.certificate,
    key: certified.privateKey,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.on('session', (session) => {
    sessions.push(session)
    session.on('error', () => {})
  })
  server.on('sessionError', () => {})
  server.on('request', async (request, response) => {
    request.on('error', () => {})
    response.on('error', () => {})
    const session = request.stream.session as ServerHttp2Session
    const answer = inbox.take(await read(request, sessions.indexOf(session) + 1))
    if (answer && !response.stream.destroyed) reply(response.stream, answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inbox,
    authority: certified.certificate,
    hangUp(how) {
      for (const session of sessions) {
        if (session.destroyed) continue
        if (how === 'goaway') session.close()
        else session.destroy()
      }
    },
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Stream = { respond(headers: Record<string, string | number>): void; end(body: string): void }

function reply(stream: Stream, { status, headers = {}, body = '' }: Answer): void {
  stream.respond({ ':status': status, ...headers })
  stream.end(body)
}

async function read(request: Http2ServerRequest, connection: number): Promise<ApnsRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const peer = (request.stream.session?.socket as TLSSocket | undefined)?.getPeerCertificate()
  const entries = Object.entries(request.headers).filter(([name]) => !name.startsWith(':'))
  return {
    method: request.method,
    path: request.url,
    headers: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
    clientName: (peer?.subject?.CN as string | undefined) ?? null,
    connection,
  }
}
