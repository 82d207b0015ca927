// `parley seed`, `parley backup` and `parley doctor`, as whoever runs an installation uses them.
import { mkdtempDisposable, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { ENGINES, givenDatabase, givenFolder } from '../support/databases.ts'
import { MAIN, PINS, runParley, serve, spawnParley } from '../support/process.ts'
import { ACCOUNT_SID, API_KEY_SID, officialClient } from '../support/server.ts'

describe.each(ENGINES)('seed on %s', (engine) => {
  test('makes a service that the official library finds full of history', async () => {
    await using database = await givenDatabase(engine)
    const args = ['seed', '--name', 'Lamps', '--messages', '48']
    const { code, stdout } = await runParley(args, { DATABASE_URL: database.url, ...PINS })
    expect(code).toBe(0)
    await using parley = serve(database)
    const { address } = await parley.listening()

    const service = officialClient(address).chat.v2.services(stdout)
    expect((await service.fetch()).friendlyName).toBe('Lamps')
    const channels = await service.channels.list()
    expect(channels).toHaveLength(8)
    expect(channels.reduce((sum, { messagesCount }) => sum + messagesCount, 0)).toBe(48)
    expect(await service.users.list()).toHaveLength(10)
    const amara = await service.users('amara').userChannels.list()
    expect(amara.every(({ unreadMessagesCount }) => unreadMessagesCount !== null)).toBe(true)
  })
})

test('a backup made while the server runs is a whole database of its own', async () => {
  await using database = await givenDatabase('sqlite')
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-backup-'))
  const target = join(folder.path, 'copy.db')
  await using parley = serve(database)
  const client = officialClient((await parley.listening()).address)
  const { sid } = await client.chat.v2.services.create({ friendlyName: 'kept' })

  const backup = await runParley(['backup', target], { DATABASE_URL: database.url })
  expect(backup).toMatchObject({ code: 0, stdout: target })
  expect(await readdir(folder.path)).toEqual(['copy.db'])
  await using restored = serve({ url: `sqlite:${target}` })
  const copy = officialClient((await restored.listening()).address)
  expect((await copy.chat.v2.services(sid).fetch()).friendlyName).toBe('kept')

  const again = await runParley(['backup', target], { DATABASE_URL: database.url })
  expect(again).toMatchObject({ code: 2, stdout: '' })
  expect(again.stderr).toContain('exists already')
})

test('for PostgreSQL, backup names the command and keeps the password to itself', async () => {
  const { code, stderr } = await runParley(['backup'], { DATABASE_URL: 'postgres://me:hidden@db/parley' })
  expect(code).toBe(2)
  expect(stderr).toContain('pg_dump')
  expect(stderr).not.toContain('hidden')
  const inQuery = { DATABASE_URL: 'postgres://me@db/parley?password=hidden&sslmode=require' }
  expect((await runParley(['backup'], inQuery)).stderr).not.toContain('hidden')
})

describe.each(ENGINES)('doctor on %s', (engine) => {
  test('finds a running installation well, sockets included', async () => {
    await using database = await givenDatabase(engine)
    await using parley = serve(database)
    const { url } = await parley.listening()
    const { code, stdout } = await runParley(['doctor'], {
      DATABASE_URL: database.url,
      PARLEY_PUBLIC_URL: url,
    })
    expect(stdout).toMatch(/^ok +sockets: /m)
    expect(stdout).toMatch(/^ok +database: .*schema \d/m)
    expect(stdout).toContain('Nothing is in the way.')
    expect(code).toBe(0)
  })
})

test('doctor tells every mistake in the settings and what to do', async () => {
  const { code, stdout } = await runParley(['doctor'], { PORT: 'x', LOG_LEVEL: 'loud' })
  expect(code).toBe(1)
  expect(stdout.match(/^PROBLEM settings: /gm)).toHaveLength(2)
})

test('doctor warns of secrets that can be found by trying', async () => {
  const { stdout } = await runParley(['doctor'], {
    PARLEY_AUTH_TOKEN: 'short',
    PARLEY_API_KEY_SECRET: 's'.repeat(16),
  })
  expect(stdout.match(/^warning secrets: .*/gm)).toEqual([
    'warning secrets: PARLEY_AUTH_TOKEN has 5 characters',
  ])
})

test('doctor finds what would refuse to start: a newer schema, and the file of another program', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-doctor-'))
  const path = join(folder.path, 'a.db')
  const change = (text: string): void => {
    const db = new DatabaseSync(path)
    db.exec(text)
    db.close()
  }
  const examine = async () => {
    const before = await readFile(path)
    const { code, stdout } = await runParley(['doctor'], { DATABASE_URL: `sqlite:${path}` })
    expect((await readFile(path)).equals(before), 'nothing is changed').toBe(true)
    return { code, found: stdout.split('\n').filter((line) => /database:|account:/.test(line)) }
  }
  change('create table users (name text)')
  expect(await examine()).toEqual({
    code: 1,
    found: [
      'ok      database: the file is whole',
      'PROBLEM database: sqlite, of another program: it has the table users',
    ],
  })

  await rm(path)
  await using parley = serve({ url: `sqlite:${path}` })
  await parley.listening()
  parley.kill('SIGTERM')
  await parley.exit
  expect(await examine()).toMatchObject({
    code: 0,
    found: [
      expect.any(String),
      expect.stringMatching(/schema (\d+) of \1$/),
      `ok      account: ${ACCOUNT_SID}, API key ${API_KEY_SID}`,
    ],
  })
  change(`insert into migrations values (99, 'newer', 0)`)
  expect((await examine()).found[1]).toMatch(/^PROBLEM database: sqlite, schema 99; this program knows \d+$/)
})

test('database, files and backups are for their user alone', async () => {
  await using folder = await givenFolder()
  await using parley = spawnParley(['serve'], { PORT: '0' }, folder.path)
  await parley.listening()
  await using backup = spawnParley(['backup', 'copy.db'], {}, folder.path)
  await backup.exit
  for (const path of ['data', 'data/parley.db', 'data/media', 'copy.db']) {
    expect([path, (await stat(join(folder.path, path))).mode & 0o077]).toEqual([path, 0])
  }
})

test('commands on what is there make no database', async () => {
  await using folder = await givenFolder()
  const token = ['token', '--service', `IS${'0'.repeat(32)}`, '--identity', 'alice']
  for (const args of [token, ['backup'], ['doctor']]) {
    await using parley = spawnParley(args, {}, folder.path)
    expect([args[0], (await parley.exit).code]).toEqual([args[0], args[0] === 'doctor' ? 0 : 2])
    expect(await readdir(folder.path)).toEqual([])
  }
})

test.each(['serve', 'token', 'seed', 'backup', 'doctor'])(
  '%s --help tells what there is',
  async (command) => {
    const { code, stdout } = await runParley([command, '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Usage: parley <command>')
  },
)

test.each([
  [['serve', '--port', '9000'], '--port'],
  [['doctor', 'me'], 'me'],
  [['token', '--service', `IS${'0'.repeat(32)}`], '--identity must name the user'],
])('%j is refused, and says what is wrong', async (args, text) => {
  const { code, stdout, stderr } = await runParley(args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(text)
})

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a folder as the database',
    { DATABASE_URL: 'sqlite:.' },
    /^Parley stopped: \. cannot be opened .*DATABASE_URL/,
  ],
  ['an address of others', { HOST: '192.0.2.1' }, /no address 192\.0\.2\.1.*HOST/],
  [
    'a file as the data folder',
    { PARLEY_DATA_DIR: MAIN, DATABASE_URL: 'sqlite::memory:' },
    /PARLEY_DATA_DIR/,
  ],
])('serve with %s says what to set', async (_what, env, text) => {
  const { code, stderr } = await runParley(['serve'], { PORT: '0', ...env })
  expect(code).toBe(1)
  expect(stderr).toMatch(text)
})

test('doctor finds a file that is no database', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-doctor-'))
  const path = join(folder.path, 'broken.db')
  await writeFile(path, 'This is a letter, not a database.'.repeat(100))
  const { code, stdout } = await runParley(['doctor'], { DATABASE_URL: `sqlite:${path}` })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^PROBLEM database: .*\n +→ .*backup/m)
})
