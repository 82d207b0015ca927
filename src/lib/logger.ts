// JSON lines on standard output.
import { type Logger, pino, stdSerializers } from 'pino'
import { LogStream } from './log-stream.ts'
import { createOutageLog, type LogOutage } from './outage-log.ts'

export type { Logger } from 'pino'

export type LogOutput = {
  logger: Logger
  /** For lines whose members are all known to be harmless: it looks for no secrets, which halves its cost. */
  accessLog: Logger
  /** For what the server needs and cannot reach. */
  logOutage: LogOutage
  /** Writes out what is buffered. */
  flush(): void
  /** Flushes and ends the timer. */
  stop(): void
}

/** What could hold a credential is cut, wherever it turns up. */
const SECRETS = ['authorization', 'password', 'authToken', 'secret', 'apiKeySecret', 'token', 'privateKey']

export function createLogOutput(level: string): LogOutput {
  const stream = new LogStream()
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`])
  const redact = { paths, censor: '[secret]' }
  const logger = pino({ level, base: null, redact, serializers: { err: withoutRows } }, stream)
  return {
    logger,
    logOutage: createOutageLog(logger),
    accessLog: pino({ level, base: null }, stream),
    flush: () => stream.flushSync(),
    stop: () => stream.stop(),
  }
}

/** PostgreSQL tells whole rows in the detail of an error, with message texts and secrets in them. */
export function withoutRows(error: Error): unknown {
  return withoutDetail(stdSerializers.errWithCause(error))
}

/** Of a serialized error, of its causes and of those that it is made of. */
function withoutDetail(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const { cause, aggregateErrors, ...rest } = error as { cause?: unknown; aggregateErrors?: unknown[] }
  return {
    ...rest,
    detail: undefined,
    aggregateErrors: aggregateErrors?.map(withoutDetail),
    cause: withoutDetail(cause),
  }
}
