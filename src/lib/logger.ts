// JSON lines on standard output, written in blocks so that a request never waits for the terminal.
import { destination, type Logger, pino, stdSerializers } from 'pino'

export type { Logger } from 'pino'

const BLOCK_BYTES = 8_192
const FLUSH_MS = 200

export type LogOutput = {
  logger: Logger
  /** For lines whose members are all known to be harmless: it looks for no secrets, which halves its cost. */
  accessLog: Logger
  /** Writes out what is buffered. */
  flush(): void
  /** Flushes and ends the timer. */
  stop(): void
}

/** What could hold a credential is cut, wherever it turns up. */
const SECRETS = ['authorization', 'password', 'authToken', 'secret', 'apiKeySecret', 'token', 'privateKey']

export function createLogOutput(level: string): LogOutput {
  const stream = destination({ dest: 1, sync: false, minLength: BLOCK_BYTES })
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`])
  const redact = { paths, censor: '[secret]' }
  const logger = pino({ level, base: null, redact, serializers: { err: withoutRows } }, stream)
  const accessLog = pino({ level, base: null }, stream)
  const flush = (): void => {
    try {
      stream.flushSync()
    } catch {
      // The stream opens in the background; until then there is nothing to flush.
    }
  }
  const timer = setInterval(() => stream.flush(), FLUSH_MS)
  timer.unref()
  return {
    logger,
    accessLog,
    flush,
    stop: () => {
      clearInterval(timer)
      flush()
    },
  }
}

/** PostgreSQL tells whole rows in the detail of an error, with message texts and secrets in them. */
function withoutRows(error: Error): object {
  return { ...stdSerializers.errWithCause(error), detail: undefined }
}
