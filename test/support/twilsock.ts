// The realtime protocol by hand: a client that shows every frame and may misbehave.
import { EventEmitter, once } from 'node:events'
import WebSocket from 'ws'
import { decodeFrame, encodeFrame, type Frame, type Header } from './twilsock-frames.ts'
import { until } from './until.ts'

export const MESSAGE_TYPES = [
  'twilio.ipmsg.typing_indicator',
  'twilio.sync.event',
  'com.twilio.rtd.cds.document',
  'com.twilio.rtd.cds.list',
  'com.twilio.rtd.cds.map',
]

export type Answer = { status: number; body: any; header: Header }
export type RequestOptions = {
  params?: Record<string, string | string[]>
  body?: unknown
  headers?: Record<string, string>
  payloadType?: string
}

export type Twilsock = AsyncDisposable & {
  socket: WebSocket
  /** Everything that came, in order. */
  frames: readonly Frame[]
  /** 'frame' (Frame) for each that comes, 'close' when the socket is closed. */
  events: EventEmitter
  /** Bytes as one WebSocket message. */
  sendBytes(bytes: Buffer | string): void
  /** A frame without waiting for an answer; returns its id. */
  send(header: Record<string, unknown>, payload?: unknown): string
  /** A frame and its reply. */
  exchange(header: Record<string, unknown>, payload?: unknown): Promise<Frame>
  init(token: string, more?: Record<string, unknown>): Promise<Frame>
  /** A tunnelled request. Fails when the reply is none that carries an HTTP status. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** The reply with this id, also when it came before. */
  reply(id: string): Promise<Frame>
  /** The first frame that fits, also when it came before. */
  waitFor(what: string, fits: (frame: Frame) => unknown, ms?: number): Promise<Frame>
  /** The server's `close` frame. */
  closeFrame(ms?: number): Promise<Frame>
  isClosed(): boolean
  closed: Promise<{ code: number; reason: string }>
}

/** Connects; `acknowledge: false` leaves the server's frames without their reply. */
export async function openTwilsock(
  url: string,
  { acknowledge = true }: { acknowledge?: boolean } = {},
): Promise<Twilsock> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws').replace(/\/v3\/wsconnect$/, '')}/v3/wsconnect`)
  const frames: Frame[] = []
  const events = new EventEmitter().setMaxListeners(0)
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  const replies = createReplies()
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) throw new Error(`The server sent a text message: ${data}`)
    const frame = decodeFrame(data)
    frames.push(frame)
    if (frame.header.method === 'reply') replies.came(frame)
    if (acknowledge && frame.header.method !== 'reply') send(acknowledgement(frame))
    events.emit('frame', frame)
  })
  socket.on('error', () => {})
  socket.once('close', (code, reason) => {
    closed.resolve({ code, reason: reason.toString() })
    replies.end(new Error(`The socket was closed; seen: ${JSON.stringify(summary(frames))}`))
    events.emit('close')
  })
  await Promise.race([
    once(socket, 'open'),
    closed.promise.then(() => Promise.reject(new Error('The server did not open the socket'))),
  ])

  const isClosed = (): boolean => socket.readyState > WebSocket.OPEN
  const sendBytes = (bytes: Buffer | string): void =>
    socket.send(Buffer.from(bytes as Buffer), { binary: true })
  function send(header: Record<string, unknown>, payload?: unknown): string {
    const id = String(header.id ?? `TM${crypto.randomUUID()}`)
    if (!isClosed()) sendBytes(encodeFrame({ ...header, id }, payload))
    return id
  }
  const waitFor: Twilsock['waitFor'] = (what, fits, ms) =>
    until(what, () => frames.find(fits) ?? (isClosed() && failClosed(what, frames)), {
      ms,
      seen: () => summary(frames),
    })
  const reply = (id: string): Promise<Frame> => replies.of(id)
  const exchange: Twilsock['exchange'] = (header, payload) => reply(send(header, payload))
  return {
    ...{
      socket,
      frames,
      events,
      sendBytes,
      send,
      exchange,
      reply,
      waitFor,
      isClosed,
      closed: closed.promise,
    },
    init: (token, more = {}) => exchange({ ...INIT, token, ...more }),
    request: async (method, path, options = {}) =>
      toAnswer(await exchange(...requestFrame(method, path, options))),
    closeFrame: (ms) =>
      until('a close frame', () => frames.find(({ header }) => header.method === 'close'), {
        ms,
        seen: () => summary(frames),
      }),
    async [Symbol.asyncDispose]() {
      socket.terminate()
      await closed.promise
    },
  }
}

const REPLY_MS = 30_000

/** Replies by the id that they answer; a thousand may be waited for at once. */
function createReplies() {
  const come = new Map<string, Frame>()
  const waiting = new Map<string, PromiseWithResolvers<Frame>>()
  let over: Error | undefined
  return {
    came(frame: Frame): void {
      come.set(frame.header.id, frame)
      waiting.get(frame.header.id)?.resolve(frame)
    },
    end(reason: Error): void {
      over = reason
      for (const { reject } of waiting.values()) reject(reason)
    },
    async of(id: string): Promise<Frame> {
      const found = come.get(id)
      if (found) return found
      if (over) throw over
      const wait = waiting.get(id) ?? Promise.withResolvers<Frame>()
      waiting.set(id, wait)
      const timer = setTimeout(() => wait.reject(new Error(`No reply to ${id} in ${REPLY_MS} ms`)), REPLY_MS)
      try {
        return await wait.promise
      } finally {
        clearTimeout(timer)
        waiting.delete(id)
      }
    },
  }
}

const INIT = {
  method: 'init',
  continuation_token: null,
  metadata: { ver: '0', env: 'test', type: 'chat', sdk: 'JS', sdkv: '6.0.0' },
  registrations: [
    { product: 'ip_messaging', type: 'ers', notification_protocol_version: 0, message_types: MESSAGE_TYPES },
  ],
  tweaks: null,
  capabilities: ['client_update', 'offline_storage', 'telemetry.v1'],
}

/** Header and payload of a tunnelled request (§2.8). */
export function requestFrame(
  method: string,
  path: string,
  { params = {}, body, headers = {}, payloadType = 'application/json' }: RequestOptions,
): [Record<string, unknown>, unknown] {
  const http_request = { host: 'aim.us1.twilio.com', path, method, params, headers }
  return [{ method: 'message', active_grant: 'ip_messaging', payload_type: payloadType, http_request }, body]
}

export function toAnswer({ header, payload }: Frame): Answer {
  const { http_status } = header as { http_status?: { code: number } }
  if (typeof http_status?.code !== 'number') throw new Error(`No HTTP answer: ${JSON.stringify(header)}`)
  return { status: http_status.code, body: payload, header }
}

function acknowledgement({ header }: Frame): Header {
  const status = { code: 200, status: 'OK' }
  return { id: header.id, method: 'reply', payload_type: 'application/json', status }
}

function failClosed(what: string, frames: readonly Frame[]): never {
  throw new Error(`The socket was closed before ${what} came; seen: ${JSON.stringify(summary(frames))}`)
}

function summary(frames: readonly Frame[]): unknown[] {
  return frames.slice(-8).map(({ header, payload }) => ({ ...header, payload }))
}
