import { parseArgs } from 'node:util'
import { ensureAccount } from '../chat/accounts.ts'
import type { AccountCaller } from '../chat/caller.ts'
import { createChat } from '../chat/chat.ts'
import { ChatError } from '../chat/errors.ts'
import { isTtl, mintToken, TTL_RANGE } from '../chat/tokens.ts'
import { checkIdentity } from '../chat/values.ts'
import { type Config, readConfig } from '../config.ts'
import { readSid } from '../lib/sid.ts'
import { openDatabase } from '../store/open.ts'
import { findServiceBySid } from '../store/services.ts'
import { requireDatabase } from './require-database.ts'
import { UsageError } from './run.ts'

type Wanted = { serviceSid: `IS${string}`; identity: string; ttl: number; pushCredentialSid?: `CR${string}` }

/** Prints one access token on standard output and nothing else. Throws UsageError, ConfigError. */
export async function printToken(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const config = readConfig(env)
  const wanted = readArguments(args, config)
  requireDatabase(config.database)
  const db = await openDatabase(config.database)
  try {
    // First the service: a command must not make an account whose secrets nobody sees.
    const service = await findServiceBySid(db, wanted.serviceSid)
    if (!service) {
      throw new UsageError(
        `There is no service ${wanted.serviceSid} here. Create one with POST /v2/Services, or set DATABASE_URL to the server's database.`,
      )
    }
    const { account, apiKey } = await ensureAccount(db, config.pins, Date.now())
    const caller: AccountCaller = { kind: 'account', accountSid: account.sid, webhooks: false }
    const chat = createChat({ db, limits: config.limits, apiKey })
    const { token } = await mintToken(chat, caller, service, wanted)
    process.stdout.write(`${token}\n`)
  } finally {
    await db.close()
  }
}

function readArguments(args: readonly string[], config: Config): Wanted {
  const { service, identity, ttl, 'push-credential': credential } = parse(args)
  const serviceSid = readSid('IS', service ?? '')
  if (!serviceSid) throw new UsageError('--service must be the SID of a service: IS and 32 hex digits.')
  const seconds = /^\d{1,6}$/.test(ttl) ? Number(ttl) : 0
  if (!isTtl(seconds)) throw new UsageError(`--ttl must be ${TTL_RANGE}.`)
  const pushCredentialSid = credential === undefined ? undefined : readSid('CR', credential)
  if (credential !== undefined && !pushCredentialSid) {
    throw new UsageError('--push-credential must be the SID of a credential: CR and 32 hex digits.')
  }
  return { serviceSid, identity: readIdentity(identity, config), ttl: seconds, pushCredentialSid }
}

function readIdentity(identity: string | undefined, config: Config): string {
  if (!identity) throw new UsageError('--identity must name the user that signs in.')
  try {
    return checkIdentity(identity, config.limits)
  } catch (error) {
    if (error instanceof ChatError) throw new UsageError(`--identity is wrong: ${error.message}.`)
    throw error
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        service: { type: 'string' },
        identity: { type: 'string' },
        ttl: { type: 'string', default: '3600' },
        'push-credential': { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}`)
  }
}
