import { type App, startApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { createLogOutput, type LogOutput } from '../lib/logger.ts'
import { showSecretsOnce } from './secrets.ts'

/** Requests that have not ended after this time are cut off. */
const DRAIN_MS = 25_000
/** How often to look whether npm is still there. */
const PARENT_MS = 500

/** Runs until a signal: SIGTERM or SIGINT drains and ends with 0, a second one ends at once. Throws ConfigError. */
export async function serve(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const config = readConfig(env)
  const log = createLogOutput(config.logLevel)
  dieLoudly(log)
  const app = await startApp(config, log, showSecretsOnce)
  stopOnSignal(app, log, env.npm_lifecycle_event !== undefined)
  if (app.consoleLink) {
    process.stdout.write(
      `Open the console with this link, once and within ten minutes:\n\n  ${app.consoleLink}\n\n`,
    )
  }
  process.stdout.write(
    `${JSON.stringify({ level: 30, time: Date.now(), msg: `Parley is listening on ${app.publicUrl}`, url: app.publicUrl, address: app.url })}\n`,
  )
}

function stopOnSignal(app: App, log: LogOutput, isNpms: boolean): void {
  let stopping = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
    stopping = true
    log.logger.info({ signal }, 'stopping: finishing what runs')
    setTimeout(() => {
      log.logger.error('requests did not end in time')
      log.flush()
      process.exit(1)
    }, DRAIN_MS).unref()
    app.stop().then(
      () => {
        log.logger.info('stopped')
        log.stop()
        process.exit(0)
      },
      (err) => {
        log.logger.fatal({ err }, 'could not stop cleanly')
        log.flush()
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  if (isNpms) stopWithParent(() => onSignal('SIGTERM'))
}

/** npm starts a shell that starts us; a signal to npm ends both of them, and reaches us through nobody. */
function stopWithParent(stop: () => void): void {
  const { ppid } = process
  const timer = setInterval(() => {
    if (process.ppid === ppid) return
    clearInterval(timer)
    stop()
  }, PARENT_MS).unref()
}

/** Nothing may fail unseen: whatever nobody caught is logged and ends the process. */
function dieLoudly(log: LogOutput): void {
  const die = (err: unknown): void => {
    log.logger.fatal({ err }, 'unexpected error')
    log.flush()
    process.exit(1)
  }
  process.on('uncaughtException', die)
  process.on('unhandledRejection', die)
}
