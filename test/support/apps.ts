// The server in this process, on a database that outlives it.
import { pino } from 'pino'
import { type App, startApp } from '../../src/app.ts'
import type { AccountCaller } from '../../src/chat/caller.ts'
import { readConfig } from '../../src/config.ts'
import { createLogOutput } from '../../src/lib/logger.ts'
import { givenFolder, type TestDatabase } from './databases.ts'
import { PINS } from './process.ts'

export type RunningApp = AsyncDisposable & {
  app: App
  /** The account, as the verbs of src/chat want it. */
  caller: AccountCaller
}

/** Stopped with the end of the block; the database stays. `onLine` gets the lines of the log that tell of errors. */
export async function startOn(
  database: Pick<TestDatabase, 'url'>,
  onLine: (line: string) => void = () => {},
): Promise<RunningApp> {
  const log = createLogOutput('silent')
  const logger = pino({ level: 'error' }, { write: onLine })
  const files = await givenFolder()
  const env = { ...PINS, PORT: '0', DATABASE_URL: database.url, PARLEY_DATA_DIR: files.path }
  const app = await startApp(readConfig(env), { ...log, logger })
  return {
    app,
    caller: { kind: 'account', accountSid: app.identity.account.sid, webhooks: false },
    async [Symbol.asyncDispose]() {
      await app.stop()
      log.stop()
      await files[Symbol.asyncDispose]()
    },
  }
}
