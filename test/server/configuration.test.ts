// The environment: what each variable does, and what happens when one is wrong.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/config.ts'
import { givenDatabase } from '../support/databases.ts'
import { type Env, PINS, runParley, serve, spawnParley } from '../support/process.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, officialClient, startServer } from '../support/server.ts'

/** A value that each variable must refuse, and one that it must take. */
const VARIABLES: Record<string, { wrong: string[]; right: string[] }> = {
  PORT: { wrong: ['http', '-1', '65536', '80.5', '0x50', '99999999999'], right: ['0', '65535', ' 8080 '] },
  PARLEY_PUBLIC_URL: {
    wrong: [
      'chat.example.org',
      'ftp://example.org',
      '/chat',
      'https://',
      'https://a.example/?x=1',
      'https://a/#b',
    ],
    right: ['https://chat.example.org', 'http://localhost:8080/', 'https://example.org/chat/'],
  },
  DATABASE_URL: {
    wrong: ['mysql://localhost/parley', 'sqlite:', './parley.db', 'postgres:/nothing', 'postgres://[::1/x'],
    right: [
      'sqlite:/tmp/parley.db',
      'sqlite::memory:',
      'postgres://u:p@h:1/d',
      'postgresql://h/d?sslmode=require',
    ],
  },
  PARLEY_ACCOUNT_SID: {
    wrong: ['AC123', `SK${'0'.repeat(32)}`, `AC${'g'.repeat(32)}`],
    right: [`AC${'a'.repeat(32)}`],
  },
  PARLEY_AUTH_TOKEN: { wrong: ['two words'], right: ['word', 'a:b:ü'] },
  PARLEY_API_KEY_SID: { wrong: ['SK123', `AC${'0'.repeat(32)}`], right: [`SK${'b'.repeat(32)}`] },
  PARLEY_API_KEY_SECRET: { wrong: ['two\twords'], right: ['word'] },
  PARLEY_MEDIA_STORE: {
    wrong: ['/var/media', 's3://', 's3://Bucket', 's3://media?endpoint=minio', 's3://media?colour=red'],
    right: ['s3://media', 's3://media/a/b', 's3://media?endpoint=http://minio:9000&path-style=on'],
  },
  PARLEY_RATE_LIMITS: { wrong: ['on', '30', 'TWILIO'], right: ['off', 'twilio'] },
  PARLEY_CORS_ORIGINS: {
    wrong: ['example.org', 'https://example.org/path', 'https://a.example, b', 'https://a.example/'],
    right: ['*', 'https://a.example', 'https://a.example, http://localhost:3000'],
  },
  PARLEY_MAX_CHANNEL_ATTRIBUTES: { wrong: ['0', 'x', '1048577'], right: ['1', '1048576'] },
  PARLEY_MAX_MESSAGE_ATTRIBUTES: { wrong: ['0', '-5', '1e3'], right: ['1', '1048576'] },
  PARLEY_MAX_CHANNEL_MEMBERS: { wrong: ['0', '1000001'], right: ['1', '1000000'] },
  PARLEY_PRE_WEBHOOK_ON_5XX: { wrong: ['allow', 'REJECT'], right: ['reject', 'proceed'] },
  PARLEY_PRE_WEBHOOK_ON_TIMEOUT: { wrong: ['5s'], right: ['reject', 'proceed'] },
  PARLEY_WEBHOOK_BLOCK_PRIVATE: { wrong: ['true', '1'], right: ['on', 'off'] },
  PARLEY_DELIVERY_RETENTION: { wrong: ['7', '0d', '1w', '-1h', '1.5h'], right: ['7d', '12h', '30m', '90s'] },
  PARLEY_APNS_URL: {
    wrong: ['api.push.apple.com', 'https://a/?x', 'ftp://a'],
    right: ['https://a.example:2197'],
  },
  PARLEY_APNS_SANDBOX_URL: { wrong: ['sandbox'], right: ['https://a.example'] },
  PARLEY_FCM_URL: {
    wrong: ['fcm', 'https://a#b'],
    right: ['http://localhost:9000/', 'https://a.example/proxy'],
  },
  PARLEY_FCM_TOKEN_URL: { wrong: ['token'], right: ['https://a.example/token'] },
  PARLEY_FCM_PRIORITY: { wrong: ['HIGH', 'low'], right: ['high', 'normal'] },
  PARLEY_WEB_PUSH_ORIGINS: {
    wrong: ['*', 'a.example', 'https://a.example/path'],
    right: ['https://a.example', 'http://localhost:9000, https://b.example'],
  },
  PARLEY_PUSH_CA_FILE: { wrong: ['/nonexistent/ca.pem', import.meta.filename], right: [] },
  PARLEY_PUSH_TTL: { wrong: ['0s', '1', '1w'], right: ['1d', '12h', '30m', '90s'] },
  PARLEY_STUDIO_FLOWS: {
    wrong: ['FW123=https://a.example', `FW${'1'.repeat(32)}`, `FW${'1'.repeat(32)}=ftp://a.example`],
    right: [`FW${'1'.repeat(32)}=https://a.example/?x=1, FW${'2'.repeat(32)}=http://localhost:3000`],
  },
  LOG_LEVEL: {
    wrong: ['verbose', 'INFO'],
    right: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
  },
}

function mistakesOf(env: Env): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

test('all mistakes are listed together on standard error, and nothing starts', async () => {
  const env = Object.fromEntries(Object.entries(VARIABLES).map(([name, { wrong }]) => [name, wrong[0] ?? '']))
  const { code, stdout, stderr } = await runParley(['serve'], env)

  expect(code).toBe(2)
  expect(stdout).toBe('')
  for (const name of Object.keys(VARIABLES)) expect(stderr).toMatch(new RegExp(`^\\s+${name} must be `, 'm'))
  expect(stderr).toContain(`${Object.keys(VARIABLES).length} wrong settings`)
})

test('a mistake is told with what is expected; the value itself, which may be secret, is not shown', async () => {
  const { code, stderr } = await runParley([], { PARLEY_AUTH_TOKEN: 'my secret', LOG_LEVEL: 'loud' })

  expect(code).toBe(2)
  expect(stderr).toContain('LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent')
  expect(stderr).not.toContain('my secret')
})

test.each(Object.entries(VARIABLES))(
  '%s takes what is right and names itself when it is wrong',
  (name, values) => {
    for (const value of values.right) expect(mistakesOf({ [name]: value }), value).toEqual([])
    for (const value of values.wrong) {
      expect(mistakesOf({ [name]: value }), value).toEqual([expect.stringMatching(`^${name} must be `)])
    }
    expect(mistakesOf({ [name]: '' })).toEqual([])
  },
)

test('without any setting it listens on 127.0.0.1:8080 with its database under ./data', () => {
  expect(readConfig({})).toMatchObject({
    listen: { host: '127.0.0.1', port: 8080 },
    publicUrl: null,
    database: { engine: 'sqlite', path: 'data/parley.db' },
    dataDir: './data',
    rateLimits: false,
    corsOrigins: null,
    logLevel: 'info',
  })
  expect(readConfig({ HOST: '::', PARLEY_DATA_DIR: '/var/lib/parley' })).toMatchObject({
    listen: { host: '::', port: 8080 },
    dataDir: '/var/lib/parley',
  })
})

test('it makes the folder of its database, relative to where it was started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-start-'))
  try {
    await using byDefault = spawnParley(['serve'], { PORT: '0' }, folder)
    await byDefault.listening()
    expect(existsSync(join(folder, 'data/parley.db'))).toBe(true)

    await using elsewhere = spawnParley([], { PORT: '0', DATABASE_URL: 'sqlite:deep/er/chat.db' }, folder)
    await elsewhere.listening()
    expect(existsSync(join(folder, 'deep/er/chat.db'))).toBe(true)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a database in memory serves as well', async () => {
  await using parley = serve({ url: 'sqlite::memory:' }, { HOST: 'localhost' })
  const { url } = await parley.listening()
  const client = officialClient(url)
  const { sid } = await client.chat.v2.services.create({ friendlyName: 'in memory' })

  expect(await client.chat.v2.services(sid).fetch()).toMatchObject({ friendlyName: 'in memory' })
})

test('HOST and PORT are where it listens', async () => {
  await using parley = serve({ url: 'sqlite::memory:' }, { HOST: '0.0.0.0' })
  const { port } = new URL((await parley.listening()).url)

  for (const host of ['127.0.0.1', '127.0.0.2', 'localhost']) {
    expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200)
  }
})

test('the pinned account and key are the ones that sign in', async () => {
  await using database = await givenDatabase('sqlite')
  await using parley = serve(database)
  const { url } = await parley.listening()
  const byAccount = await officialClient(url).chat.v2.services.create({ friendlyName: 'pins' })
  const byKey = await officialClient(url, API_KEY_SID, API_KEY_SECRET).chat.v2.services(byAccount.sid).fetch()

  expect(byKey).toMatchObject({ accountSid: ACCOUNT_SID, friendlyName: 'pins' })
  await expect(officialClient(url, ACCOUNT_SID, 'wrong').chat.v2.services.list()).rejects.toMatchObject({
    status: 401,
    code: 20003,
  })
  for (const secret of Object.values(PINS)) expect(parley.lines.join('\n')).not.toContain(secret)
})

test('PARLEY_RATE_LIMITS=twilio answers 429 to a channel that is too busy, and only to that', async () => {
  await using server = await startServer({ PARLEY_RATE_LIMITS: 'twilio' })
  const service = await server.givenService()
  const busy = service.channels((await service.channels.create()).sid)
  const quiet = service.channels((await service.channels.create()).sid)
  const sends = Array.from({ length: 200 }, () => busy.messages.create({ body: 'x' }))
  const refusals = (await Promise.allSettled(sends)).filter(({ status }) => status === 'rejected')

  expect(refusals.length).toBeGreaterThan(0)
  expect(refusals[0]).toMatchObject({ reason: { status: 429, code: 20429 } })
  expect(await quiet.messages.create({ body: 'y' })).toMatchObject({ index: 0 })
})

test('PARLEY_CORS_ORIGINS names the origins whose pages may ask', async () => {
  await using server = await startServer({ PARLEY_CORS_ORIGINS: 'https://a.example, https://b.example' })
  const allowed = async (origin: string) => {
    const { headers } = await fetch(`${server.url}/healthz`, { headers: { origin } })
    return headers.get('access-control-allow-origin')
  }

  expect(await allowed('https://b.example')).toBe('https://b.example')
  expect(['https://evil.example', '*']).not.toContain(await allowed('https://evil.example'))
})

test('the PARLEY_MAX_ settings move the limits on attributes and members', async () => {
  await using server = await startServer({
    PARLEY_MAX_CHANNEL_ATTRIBUTES: '20',
    PARLEY_MAX_MESSAGE_ATTRIBUTES: '10',
    PARLEY_MAX_CHANNEL_MEMBERS: '5000',
  })
  const service = await server.givenService()
  const tooLong = { status: 400, code: 50303 }
  const channel = await service.channels.create({ attributes: `"${'x'.repeat(18)}"` })
  const { messages } = service.channels(channel.sid)

  await expect(service.channels.create({ attributes: `"${'x'.repeat(19)}"` })).rejects.toMatchObject(tooLong)
  expect(await messages.create({ attributes: '"12345678"' })).toMatchObject({ attributes: '"12345678"' })
  await expect(messages.create({ attributes: '"123456789"' })).rejects.toMatchObject(tooLong)
  expect(await service.update({ 'limits.channelMembers': 5000 })).toMatchObject({
    limits: { channel_members: 5000 },
  })
  await expect(service.update({ 'limits.channelMembers': 5001 })).rejects.toMatchObject({ code: 50061 })
})
