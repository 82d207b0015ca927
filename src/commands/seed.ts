import { parseArgs } from 'node:util'
import { ensureAccount } from '../chat/accounts.ts'
import type { AccountCaller } from '../chat/caller.ts'
import { createChat } from '../chat/chat.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../store/open.ts'
import { startProgress } from './progress.ts'
import { UsageError } from './run.ts'
import { showSecretsOnce } from './secrets.ts'
import { fillService } from './seed/fill.ts'

const MAX_MESSAGES = 100_000
const MAX_NAME = 64

/**
 * Makes a service with users, channels and history, and prints its sid on standard output. The server may run meanwhile.
 * Throws UsageError, ConfigError.
 */
export async function seed(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const config = readConfig(env)
  const { name, messages } = readArguments(args)
  if (config.database.engine === 'sqlite' && config.database.path === ':memory:') {
    throw new UsageError('A database in memory ends with this command. Set DATABASE_URL to one that stays.')
  }
  const db = await openDatabase(config.database)
  try {
    const identity = await ensureAccount(db, config.pins, Date.now())
    showSecretsOnce(identity)
    const caller: AccountCaller = { kind: 'account', accountSid: identity.account.sid, webhooks: false }
    const chat = createChat({ db, limits: config.limits, apiKey: identity.apiKey })
    const progress = startProgress('messages', messages)
    let done = 0
    const service = await fillService({
      chat,
      caller,
      name,
      messages,
      onMessage: () => progress.step(++done),
    })
    progress.end()
    process.stdout.write(`${service.sid}\n`)
    process.stderr.write(`Made '${name}' with ${messages} messages. Sign in as one of its users:\n`)
    process.stderr.write(`  npm run --silent parley -- token --service ${service.sid} --identity amara\n`)
  } finally {
    await db.close()
  }
}

function readArguments(args: readonly string[]): { name: string; messages: number } {
  const { name, messages } = parse(args)
  const count = /^\d{1,6}$/.test(messages) ? Number(messages) : -1
  if (count < 0 || count > MAX_MESSAGES) {
    throw new UsageError(`--messages must be a number from 0 to ${MAX_MESSAGES}.`)
  }
  if (name === '' || name.length > MAX_NAME || name.includes('\0')) {
    throw new UsageError(`--name must be a text of 1 to ${MAX_NAME} characters.`)
  }
  return { name, messages: count }
}

function parse(args: readonly string[]): { name: string; messages: string } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string', default: 'Demo shop' },
        messages: { type: 'string', default: '400' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
