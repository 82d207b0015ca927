// Bytes straight to the server's port, for what no HTTP client would send.
import { connect } from 'node:net'
import { ACCOUNT_SID, AUTH_TOKEN } from './server.ts'

export type WireAnswer = { status: number; headers: Record<string, string>; text: string }

export const CREDENTIALS = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`

/** Sends the bytes and returns all that comes back before the server closes the connection. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.once('close', () => resolve(Buffer.concat(received).toString()))
    socket.once('error', reject)
    socket.write(bytes)
  })
}

/** A request written by hand, with credentials; `target` is what stands after the method. */
export async function sendRequest(
  url: string,
  method: string,
  target: string,
  { headers = [`Authorization: ${CREDENTIALS}`], host = 'localhost', body = '' as string | Uint8Array } = {},
): Promise<WireAnswer> {
  const length = Buffer.byteLength(body)
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: close',
    ...(length > 0 ? [`Content-Length: ${length}`] : []),
    ...headers,
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return parseAnswer(await sendBytes(url, Buffer.concat([head, Buffer.from(body)])))
}

export function parseAnswer(received: string): WireAnswer {
  const end = received.indexOf('\r\n\r\n')
  const [first = '', ...lines] = received.slice(0, end).split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const split = line.indexOf(':')
    return [line.slice(0, split).toLowerCase(), line.slice(split + 1).trim()]
  })
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers),
    text: received.slice(end + 4),
  }
}
