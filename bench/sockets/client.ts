// A client of few instructions, so that thousands of them fit into one generator: WebSocket and Twilsock by hand.
import { connect, type Socket } from 'node:net'

const HANDSHAKE_END = Buffer.from('\r\n\r\n')
const NOTHING: Buffer = Buffer.alloc(0)
/** All sockets read into it: what is left over is copied. */
const SHARED = Buffer.alloc(262_144)
const PING = 0x89
const CLOSE = 0x88

export class RawClient {
  readonly #socket: Socket
  #rest: Buffer = NOTHING
  #open = false
  /** Called with each message; the bytes are only good during the call. */
  onMessage: (message: Buffer) => void = () => {}
  onClose: () => void = () => {}

  constructor(port: number, onOpen: (client: RawClient) => void) {
    this.#socket = connect({
      ...{ port, host: '127.0.0.1', noDelay: true },
      onread: {
        buffer: SHARED,
        callback: (bytes) => {
          this.#receive(SHARED.subarray(0, bytes), onOpen)
          return true
        },
      },
    })
    this.#socket.write(
      'GET /v3/wsconnect HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    )
    this.#socket.resume()
    this.#socket.on('close', () => this.onClose())
    this.#socket.on('error', () => {})
  }

  /** A masked message, with a mask of zeros. */
  send(text: string): void {
    this.sendFrame(messageFrame(text))
  }

  sendFrame(frame: Buffer): void {
    this.#socket.write(frame)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer, onOpen: (client: RawClient) => void): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    if (!this.#open) {
      const end = data.indexOf(HANDSHAKE_END)
      if (end < 0) {
        this.#rest = Buffer.from(data)
        return
      }
      if (!data.toString('latin1', 0, 12).endsWith('101')) throw new Error('The handshake was refused')
      this.#open = true
      data = data.subarray(end + HANDSHAKE_END.length)
      onOpen(this)
    }
    this.#rest = this.#takeFrames(data)
  }

  /** What is left after the whole frames. */
  #takeFrames(data: Buffer): Buffer {
    let at = 0
    for (let frame = readFrame(data, at); frame !== null; frame = readFrame(data, at)) {
      const payload = data.subarray(frame.start, frame.end)
      if (data[at] === PING) this.#socket.write(maskedFrame(0x8a, payload))
      else if (data[at] !== CLOSE) this.onMessage(payload)
      at = frame.end
    }
    return at === data.length ? NOTHING : Buffer.from(data.subarray(at))
  }
}

/** Where the payload of the frame at `at` is; null when it is not whole. */
function readFrame(data: Buffer, at: number): { start: number; end: number } | null {
  if (data.length < at + 2) return null
  const short = data[at + 1] ?? 0
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
  if (data.length < start) return null
  const length =
    short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))
  return data.length < start + length ? null : { start, end: start + length }
}

/** Bytes for `sendFrame`. */
export function messageFrame(text: string): Buffer {
  return maskedFrame(0x82, Buffer.from(text))
}

function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const head = length < 126 ? 2 : 4
  const frame = Buffer.alloc(head + 4 + length)
  frame[0] = opcode
  if (head === 2) frame[1] = 0x80 | length
  else {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  }
  payload.copy(frame, head + 4)
  return frame
}

export function twilsockFrame(header: object, payload = ''): string {
  const json = JSON.stringify({ ...header, payload_size: Buffer.byteLength(payload) })
  return `TWILSOCK V3.0 ${Buffer.byteLength(json)}\r\n${json}\r\n${payload}`
}

export type TunnelCall = { method: string; path: string; params?: Record<string, string>; body?: object }

/** A request as the SDKs send it. */
export function tunnelRequest({ method, path, params = {}, body }: TunnelCall): string {
  const header = {
    id: 'TM5b18d745-0000-4000-8000-000000000000',
    method: 'message',
    active_grant: 'ip_messaging',
    payload_type: 'application/json; charset=utf-8',
    http_request: { host: 'aim', path, method, params, headers: {} },
  }
  return twilsockFrame(header, body === undefined ? '' : JSON.stringify(body))
}

export function signInFrame(token: string): string {
  return twilsockFrame({ method: 'init', id: 'init', token, registrations: [], capabilities: [] })
}

/** The beginning of a message: what tells how a request has gone is in it. */
export function startOf(message: Buffer): string {
  return message.toString('latin1', 0, START_BYTES)
}

/** True when the reply, of which the start is enough, and the answer in it are a success. */
export function isSuccess(reply: string): boolean {
  return /"status":\{"code":200/.test(reply) && !/"http_status":\{"code":[345]/.test(reply)
}

/** What every SDK sends for every frame that is no reply, each in a write of its own. */
export function acknowledge(client: RawClient, { id }: ServerFrame): void {
  const frame = Buffer.allocUnsafe(ACKNOWLEDGEMENT.length)
  ACKNOWLEDGEMENT.copy(frame)
  frame.write(id, ID_AT, 'latin1')
  client.sendFrame(frame)
}

export type ServerFrame = { id: string; isReply: boolean }

const ID_MARK = Buffer.from('"id":"')
const ID_LENGTH = 34
const ACKNOWLEDGEMENT = acknowledgement(' '.repeat(ID_LENGTH))
const ID_AT = ACKNOWLEDGEMENT.indexOf(ID_MARK) + ID_MARK.length

function acknowledgement(id: string): Buffer {
  const json = `{"id":"${id}","method":"reply","payload_type":"application/json","status":{"code":200,"status":"OK"},"payload_size":0}`
  return maskedFrame(0x82, Buffer.from(`TWILSOCK V3.0 ${json.length}\r\n${json}\r\n`))
}

/** Just enough of a frame: the id, and whether it is a reply. */
export function readServerFrame(message: Buffer): ServerFrame {
  const start = message.indexOf(ID_MARK) + ID_MARK.length
  const id = message.toString('latin1', start, message.indexOf(QUOTE, start))
  const header = message.toString('latin1', 0, HEADER_BYTES)
  return { id, isReply: header.includes('"method":"reply"') }
}

/** How often `mark` is in the bytes. */
export function countOf(message: Buffer, mark: Buffer): number {
  let found = 0
  for (let at = message.indexOf(mark); at >= 0; at = message.indexOf(mark, at + mark.length)) found++
  return found
}

const QUOTE = 34
/** The method is within them. */
const HEADER_BYTES = 100
const START_BYTES = 400
