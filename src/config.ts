// The environment, read once. All mistakes are reported together.
import { join } from 'node:path'
import type { Pins } from './chat/accounts.ts'
import { chatLimits, type Limits } from './chat/limits.ts'
import { isWebUrl } from './chat/values.ts'
import { readDatabase } from './config/database.ts'
import { readPush } from './config/push.ts'
import { readRealtime } from './config/realtime.ts'
import {
  createSetting,
  DAY_MS,
  type Env,
  parseBaseUrl,
  parseInteger,
  parseOnOff,
  parseOrigins,
  parseTime,
  type Setting,
} from './config/setting.ts'
import type { PushSettings } from './delivery/push/push.ts'
import type { WebhookSettings } from './delivery/webhooks.ts'
import { parseBucketUrl } from './lib/bucket-url.ts'
import { readSid, type Sid } from './lib/sid.ts'
import type { RealtimeSettings } from './realtime/settings.ts'
import type { MediaStoreSettings } from './store/media-store.ts'
import type { DatabaseSettings } from './store/open.ts'

export type Config = {
  listen: { host: string; port: number }
  /** Null: `http://localhost:PORT`, known once the port is. */
  publicUrl: string | null
  database: DatabaseSettings
  /** Where files are kept that are no database. */
  dataDir: string
  media: MediaStoreSettings
  pins: Pins
  limits: Limits
  webhooks: WebhookSettings
  push: PushSettings
  realtime: RealtimeSettings
  /** The hosted service's limits on actions per second. */
  rateLimits: boolean
  /** Null: every origin. */
  corsOrigins: string[] | null
  /** The web console is served. */
  console: boolean
  logLevel: string
}

/** Some settings are wrong; `mistakes` has a line for each. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(`${mistakes.length} wrong setting${mistakes.length === 1 ? '' : 's'}`)
    this.mistakes = mistakes
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
const MAX_ATTRIBUTES = 1_048_576
const MAX_MEMBERS = 1_000_000

/** Throws ConfigError. */
export function readConfig(env: Env): Config {
  const mistakes: string[] = []
  const setting = createSetting(env, mistakes)
  const dataDir = setting('PARLEY_DATA_DIR', './data', 'a path', (text) => text)
  const webhooks = readWebhooks(setting)
  const config: Config = {
    listen: {
      host: setting('HOST', '127.0.0.1', 'a host name or address', (text) => text),
      port: setting('PORT', 8080, 'a port number from 0 to 65535', (text) => parseInteger(text, 0, 65_535)),
    },
    publicUrl: setting(
      'PARLEY_PUBLIC_URL',
      null as string | null,
      'an absolute http or https URL',
      parseBaseUrl,
    ),
    database: readDatabase(setting),
    dataDir,
    media: readMedia(setting, dataDir),
    pins: readPins(setting),
    limits: readLimits(setting),
    webhooks,
    push: readPush(setting, webhooks.retentionMs),
    realtime: readRealtime(setting),
    rateLimits: setting('PARLEY_RATE_LIMITS', false, 'off or twilio', (text) =>
      text === 'twilio' ? true : text === 'off' ? false : undefined,
    ),
    corsOrigins: setting('PARLEY_CORS_ORIGINS', null as string[] | null, '* or a list of origins', (text) =>
      text === '*' ? null : parseOrigins(text),
    ),
    console: setting('PARLEY_CONSOLE', true, 'on or off', parseOnOff),
    logLevel: setting('LOG_LEVEL', 'info', `one of ${LOG_LEVELS.join(', ')}`, (text) =>
      LOG_LEVELS.includes(text) ? text : undefined,
    ),
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  return Object.freeze(config)
}

function readMedia(setting: Setting, dataDir: string): MediaStoreSettings {
  const fallback: MediaStoreSettings = { kind: 'disk', folder: join(dataDir, 'media') }
  const expected = 's3://BUCKET/PREFIX with, if need be, ?endpoint=URL&region=NAME&path-style=on'
  return setting<MediaStoreSettings>('PARLEY_MEDIA_STORE', fallback, expected, (text) => {
    const bucket = parseBucketUrl(text)
    return bucket && { kind: 's3', ...bucket }
  })
}

function readPins(setting: Setting): Pins {
  const secret = (name: string) =>
    setting(name, undefined as string | undefined, 'a text without spaces', parseSecret)
  return {
    accountSid: setting(
      'PARLEY_ACCOUNT_SID',
      undefined as Sid<'AC'> | undefined,
      'AC and 32 hex digits',
      (text) => readSid('AC', text),
    ),
    authToken: secret('PARLEY_AUTH_TOKEN'),
    apiKeySid: setting(
      'PARLEY_API_KEY_SID',
      undefined as Sid<'SK'> | undefined,
      'SK and 32 hex digits',
      (text) => readSid('SK', text),
    ),
    apiKeySecret: secret('PARLEY_API_KEY_SECRET'),
  }
}

function readLimits(setting: Setting): Limits {
  const size = (name: string, fallback: number, max: number, unit: string) =>
    setting(name, fallback, `${unit} from 1 to ${max}`, (text) => parseInteger(text, 1, max))
  return {
    ...chatLimits,
    channelAttributes: size(
      'PARLEY_MAX_CHANNEL_ATTRIBUTES',
      chatLimits.channelAttributes,
      MAX_ATTRIBUTES,
      'a number of bytes',
    ),
    messageAttributes: size(
      'PARLEY_MAX_MESSAGE_ATTRIBUTES',
      chatLimits.messageAttributes,
      MAX_ATTRIBUTES,
      'a number of bytes',
    ),
    channelMembers: size(
      'PARLEY_MAX_CHANNEL_MEMBERS',
      chatLimits.channelMembers,
      MAX_MEMBERS,
      'a number of members',
    ),
  }
}

function readWebhooks(setting: Setting): WebhookSettings {
  const choice = (name: string, fallback: 'reject' | 'proceed') =>
    setting<'reject' | 'proceed'>(name, fallback, 'reject or proceed', (text) =>
      text === 'reject' || text === 'proceed' ? text : undefined,
    )
  return {
    policy: {
      on5xx: choice('PARLEY_PRE_WEBHOOK_ON_5XX', 'reject'),
      onTimeout: choice('PARLEY_PRE_WEBHOOK_ON_TIMEOUT', 'proceed'),
    },
    blockPrivate: setting('PARLEY_WEBHOOK_BLOCK_PRIVATE', false, 'on or off', parseOnOff),
    retentionMs: setting(
      'PARLEY_DELIVERY_RETENTION',
      7 * DAY_MS,
      'a time such as 7d, 12h, 30m or 90s',
      parseTime,
    ),
    studioFlows: setting<ReadonlyMap<string, string>>(
      'PARLEY_STUDIO_FLOWS',
      new Map(),
      'a list of FW…=URL, separated by commas',
      parseFlows,
    ),
  }
}

function parseSecret(text: string): string | undefined {
  return /\s/.test(text) ? undefined : text
}

function parseFlows(text: string): ReadonlyMap<string, string> | undefined {
  const flows = new Map<string, string>()
  for (const pair of text.split(',')) {
    const split = pair.indexOf('=')
    const flowSid = readSid('FW', pair.slice(0, Math.max(0, split)).trim())
    const url = pair.slice(split + 1).trim()
    if (!flowSid || !isWebUrl(url)) return undefined
    flows.set(flowSid, url)
  }
  return flows
}
