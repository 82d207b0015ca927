// What is no HTTP request at all is answered by hand: there is neither request nor reply yet.
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { errors } from '../../chat/errors.ts'
import { endSoon } from '../../lib/end-soon.ts'
import { newSid } from '../../lib/sid.ts'
import { presentError } from './errors.ts'

export function handleClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statusOf(error.code)
  const detail = status === 431 ? 'The request line and headers are too large' : 'The request is malformed'
  const body = JSON.stringify({ ...presentError(errors.badRequest(detail), ''), status })
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Access-Control-Allow-Origin: *',
      `Twilio-Request-Id: ${newSid('RQ')}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
  endSoon(socket)
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  return 400
}
