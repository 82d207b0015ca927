// The one place that turns a thrown thing into an HTTP answer (rest-v2.md §1.5, §1.6).
import { type ChatError, errors, explain } from '../../chat/errors.ts'

type ErrorBody = { code?: number; message: string; more_info?: string; status: number }

type HttpFault = {
  status: number
  body: ErrorBody
  headers: Record<string, string>
  /** Our own fault: to be logged whole. */
  unexpected: boolean
  isOutage: boolean
}

const AUTHENTICATE = 20003
const NOT_FOUND = 20404
const VERSION_PREFIX = /^\/v\d+/
const DOCS = 'https://www.twilio.com/docs/errors'

/** `path` is the request's path as it came, without the query. */
export function toFault(thrown: unknown, path: string, bodyLimit: number): HttpFault {
  const { error = ofFramework(thrown, bodyLimit), isOutage = false } = explain(thrown) ?? {}
  if (!error) {
    return {
      status: 500,
      body: { message: 'Internal server error', status: 500 },
      headers: {},
      unexpected: true,
      isOutage,
    }
  }
  const headers: Record<string, string> = {}
  // Browsers would ask their users for the account's password when a token is refused.
  if (error.code === AUTHENTICATE) headers['www-authenticate'] = 'Basic realm="Twilio API"'
  if (error.status === 429 || error.status === 503) headers['retry-after'] = '1'
  return { status: error.status, body: presentError(error, path), headers, unexpected: false, isOutage }
}

/** Over REST a missing thing of any kind is 20404 with the path; the kinds are for the realtime side. */
export function presentError(error: ChatError, path: string): ErrorBody {
  const missing = error.status === 404
  const code = missing ? NOT_FOUND : error.code
  const text = missing
    ? `The requested resource ${path.replace(VERSION_PREFIX, '')} was not found`
    : error.message
  return {
    code,
    message: error.hint ? `${text}: ${error.hint}` : text,
    more_info: `${DOCS}/${code}`,
    status: error.status,
  }
}

/** What Fastify and Node throw at requests that are wrong. */
function ofFramework(thrown: unknown, bodyLimit: number): ChatError | undefined {
  const { code, statusCode, message } = thrown as Partial<Error> & {
    code?: string
    statusCode?: number
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return errors.bodyTooLarge(bodyLimit)
  if (code === 'ECONNRESET' && message === 'aborted') return errors.bodyCut()
  if (code === 'FST_ERR_BAD_URL') return errors.badRequest('The path is not valid percent-encoded UTF-8')
  if (typeof code === 'string' && code.startsWith('FST_') && statusCode !== undefined && statusCode < 500) {
    return errors.badRequest('The request is malformed')
  }
  return undefined
}
