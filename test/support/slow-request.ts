// A request whose body comes in two steps, so that a test knows that the server is in the middle of it.
import { Agent, request } from 'node:http'
import { ACCOUNT_SID, AUTH_TOKEN } from './server.ts'

export type SlowRequest = {
  /** Resolves once the server has read the headers and asks for the rest. */
  begun: Promise<void>
  /** Sends the body; resolves with the answer. */
  finish(): Promise<{ status: number; body: string }>
}

/** `POST /v2/Services`, on a connection that the client means to keep, as the official library does. */
export function startSlowRequest(url: string, form: string): SlowRequest {
  const outgoing = request(`${url}/v2/Services`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    auth: `${ACCOUNT_SID}:${AUTH_TOKEN}`,
    headers: {
      expect: '100-continue',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(form),
    },
  })
  const begun = new Promise<void>((resolve) => outgoing.once('continue', resolve))
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.once('error', reject)
    })
  })
  // It may fail before anybody asks for it.
  answer.catch(() => {})
  outgoing.flushHeaders()
  return {
    begun,
    finish() {
      outgoing.end(form)
      return answer
    },
  }
}
