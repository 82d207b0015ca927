// From the first start to the last answer.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { givenDatabase } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import { holdLock } from '../support/postgres-admin.ts'
import { MAIN, type ParleyProcess, runParley, serve, spawnParley } from '../support/process.ts'
import { ACCOUNT_SID, AUTH_TOKEN, officialClient } from '../support/server.ts'
import { startSlowRequest } from '../support/slow-request.ts'
import { until } from '../support/until.ts'

const SECRET_NAMES = ['ACCOUNT_SID', 'AUTH_TOKEN', 'API_KEY_SID', 'API_KEY_SECRET'].map((n) => `PARLEY_${n}`)

/** The credentials that the process printed, by the names of their settings. */
function printedBy({ lines }: Pick<ParleyProcess, 'lines'>): Record<string, string> {
  const pairs = lines.map((line) => /^\s*(PARLEY_\w+)=(\S+)\s*$/.exec(line)).filter((match) => match !== null)
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]))
}

async function givenFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'parley-lifecycle-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Something else that listens, and where. */
async function givenBusyPort(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

async function stop(parley: ParleyProcess) {
  parley.kill('SIGTERM')
  return parley.exit
}

test('the first start prints account and key; later starts keep them and print nothing of them', async () => {
  await using folder = await givenFolder()
  await using first = spawnParley(['serve'], { PORT: '0' }, folder.path)
  const { url } = await first.listening()
  const made = printedBy(first)
  expect(Object.keys(made).sort()).toEqual(SECRET_NAMES.toSorted())
  const client = officialClient(url, made.PARLEY_ACCOUNT_SID, made.PARLEY_AUTH_TOKEN)
  const { sid } = await client.chat.v2.services.create({ friendlyName: 'kept' })
  expect(await stop(first)).toEqual({ code: 0, signal: null })

  await using second = spawnParley(['serve'], { PORT: '0' }, folder.path)
  const again = await second.listening()
  expect(printedBy(second)).toEqual({})
  const byKey = officialClient(again.url, made.PARLEY_API_KEY_SID, made.PARLEY_API_KEY_SECRET)
  expect(await byKey.chat.v2.services(sid).fetch()).toMatchObject({
    friendlyName: 'kept',
    accountSid: made.PARLEY_ACCOUNT_SID,
  })
  for (const name of ['PARLEY_AUTH_TOKEN', 'PARLEY_API_KEY_SECRET']) {
    expect([...second.lines, second.stderr()].join('\n')).not.toContain(made[name])
  }
})

test('what is pinned is not printed, and the rest is made', async () => {
  await using folder = await givenFolder()
  const env = { PORT: '0', PARLEY_ACCOUNT_SID: ACCOUNT_SID, PARLEY_AUTH_TOKEN: AUTH_TOKEN }
  await using parley = spawnParley(['serve'], env, folder.path)
  await parley.listening()

  expect(Object.keys(printedBy(parley)).sort()).toEqual(['PARLEY_API_KEY_SECRET', 'PARLEY_API_KEY_SID'])
  expect(parley.lines.join('\n')).not.toContain(AUTH_TOKEN)
})

test('a sid that is made beside a chosen secret is printed', async () => {
  await using folder = await givenFolder()
  const env = { PORT: '0', PARLEY_AUTH_TOKEN: AUTH_TOKEN, PARLEY_API_KEY_SECRET: 'chosen-secret' }
  await using parley = spawnParley(['serve'], env, folder.path)
  const { url } = await parley.listening()

  const { PARLEY_ACCOUNT_SID: sid = '', ...others } = printedBy(parley)
  expect(Object.keys(others)).toEqual(['PARLEY_API_KEY_SID'])
  expect(await officialClient(url, sid, AUTH_TOKEN).chat.v2.services.list()).toEqual([])
})

test('another account sid is taken by all that is there, and a replaced key does not come back', async () => {
  await using folder = await givenFolder()
  await using first = spawnParley(['serve'], { PORT: '0' }, folder.path)
  const { url: firstUrl } = await first.listening()
  const made = printedBy(first)
  const old = officialClient(firstUrl, made.PARLEY_ACCOUNT_SID, made.PARLEY_AUTH_TOKEN)
  const { sid } = await old.chat.v2.services.create({ friendlyName: 'kept' })
  await stop(first)

  const chosen = { PARLEY_ACCOUNT_SID: ACCOUNT_SID, PARLEY_AUTH_TOKEN: AUTH_TOKEN }
  const key = { PARLEY_API_KEY_SID: `SK${'9'.repeat(32)}`, PARLEY_API_KEY_SECRET: 'chosen-secret' }
  await using second = spawnParley(['serve'], { PORT: '0', ...chosen, ...key }, folder.path)
  const { url } = await second.listening()
  expect(printedBy(second)).toEqual({})
  const service = await officialClient(url, ACCOUNT_SID, AUTH_TOKEN).chat.v2.services(sid).fetch()
  expect(service).toMatchObject({ friendlyName: 'kept', accountSid: ACCOUNT_SID })
  await stop(second)

  await using third = spawnParley(['serve'], { PORT: '0' }, folder.path)
  const again = (await third.listening()).url
  const statusOf = (username = '', password = '') =>
    officialClient(again, username, password)
      .chat.v2.services(sid)
      .fetch()
      .then(
        () => 200,
        ({ status }) => status,
      )
  expect(await statusOf(ACCOUNT_SID, AUTH_TOKEN)).toBe(200)
  expect(await statusOf(key.PARLEY_API_KEY_SID, key.PARLEY_API_KEY_SECRET)).toBe(200)
  expect(await statusOf(made.PARLEY_API_KEY_SID, made.PARLEY_API_KEY_SECRET)).toBe(401)
  expect(await statusOf(made.PARLEY_ACCOUNT_SID, made.PARLEY_AUTH_TOKEN)).toBe(401)
})

test('a busy port is told plainly, and the credentials are still shown by the start that succeeds', async () => {
  await using folder = await givenFolder()
  await using busy = await givenBusyPort()
  await using refused = spawnParley(['serve'], { PORT: `${busy.port}` }, folder.path)
  expect(await refused.exit).toEqual({ code: 1, signal: null })
  expect(refused.stderr()).toContain(`127.0.0.1:${busy.port} is in use`)
  expect(refused.stderr()).toContain('PORT')
  expect(refused.lines.filter((line) => line.includes('listening'))).toEqual([])

  await using started = spawnParley(['serve'], { PORT: '0' }, folder.path)
  const { url } = await started.listening()
  const shown = { ...printedBy(refused), ...printedBy(started) }
  expect(Object.keys(shown).sort()).toEqual(SECRET_NAMES.toSorted())
  const client = officialClient(url, shown.PARLEY_ACCOUNT_SID, shown.PARLEY_AUTH_TOKEN)
  expect(await client.chat.v2.services.list()).toEqual([])
})

test('a second server on the same file is warned while the first one lives, also through a link', async () => {
  await using folder = await givenFolder()
  const [file, link] = [join(folder.path, 'chat.db'), join(folder.path, 'link.db')]
  const warning = 'another server uses this database file'
  await using first = serve({ url: `sqlite:${file}` })
  await first.listening()
  await symlink(file, link)

  for (const path of [file, link]) {
    await using second = serve({ url: `sqlite:${path}` })
    await second.line(warning)
    await second.listening()
  }
  expect(first.lines.join('\n')).not.toContain(warning)

  first.kill('SIGKILL')
  await first.exit
  await using next = serve({ url: `sqlite:${file}` })
  await next.listening()
  expect(next.lines.join('\n')).not.toContain(warning)
})

test('a PostgreSQL that cannot be reached is told plainly, without the password', async () => {
  const env = { PORT: '0', DATABASE_URL: 'postgres://parley:hidden@127.0.0.1:1/parley' }
  const { code, stdout, stderr } = await runParley(['serve'], env)

  expect(code).toBe(1)
  expect(stderr).toMatch(/PostgreSQL cannot be reached/)
  expect(stdout + stderr).not.toContain('hidden')
})

test('an unknown command and `help` tell what there is', async () => {
  const [unknown, help] = await Promise.all([runParley(['dance']), runParley(['help'])])

  expect(unknown).toMatchObject({ code: 2, stdout: '' })
  expect(unknown.stderr).toMatch(/dance[\s\S]*serve[\s\S]*token/)
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.stdout).toMatch(/serve[\s\S]*token/)
})

test('one line tells that it listens and where, also when nothing else is logged', async () => {
  await using parley = serve({ url: 'sqlite::memory:' }, { LOG_LEVEL: 'silent' })
  const line = await parley.line('listening')
  const { url, address } = await parley.listening()

  expect(url).toMatch(/^http:\/\/localhost:\d+$/)
  expect(line).toContain(`listening on ${url}`)
  expect(address).toBe(`http://127.0.0.1:${new URL(url).port}`)
  expect(parley.lines).toEqual([line])
  expect(parley.stderr()).toBe('')
})

test('health, readiness, metrics and the API description are there without credentials', async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { url } = await parley.listening()
  await officialClient(url).chat.v2.services.create({ friendlyName: 'counted' })
  const [health, ready, metrics, openApi] = await Promise.all(
    ['/healthz', '/readyz', '/metrics', '/openapi.json'].map((path) => fetch(`${url}${path}`)),
  )

  expect([health, ready, metrics, openApi].map((answer) => answer?.status)).toEqual([200, 200, 200, 200])
  expect(metrics?.headers.get('content-type')).toMatch(/^text\/plain/)
  const text = await metrics?.text()
  expect(text).toMatch(/^# TYPE \w+ (counter|gauge|histogram)$/m)
  expect(text).toMatch(/^\w+\{[^}]*operation="\w+"[^}]*status="201"[^}]*\} 1$/m)
  const description = (await openApi?.json()) as { openapi: string; servers: unknown; paths: object }
  expect(description.openapi).toMatch(/^3\./)
  expect(description.servers).toEqual([{ url }])
  expect(description.paths).toHaveProperty('/v2/Services/{ServiceSid}/Channels')
})

test('PARLEY_PUBLIC_URL is the base of every url and link', async () => {
  await using parley = serve(
    { url: 'sqlite::memory:' },
    { PARLEY_PUBLIC_URL: 'https://chat.example.org/parley/' },
  )
  const { url, address } = await parley.listening()
  expect(url).toBe('https://chat.example.org/parley')
  const client = officialClient(address)
  const service = await client.chat.v2.services.create({ friendlyName: 'links' })
  const channel = await client.chat.v2.services(service.sid).channels.create()
  const base = `https://chat.example.org/parley/v2/Services/${service.sid}`

  expect(service.url).toBe(base)
  expect(service.links).toMatchObject({ channels: `${base}/Channels`, users: `${base}/Users` })
  expect(channel.url).toBe(`${base}/Channels/${channel.sid}`)
  const page = await client.chat.v2.services(service.sid).channels.page({ pageSize: 1 })
  expect(JSON.stringify(page)).not.toContain(address)
})

test('after SIGTERM the requests that run are answered, and what they wrote is there at the next start', async () => {
  await using database = await givenDatabase('sqlite')
  await using parley = serve(database)
  const { address } = await parley.listening()
  const requests = [1, 2, 3].map((n) => startSlowRequest(address, `FriendlyName=slow${n}`))
  await Promise.all(requests.map(({ begun }) => begun))
  parley.kill('SIGTERM')
  await parley.line('stopping')
  const answers = await Promise.all(requests.map((request) => request.finish()))

  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(await parley.exit).toEqual({ code: 0, signal: null })
  await using again = serve(database)
  const services = await officialClient((await again.listening()).url).chat.v2.services.list()
  expect(services.map(({ friendlyName }) => friendlyName).sort()).toEqual(['slow1', 'slow2', 'slow3'])
})

test('after SIGTERM a request that waits for PostgreSQL is answered before the database is closed', async () => {
  await using database = await givenDatabase('postgres')
  await using parley = serve(database)
  const client = officialClient((await parley.listening()).url)
  await using lock = await holdLock(database, 'lock table services in exclusive mode')
  const created = client.chat.v2.services.create({ friendlyName: 'waiting' })
  await lock.waiters(1)
  parley.kill('SIGTERM')
  await parley.line('stopping')
  await lock.release()

  expect(await created).toMatchObject({ friendlyName: 'waiting' })
  expect(await parley.exit).toEqual({ code: 0, signal: null })
})

test('while it stops it takes no new connections', async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { address } = await parley.listening()
  const slow = startSlowRequest(address, 'FriendlyName=slow')
  await slow.begun
  parley.kill('SIGTERM')
  await parley.line('stopping')

  await expect(fetch(`${address}/healthz`)).rejects.toThrow('fetch failed')
  expect((await slow.finish()).status).toBe(201)
  expect(await parley.exit).toEqual({ code: 0, signal: null })
})

test('sockets on which nobody waits for an answer do not hold up the end', { timeout: 15_000 }, async () => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { address } = await parley.listening()
  const { hostname, port } = new URL(address)
  const half = 'POST /v2/Services HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nFriendly'
  const sockets = ['', 'GET /v2/Serv', half].map((sent) => {
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(sent)
    return socket
  })
  // The last one has been refused: it has no credentials.
  await once(sockets.at(-1) as Socket, 'data')
  parley.kill('SIGTERM')

  expect(await parley.exit).toEqual({ code: 0, signal: null })
  for (const socket of sockets) socket.destroy()
})

test('it stops when npm, which has started it through a shell, is ended', async () => {
  await using folder = await givenFolder()
  const port = await freePort()
  const env = { PORT: String(port), npm_lifecycle_event: 'start', LOG_LEVEL: 'silent' }
  const shell = spawn('/bin/sh', ['-c', `'${process.execPath}' '${MAIN}' serve; true`], {
    cwd: folder.path,
    env,
  })
  const health = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ status }) => status,
      () => 'gone',
    )
  await until('the server to listen', async () => (await health()) === 200)
  shell.kill('SIGTERM')
  await until('the server to end', async () => (await health()) === 'gone')
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('a second %s ends it at once, whatever still runs', async (signal, code) => {
  await using parley = serve({ url: 'sqlite::memory:' })
  const { address } = await parley.listening()
  const slow = startSlowRequest(address, 'FriendlyName=slow')
  await slow.begun
  parley.kill(signal)
  await parley.line('stopping')
  parley.kill(signal)

  expect(await parley.exit).toEqual({ code, signal: null })
  await expect(slow.finish()).rejects.toThrow()
})
