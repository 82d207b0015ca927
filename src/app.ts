// The only place where the parts are put together.
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { chatV2Operations } from './api/chat-v2/operations.ts'
import { chatV2Push } from './api/chat-v2/push-dialect.ts'
import { chatV2Webhooks } from './api/chat-v2/webhook-dialect.ts'
import { type Console, createConsole } from './api/console/console.ts'
import { conversationsV1Push } from './api/conversations-v1/push-dialect.ts'
import { createAuthenticator } from './api/http/auth.ts'
import { createCors } from './api/http/cors.ts'
import { createHttpMetrics, type HttpMetrics } from './api/http/metrics.ts'
import { buildOpenApi } from './api/http/openapi.ts'
import { createHttpServer } from './api/http/server.ts'
import { addSystemRoutes } from './api/http/system.ts'
import { mediaCaller } from './api/media-v1/callers.ts'
import { createLinkSigner } from './api/media-v1/links.ts'
import { addMediaRoutes } from './api/media-v1/routes.ts'
import { type Activity, createActivity } from './api/parley-v1/activity.ts'
import { metricsOperation } from './api/parley-v1/metrics.ts'
import { parleyV1Operations } from './api/parley-v1/operations.ts'
import type { Bus } from './bus/bus.ts'
import { createMemoryBus } from './bus/memory.ts'
import { createPostgresBus } from './bus/postgres.ts'
import { ensureAccount, type Identity } from './chat/accounts.ts'
import { type Chat, createChat } from './chat/chat.ts'
import { createMediaCollector } from './chat/media-collector.ts'
import { createPurger } from './chat/purge.ts'
import { createRateLimiter, type RateLimiter } from './chat/rates.ts'
import type { Config } from './config.ts'
import { createPush } from './delivery/push/push.ts'
import { startWebhooks } from './delivery/webhooks.ts'
import type { LogOutput } from './lib/logger.ts'
import { createRealtime } from './realtime/server.ts'
import { type MediaStore, openMediaStore } from './store/media-store.ts'
import { claimDatabase, openDatabase } from './store/open.ts'
import { sql } from './store/sql.ts'

export type App = {
  /** Where it listens. */
  url: string
  /** Base of the URLs in answers. */
  publicUrl: string
  identity: Identity
  chat: Chat
  /** Opens the console without credentials, once and within ten minutes; null where an account has been in use before. */
  consoleLink: string | null
  /** Takes no more requests, finishes those that run, and closes the database. */
  stop(): Promise<void>
}

type Log = Pick<LogOutput, 'logger' | 'accessLog' | 'logOutage' | 'flush'>

const OPERATIONS = [...chatV2Operations, ...parleyV1Operations]
const CONSOLE_FOLDER = join(import.meta.dirname, '../console/dist')

/**
 * Starts everything in order; when a part fails, those before it are stopped. `onIdentity` is told the account as soon as it
 * is kept: secrets made just now must be shown even when a later part fails.
 */
export async function startApp(
  config: Config,
  log: Log,
  onIdentity: (identity: Identity) => void = () => {},
): Promise<App> {
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart()
  }
  try {
    stops.push(claim(config, log))
    const db = await openDatabase(config.database, (migration) => announceUpgrade(log, migration))
    stops.push(() => db.close())
    const identity = await ensureAccount(db, config.pins, Date.now())
    onIdentity(identity)
    const metrics = createHttpMetrics()
    const chat = createChat({ db, limits: config.limits, apiKey: identity.apiKey, rates: ratesOf(config) })
    const media = await openMedia(config, chat, log)
    stops.push(() => media.stop())
    const onPurgeError = (err: unknown) => log.logger.error({ err }, 'purge failed')
    const purger = createPurger(chat, onPurgeError, media.collector.run)
    stops.push(() => purger.stop())
    const { webhooks, push, stop: stopDelivery } = startDelivery(config, chat, identity, metrics, log)
    stops.push(stopDelivery)
    chat.askBefore = webhooks.askBefore
    const activity = startActivity(metrics, chat, log)
    stops.push(() => activity.stop())
    const parts = { media: media.store, activity }
    const { server, listen, publicUrl } = createServer(config, chat, identity, log, metrics, parts)
    const bus = await startBus(config, log)
    stops.push(() => bus.stop())
    const realtime = createRealtime({
      chat,
      bus,
      settings: config.realtime,
      registry: metrics.registry,
      logger: log.logger,
      logOutage: log.logOutage,
      publicUrl,
    })
    chat.listeners.push(
      realtime.listener,
      purger.listener,
      media.collector.listener,
      webhooks.listener,
      push.listener,
    )
    purger.start()
    media.collector.start()
    push.start()
    await realtime.start()
    realtime.attach(server.server)
    stops.push(() => server.close())
    stops.push(() => realtime.stop())
    return { ...(await listen()), identity, chat, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A second server on the same file works, but not as one with the first. */
function claim({ database }: Config, { logger }: Log): () => Promise<void> {
  const { isAlone, release } = claimDatabase(database)
  if (!isAlone) {
    logger.warn(
      'another server uses this database file: clients of one do not hear what happens at the other. Stop one, or use PostgreSQL',
    )
  }
  return async () => release()
}

/** Processes on one PostgreSQL hear of each other; an embedded database has one. */
async function startBus({ database }: Config, { logger }: Log): Promise<Bus> {
  if (database.engine !== 'postgres') return createMemoryBus()
  const bus = createPostgresBus({
    url: database.url,
    onTrouble: (err) => logger.error({ err }, 'news of other processes are not heard'),
    onMended: () => logger.info('news of other processes are heard again'),
  })
  await bus.start()
  return bus
}

/** At once: the embedded engine lets nothing else happen until it is done. */
function announceUpgrade({ logger, flush }: Log, migration: string): void {
  logger.info({ migration }, 'bringing the database to the schema of this version: large ones take minutes')
  flush()
}

/** What leaves the server, and the workers behind it. */
function startDelivery(
  config: Config,
  chat: Chat,
  { account }: Identity,
  { registry }: HttpMetrics,
  { logger }: Log,
) {
  const webhooks = startWebhooks({
    ...chat,
    dialect: chatV2Webhooks,
    settings: config.webhooks,
    authToken: account.authToken,
    registry,
    logger,
  })
  const push = createPush({
    chat,
    dialects: { chat: chatV2Push, conversations: conversationsV1Push },
    settings: config.push,
    registry,
    logger,
  })
  const stop = async (): Promise<void> => {
    await push.stop()
    await webhooks.stop()
  }
  return { webhooks, push, stop }
}

async function openMedia(config: Config, chat: Chat, { logger }: Log) {
  const store = await openMediaStore(config.media)
  // A bucket may come later; a folder is there or is not.
  const checked = store.check()
  if (config.media.kind === 'disk') await checked
  else checked.catch((err) => logger.error({ err }, 'the media store cannot be used'))
  const onError = (err: unknown): void => logger.error({ err }, 'a media file was not deleted')
  const collector = createMediaCollector(chat, store, onError)
  const stop = async (): Promise<void> => {
    await collector.stop()
    store.close()
  }
  return { store, collector, stop }
}

function ratesOf({ rateLimits }: Config): RateLimiter | null {
  return rateLimits ? createRateLimiter(() => Date.now()) : null
}

function createServer(
  config: Config,
  chat: Chat,
  { account, apiKey, made }: Identity,
  log: Log,
  metrics: HttpMetrics,
  { media: store, activity }: { media: MediaStore; activity: Activity },
) {
  let publicUrl = config.publicUrl ?? ''
  const operations = [...OPERATIONS, metricsOperation(activity.samples)]
  const console = openConsole(config, account, chat.now, () => publicUrl)
  const authenticate = createAuthenticator(
    [
      { username: account.sid, password: account.authToken, accountSid: account.sid },
      { username: apiKey.sid, password: apiKey.secret, accountSid: account.sid },
    ],
    console?.sessions.read,
  )
  const server = createHttpServer({
    chat,
    operations,
    authenticate,
    baseUrl: () => publicUrl,
    cors: createCors(config.corsOrigins),
    logger: log.logger,
    logOutage: log.logOutage,
    accessLog: log.accessLog,
    metrics,
  })
  addSystemRoutes(server, {
    metrics,
    checkDatabase: async () => void (await chat.db.one(sql`select 1 as alive`)),
    openApi: () => buildOpenApi(operations, publicUrl, packageJson.version),
  })
  addMediaRoutes(server, {
    chat,
    store,
    links: createLinkSigner(account.authToken),
    baseUrl: () => publicUrl,
    callerOf: (request) => mediaCaller(chat, authenticate, request),
  })
  console?.attach(server, authenticate)
  const listen = async (): Promise<Pick<App, 'url' | 'publicUrl' | 'consoleLink'>> => {
    const url = await server.listen({ host: config.listen.host, port: config.listen.port })
    publicUrl ||= `http://localhost:${new URL(url).port || 80}`
    const consoleLink = console && made.authToken ? `${publicUrl}${console.oneTimePath()}` : null
    return { url, publicUrl, consoleLink }
  }
  return { server, listen, publicUrl: () => publicUrl }
}

function startActivity({ registry }: HttpMetrics, { now, listeners }: Chat, { logger }: Log): Activity {
  const activity = createActivity(registry, now, (err) => logger.error({ err }, 'figures could not be read'))
  listeners.push(activity.listener)
  activity.start()
  return activity
}

/** Null where it is turned off. */
function openConsole(
  config: Config,
  { sid, authToken }: Identity['account'],
  now: () => number,
  publicUrl: () => string,
): Console | null {
  if (!config.console) return null
  return createConsole(CONSOLE_FOLDER, { accountSid: sid, authToken, publicUrl, now })
}
