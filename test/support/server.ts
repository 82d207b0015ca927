// A server of its own for a test, in this process, driven by the unmodified `twilio` library.
import twilio from 'twilio'
import type { ServiceContext } from 'twilio/lib/rest/chat/v2/service.js'
import { type App, startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLogOutput } from '../../src/lib/logger.ts'
import { type Engine, givenDatabase, givenFolder, projectEngine } from './databases.ts'
import { checkAnswer } from './official-openapi.ts'

export const ACCOUNT_SID = `AC${'0'.repeat(31)}1`
export const AUTH_TOKEN = 'test-auth-token'
export const API_KEY_SID = `SK${'0'.repeat(31)}1`
export const API_KEY_SECRET = 'test-api-key-secret'

export type RawOptions = {
  form?: Record<string, string | string[]>
  body?: string | Uint8Array
  headers?: Record<string, string>
  /** Null sends no credentials. */
  auth?: { username: string; password: string } | null
}
export type RawAnswer = { status: number; headers: Record<string, string>; body: any; text: string }

export type TestServer = AsyncDisposable & {
  app: App
  url: string
  /** The folder of its files. */
  dataDir: string
  /** The official library, pointed at this server. */
  client: twilio.Twilio
  /** A request as bytes, for what the library cannot send. `path` starts with a slash. */
  request(method: string, path: string, options?: RawOptions): Promise<RawAnswer>
  /** A new service. */
  givenService(): Promise<ServiceContext>
}

export async function startServer(
  settings: Record<string, string> = {},
  engine: Engine = projectEngine(),
): Promise<TestServer> {
  const database = await givenDatabase(engine)
  const files = await givenFolder()
  const config = readConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    PARLEY_DATA_DIR: files.path,
    PARLEY_ACCOUNT_SID: ACCOUNT_SID,
    PARLEY_AUTH_TOKEN: AUTH_TOKEN,
    PARLEY_API_KEY_SID: API_KEY_SID,
    PARLEY_API_KEY_SECRET: API_KEY_SECRET,
    LOG_LEVEL: 'silent',
    ...settings,
  })
  const log = createLogOutput(config.logLevel)
  const app = await startApp(config, log)
  const client = officialClient(app.url)
  return {
    app,
    url: app.url,
    dataDir: files.path,
    client,
    request: (method, path, options) => sendRaw(app.url, method, path, options),
    async givenService() {
      const { sid } = await client.chat.v2.services.create({ friendlyName: 'test' })
      return client.chat.v2.services(sid)
    },
    async [Symbol.asyncDispose]() {
      await app.stop()
      log.stop()
      await files[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** The library as npm delivers it; its documented `httpClient` option lets us look at each answer. */
export function officialClient(url: string, username = ACCOUNT_SID, password = AUTH_TOKEN): twilio.Twilio {
  const options = username.startsWith('AC') ? {} : { accountSid: ACCOUNT_SID }
  const client = twilio(username, password, { ...options, httpClient: new CheckingClient() })
  client.chat.baseUrl = url
  return client
}

class CheckingClient extends twilio.RequestClient {
  override async request(options: Parameters<twilio.RequestClient['request']>[0]): Promise<any> {
    const answer = await super.request(options)
    checkAnswer(options.method.toUpperCase(), options.uri, {
      status: answer.statusCode,
      headers: lowerCaseNames(answer.headers as Record<string, unknown>),
      body: answer.body ?? '',
    })
    return answer
  }
}

async function sendRaw(
  url: string,
  method: string,
  path: string,
  { form, body, headers = {}, auth }: RawOptions = {},
): Promise<RawAnswer> {
  const { username, password } = auth ?? { username: ACCOUNT_SID, password: AUTH_TOKEN }
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(auth === null ? {} : { authorization: `Basic ${basic}` }),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    body: form ? encodeForm(form) : (body as RequestInit['body']),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  const parsed = isJson && text !== '' ? JSON.parse(text) : text
  const answer = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: parsed,
    text,
  }
  if (method !== 'OPTIONS' && method !== 'HEAD' && /^\/v\d/.test(path)) {
    checkAnswer(method, `${url}${path}`, answer)
  }
  return answer
}

function encodeForm(form: Record<string, string | string[]>): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  )
  return new URLSearchParams(pairs).toString()
}

function lowerCaseNames(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
}
