// `parley seed`, `parley backup` and `parley doctor`, as whoever runs an installation uses them.
import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ENGINES, givenDatabase } from '../support/databases.ts'
import { PINS, runParley, serve } from '../support/process.ts'
import { officialClient } from '../support/server.ts'

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

test('doctor finds a file that is no database', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-doctor-'))
  const path = join(folder.path, 'broken.db')
  await writeFile(path, 'This is a letter, not a database.'.repeat(100))
  const { code, stdout } = await runParley(['doctor'], { DATABASE_URL: `sqlite:${path}` })
  expect(code).toBe(1)
  expect(stdout).toMatch(/^PROBLEM database: .*\n +→ .*backup/m)
})
