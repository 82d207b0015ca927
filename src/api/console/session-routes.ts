// Signing in to the console and out of it. Everything else the console does goes through the public API.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { errors } from '../../chat/errors.ts'
import { type Authenticate, CONSOLE_HEADER } from '../http/auth.ts'
import { text } from '../http/fields.ts'
import { parseFormBody, readFields } from '../http/form.ts'
import { sendJson } from '../http/handler.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import type { Sessions } from './sessions.ts'

const PATH = '/parley/v1/Session'
const form = { Code: text.optional, AccountSid: text.optional, AuthToken: text.optional }

/** POST takes `Code`, or `AccountSid` and `AuthToken`, and sets the cookie; DELETE ends the session in this browser. */
export function addSessionRoutes(
  server: FastifyInstance,
  sessions: Sessions,
  codes: OneTimeCodes,
  authenticate: Authenticate,
): void {
  server.post(PATH, (request, reply) => {
    requireConsole(request)
    const fields = readFields(form, parseFormBody(request.body))
    const { Code: code, AccountSid: sid = '', AuthToken: token = '' } = fields
    const basic = `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}`
    if (code === undefined) authenticate({ authorization: basic }, false)
    else if (!codes.redeem(code)) throw errors.authenticate()
    reply.header('set-cookie', sessions.open())
    return sendJson(reply, 201, { status: 'signed in' })
  })
  server.delete(PATH, (request, reply) => {
    requireConsole(request)
    return reply.header('set-cookie', sessions.close()).code(204).send()
  })
}

function requireConsole({ headers }: FastifyRequest): void {
  if (headers[CONSOLE_HEADER] === undefined) throw errors.authenticate()
}
