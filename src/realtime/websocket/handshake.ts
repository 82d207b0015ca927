// The opening handshake (RFC 6455 §4.2): no sub-protocol, no extensions.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { endSoon } from '../../lib/end-soon.ts'

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const KEY = /^[+/0-9A-Za-z]{22}==$/

/** Answers 101 and returns true, or refuses with 400 or 426 and returns false. */
export function acceptHandshake(request: IncomingMessage, socket: Duplex): boolean {
  const { upgrade = '', 'sec-websocket-key': key = '', 'sec-websocket-version': version } = request.headers
  if (request.method !== 'GET' || upgrade.toLowerCase() !== 'websocket' || !KEY.test(key)) {
    refuseHandshake(socket, 400, 'Bad Request')
    return false
  }
  if (version !== '13') {
    refuseHandshake(socket, 426, 'Upgrade Required', 'Sec-WebSocket-Version: 13\r\n')
    return false
  }
  const accept = createHash('sha1').update(`${key}${MAGIC}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  return true
}

/** The client has a few seconds to take the answer. */
export function refuseHandshake(socket: Duplex, status: number, text: string, headers = ''): void {
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`)
  endSoon(socket)
}
