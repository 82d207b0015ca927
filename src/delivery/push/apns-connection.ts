// One HTTP/2 connection to APNs, opened when it is needed and again after it has ended.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'
import type { Answer } from '../http-exchange.ts'

const IDLE_MS = 600_000
/** Answers are a line of JSON. */
const MAX_ANSWER_BYTES = 16_384

export class ApnsConnection {
  readonly #origin: string
  readonly #tls: SecureClientSessionOptions
  readonly #sessions = new Set<ClientHttp2Session>()
  #current: ClientHttp2Session | undefined

  constructor(origin: string, tls: SecureClientSessionOptions) {
    this.#origin = origin
    this.#tls = tls
  }

  /** Throws when there is no answer, or when certificate or key cannot be used. */
  async post(headers: OutgoingHttpHeaders, body: string, signal: AbortSignal): Promise<Answer> {
    const session = this.#open()
    try {
      const stream = session.request({ ':method': 'POST', ...headers }, { signal })
      stream.end(body)
      return await readAnswer(stream)
    } catch (error) {
      // Whatever is still under way on it may end; nothing new starts on a connection that failed.
      this.#leave(session)
      // A stream that was cancelled only tells why in its cause.
      const { cause } = error as Error
      throw cause instanceof Error ? cause : error
    }
  }

  close(): void {
    for (const session of this.#sessions) session.destroy()
  }

  #open(): ClientHttp2Session {
    if (this.#current) return this.#current
    const session = connect(this.#origin, this.#tls)
    this.#current = session
    this.#sessions.add(session)
    session.on('error', () => this.#leave(session))
    session.on('goaway', () => this.#leave(session))
    session.on('close', () => {
      this.#leave(session)
      this.#sessions.delete(session)
    })
    session.setTimeout(IDLE_MS, () => this.#leave(session))
    return session
  }

  #leave(session: ClientHttp2Session): void {
    if (this.#current === session) this.#current = undefined
    if (!session.closed && !session.destroyed) session.close()
  }
}

function readAnswer(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders & { ':status'?: number } = {}
    let body = ''
    stream.setEncoding('utf8')
    stream.on('response', (received) => {
      headers = received
    })
    stream.on('data', (chunk: string) => {
      if (body.length < MAX_ANSWER_BYTES) body += chunk
    })
    stream.on('error', reject)
    stream.on('close', () => {
      const status = headers[':status']
      if (status === undefined || stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
        reject(new Error('the connection ended'))
      } else resolve({ status, headers, body, cut: body.length >= MAX_ANSWER_BYTES })
    })
  })
}
