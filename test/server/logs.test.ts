// What the process writes about its work, and what it never writes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { sql } from '../../src/store/sql.ts'
import { ENGINES, givenDatabase, givenFolder } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import { MAIN, type ParleyProcess, PINS, serve } from '../support/process.ts'
import { ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, officialClient } from '../support/server.ts'
import { openExisting } from '../support/stores.ts'
import { until } from '../support/until.ts'

type LogLine = {
  level: number
  time: number
  msg: string
  requestId?: string
  method?: string
  path?: string
  status?: number
  err?: { message: string; stack: string }
}

const basic = (username: string, password: string): string =>
  Buffer.from(`${username}:${password}`).toString('base64')
const AUTHORIZATION = `Basic ${basic(ACCOUNT_SID, AUTH_TOKEN)}`

type Options = { form?: Record<string, string>; headers?: Record<string, string> }

/** Without the checks of the test kit: here also answers to what the API does not know are wanted. */
async function send(url: string, method: string, path: string, { form, headers }: Options = {}) {
  const body = form && new URLSearchParams(form)
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: AUTHORIZATION, ...headers },
    body,
  })
  return {
    status: answer.status,
    id: answer.headers.get('twilio-request-id') ?? '',
    text: await answer.text(),
  }
}

/** All log lines of the process, which ends here. */
async function logOf(parley: ParleyProcess): Promise<LogLine[]> {
  parley.kill('SIGTERM')
  await parley.exit
  return parley.lines.map((line) => JSON.parse(line))
}

test('of a very long path the log has the beginning', async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { url } = await parley.listening()
  const path = `/v2/${'x'.repeat(10_000)}`
  await send(url, 'GET', path)

  const line = (await logOf(parley)).find(({ msg }) => msg === 'request')

  expect(line?.path).toBe(path.slice(0, 1_024))
})

test('every line is JSON, and every answer carries the id of its own line', async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { url } = await parley.listening()
  const wrongPassword = `Basic ${basic(ACCOUNT_SID, 'wrong')}`
  const answers = [
    await send(url, 'GET', '/healthz'),
    await send(url, 'POST', '/v2/Services', { form: { FriendlyName: 'x' } }),
    await send(url, 'POST', '/v2/Services'),
    await send(url, 'GET', '/v2/Services?PageSize=1'),
    await send(url, 'GET', '/v2/Services', { headers: { authorization: wrongPassword } }),
    await send(url, 'GET', '/v2/Nothing'),
    await send(url, 'PUT', '/v2/Services'),
    await send(url, 'GET', '/v2/Services/%ff'),
    await send(url, 'OPTIONS', '/v2/Services'),
  ]
  const log = await logOf(parley)

  expect(answers.map(({ status }) => status)).toEqual([200, 201, 400, 200, 401, 404, 405, 400, 204])
  expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length)
  for (const { id, status } of answers) {
    expect(id).toMatch(/^RQ[0-9a-f]{32}$/)
    expect(log.filter((line) => line.requestId === id)).toMatchObject([{ status }])
  }
  const [, created] = answers
  expect(log.find((line) => line.requestId === created?.id)).toMatchObject({
    level: 30,
    method: 'POST',
    path: '/v2/Services',
    status: 201,
  })
  for (const line of log) expect(line).toMatchObject({ level: expect.any(Number), time: expect.any(Number) })
})

test('LOG_LEVEL leaves out what matters less', async () => {
  await using parley = serve({ url: 'sqlite::memory:' }, { LOG_LEVEL: 'warn' })
  const { url } = await parley.listening()
  await send(url, 'GET', '/v2/Services')

  expect(await logOf(parley)).toMatchObject([{ msg: expect.stringContaining('listening') }])
  expect(parley.stderr()).toBe('')
})

/** From here on the database refuses every message and every credential. */
async function refuseWrites(database: { url: string }, engine: string): Promise<void> {
  const db = await openExisting(database)
  const refusal = (table: string) =>
    engine === 'postgres'
      ? `alter table ${table} add constraint refused check (created_at < 0) not valid`
      : `create trigger refuse_${table} before insert on ${table} begin select raise(abort, 'refused'); end`
  await db.transaction(async (tx) => {
    await tx.script(refusal('messages'))
    await tx.script(refusal('credentials'))
  })
  expect(await db.one(sql`select 1 as alive`)).toEqual({ alive: 1 })
  await db.close()
}

describe.each(ENGINES)('%s', (engine) => {
  test('credentials, provider secrets and message bodies are never written, whatever happens', async () => {
    await using database = await givenDatabase(engine)
    await using parley = serve(database, { LOG_LEVEL: 'trace' })
    const { url } = await parley.listening()
    const client = officialClient(url)
    const service = await client.chat.v2.services.create({ friendlyName: 'quiet' })
    const channels = `/v2/Services/${service.sid}/Channels`
    const channel = await client.chat.v2.services(service.sid).channels.create()
    const apn = { Type: 'apn', Certificate: 'secret-certificate', PrivateKey: 'secret-private-key' }
    const writes = (): Promise<{ status: number }[]> =>
      Promise.all([
        send(url, 'POST', `${channels}/${channel.sid}/Messages`, { form: { Body: 'secret-body' } }),
        send(url, 'POST', '/v2/Credentials', { form: apn }),
        send(url, 'POST', '/v2/Credentials', { form: { Type: 'fcm', Secret: 'secret-of-fcm' } }),
        send(url, 'POST', '/v2/Credentials', { form: { Type: 'gcm', ApiKey: 'secret-api-key' } }),
      ])
    const refused = await Promise.all([
      send(url, 'GET', '/v2/Services', {
        headers: { authorization: `Basic ${basic(ACCOUNT_SID, 'secret-x')}` },
      }),
      send(url, 'GET', '/v2/Services', { headers: { authorization: 'Bearer secret-bearer' } }),
      send(url, 'GET', '/v2/Services?AuthToken=secret-query', {
        headers: { authorization: `Basic ${basic(API_KEY_SID, API_KEY_SECRET)}` },
      }),
      send(url, 'POST', `${channels}/${channel.sid}/Messages`, {
        form: { Body: 'secret-body', Attributes: '{secret-attributes' },
      }),
      send(url, 'POST', '/v2/Credentials', { form: { Type: 'secret-type', Secret: 'secret-of-fcm' } }),
    ])
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 200, 400, 400])
    expect((await writes()).map(({ status }) => status)).toEqual([201, 201, 201, 201])
    await refuseWrites(database, engine)
    expect((await writes()).map(({ status }) => status)).toEqual([500, 500, 500, 500])
    await logOf(parley)

    const output = [...parley.lines, parley.stderr()].join('\n')
    expect(output).toContain('request failed')
    const secrets = [
      AUTH_TOKEN,
      API_KEY_SECRET,
      basic(ACCOUNT_SID, AUTH_TOKEN),
      basic(API_KEY_SID, API_KEY_SECRET),
    ]
    for (const secret of secrets) expect(output).not.toContain(secret)
    expect(output.match(/secret-[a-z-]+/g) ?? []).toEqual([])
  })

  test('an error of ours is logged whole under the id of the request, and answered without details', async () => {
    await using database = await givenDatabase(engine)
    await using parley = serve(database)
    const { url } = await parley.listening()
    const service = await officialClient(url).chat.v2.services.create({ friendlyName: 'broken' })
    const db = await openExisting(database)
    await db.transaction((tx) => tx.script('alter table roles rename to lost_roles'))
    await db.close()
    const answer = await send(url, 'GET', `/v2/Services/${service.sid}/Roles`)
    const log = await logOf(parley)

    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text)).toMatchObject({ status: 500, message: expect.any(String) })
    expect(answer.text).not.toMatch(/roles/i)
    const error = log.find((line) => line.requestId === answer.id && line.level >= 50)
    expect(error?.err?.message).toContain('roles')
    expect(error?.err?.stack).toContain('store')
  })
})

test('a request that its client cuts off is no error of ours', async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { url } = await parley.listening()
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const type = 'Content-Type: application/x-www-form-urlencoded'
  const head = `POST /v2/Services HTTP/1.1\r\nHost: a\r\nAuthorization: ${AUTHORIZATION}\r\n${type}`
  socket.write(`${head}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`)
  await once(socket, 'data')
  socket.write('FriendlyName=half', () => socket.resetAndDestroy())
  await once(socket, 'close')
  await send(url, 'GET', '/v2/Services')
  const log = await logOf(parley)

  expect(log.filter(({ level }) => level >= 40)).toEqual([])
  expect(log.map(({ method }) => method)).toContain('GET')
})

/** A server whose standard output is `stdout`, in a folder of its own and without a file. */
async function givenServerInto(stdout: 'pipe' | number) {
  const folder = await givenFolder()
  const port = await freePort()
  const child = spawn(process.execPath, [MAIN, 'serve'], {
    cwd: folder.path,
    env: { ...PINS, PORT: String(port), DATABASE_URL: 'sqlite::memory:' },
    stdio: ['ignore', stdout, 'pipe'],
  })
  let complaints = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk
  })
  // Then all that it has said is here, too.
  const exit = once(child, 'close')
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    complaints: () => complaints,
    async stop() {
      child.kill('SIGTERM')
      return (await exit)[0] as number | null
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      await folder[Symbol.asyncDispose]()
    },
  }
}

const isReady = (url: string) =>
  send(url, 'GET', '/readyz')
    .then(({ status }) => status === 200)
    .catch(() => false)

test.each(['from the beginning', 'from some time on'])(
  'nobody reads the log %s: the server works on and stops',
  async (since) => {
    await using server = await givenServerInto('pipe')
    if (since === 'from the beginning') server.child.stdout?.destroy()
    await until('the server to be ready', () => isReady(server.url))
    server.child.stdout?.destroy()
    for (let i = 0; i < 100; i++)
      expect(await send(server.url, 'GET', '/v2/Services')).toMatchObject({ status: 200 })
    expect(await server.stop()).toBe(0)
    expect(server.complaints()).toMatch(/^The log cannot be written: .*EPIPE.*\n$/)
  },
)

test('a log that cannot be written at all is told of once, and the server works on and stops', async () => {
  const notForWriting = openSync('/dev/null', 'r')
  await using server = await givenServerInto(notForWriting)
  closeSync(notForWriting)
  await until('the server to be ready', () => isReady(server.url))
  for (let i = 0; i < 100; i++)
    expect(await send(server.url, 'GET', '/v2/Services')).toMatchObject({ status: 200 })
  expect(await server.stop()).toBe(0)
  expect(server.complaints()).toMatch(/^The log cannot be written: .*EBADF.*\n$/)
})
